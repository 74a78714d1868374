#pragma once
// Pictures of a screen as files: which formats there are, and how they are made.

#include <optional>
#include <span>
#include <string_view>

#include "oriel/app/agent/agent_error.h"
#include "oriel/base/bytes.h"
#include "oriel/core/image/frame_view.h"
#include "oriel/core/image/rgba_image.h"

namespace oriel::agent {

enum class PictureFormat {
  kPng,
  kJpeg,
  kWebp,
  kBmp,
  kRaw,  // red, green, blue, 255 of each pixel, rows from the top
};

struct PictureFormatName {
  std::string_view name;  // also the extension
  PictureFormat format;
  std::string_view media_type;
};
// The rows of the table of formats; some have two names.
std::span<const PictureFormatName> picture_formats();
std::string_view name_of(PictureFormat format);
std::string_view media_type_of(PictureFormat format);

// By name, in any case. kInput names those that there are.
AgentResult<PictureFormat> picture_format_of(std::string_view name);
// By what follows the last dot of the path. kInput without one.
AgentResult<PictureFormat> picture_format_of_path(std::string_view path);

inline constexpr int kPictureQuality = 85;

// `frame` is not empty. `quality`, 1 to 100, is of JPEG and WebP, whose 100 loses nothing. kInput
// when the picture is too large for the format.
AgentResult<Bytes> write_picture(const image::FrameView& frame, PictureFormat format,
                                 int quality = kPictureQuality);

// A PNG or BMP of 24 or 32 bits, as a template to look for. kInput when it is neither.
AgentResult<image::RgbaImage> parse_picture(ByteSpan file);

}  // namespace oriel::agent
