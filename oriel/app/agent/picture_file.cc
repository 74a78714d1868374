#include "oriel/app/agent/picture_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

#include "oriel/app/agent/kept_png.h"
#include "oriel/core/clipboard/dib.h"
#include "oriel/core/codec/jpeg_encoder.h"
#include "oriel/core/codec/webp_encoder.h"
#include "oriel/core/image/png.h"

namespace oriel::agent {
namespace {

constexpr auto kFormats = std::to_array<PictureFormatName>({
    {"png", PictureFormat::kPng, "image/png"},
    {"jpeg", PictureFormat::kJpeg, "image/jpeg"},
    {"jpg", PictureFormat::kJpeg, "image/jpeg"},
    {"webp", PictureFormat::kWebp, "image/webp"},
    {"bmp", PictureFormat::kBmp, "image/bmp"},
    {"raw", PictureFormat::kRaw, "application/octet-stream"},
});

constexpr int kJpegSideMax = 65'500;

const PictureFormatName& row_of(PictureFormat format) {
  return *std::ranges::find(kFormats, format, &PictureFormatName::format);
}

std::string names() {
  std::string names;
  for (const auto& row : kFormats) names += (names.empty() ? "" : ", ") + std::string(row.name);
  return names;
}

Bytes write_raw(const image::FrameView& frame) {
  Bytes bytes;
  bytes.reserve(static_cast<std::size_t>(frame.size().area()) * 4);
  for (int y = 0; y < frame.height; ++y)
    for (int x = 0; x < frame.width; ++x) {
      const auto* pixel = frame.row(y) + std::ptrdiff_t{4} * x;
      bytes.insert(bytes.end(), {pixel[2], pixel[1], pixel[0], 0xff});
    }
  return bytes;
}

AgentStatus check(const image::FrameView& frame, int quality, std::string_view format,
                  int side_max) {
  if (quality < 1 || quality > 100)
    return failure(ErrorKind::kInput,
                   fmt::format("a quality of {}, 1 to 100 are possible", quality));
  if (std::max(frame.width, frame.height) <= side_max) return {};
  return failure(ErrorKind::kInput,
                 fmt::format("{}x{} pixels are too many for {}: at most {} a side", frame.width,
                             frame.height, format, side_max));
}

// BITMAPFILEHEADER and BITMAPINFOHEADER (Microsoft, "Bitmap Storage"), 24 bits, rows from the
// bottom, each padded to 4 bytes:
//   "BM" size:4 0:4 offset:4 | 40:4 width:4 height:4 1:2 24:2 0:4 bytes:4 ppm:4 ppm:4 0:4 0:4
constexpr std::size_t kBmpHeadSize = 54, kBmpFileHeadSize = 14;

Bytes write_bmp(const image::FrameView& frame) {
  const std::size_t row_bytes = (std::size_t{3} * frame.width + 3) / 4 * 4;
  Bytes bytes(kBmpHeadSize + row_bytes * frame.height);
  const auto put = [&bytes](std::size_t at, std::uint32_t value, int size) {
    for (int i = 0; i < size; ++i) bytes[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
  };
  bytes[0] = 'B';
  bytes[1] = 'M';
  put(2, static_cast<std::uint32_t>(bytes.size()), 4);
  put(10, kBmpHeadSize, 4);
  put(14, 40, 4);
  put(18, static_cast<std::uint32_t>(frame.width), 4);
  put(22, static_cast<std::uint32_t>(frame.height), 4);
  put(26, 1, 2);
  put(28, 24, 2);
  put(34, static_cast<std::uint32_t>(bytes.size() - kBmpHeadSize), 4);
  put(38, 2835, 4);  // 72 pixels per inch
  put(42, 2835, 4);
  for (int y = 0; y < frame.height; ++y) {
    auto* to = bytes.data() + kBmpHeadSize + row_bytes * (frame.height - 1 - y);
    for (int x = 0; x < frame.width; ++x)
      std::memcpy(to + std::ptrdiff_t{3} * x, frame.row(y) + std::ptrdiff_t{4} * x, 3);
  }
  return bytes;
}

}  // namespace

std::span<const PictureFormatName> picture_formats() { return kFormats; }
std::string_view name_of(PictureFormat format) { return row_of(format).name; }
std::string_view media_type_of(PictureFormat format) { return row_of(format).media_type; }

AgentResult<PictureFormat> picture_format_of(std::string_view name) {
  std::string lowered(name);
  for (auto& c : lowered)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  const auto found = std::ranges::find(kFormats, lowered, &PictureFormatName::name);
  if (found != kFormats.end()) return found->format;
  return failure(ErrorKind::kInput,
                 fmt::format("'{}' is no picture format: {} are", name.substr(0, 32), names()));
}

AgentResult<PictureFormat> picture_format_of_path(std::string_view path) {
  const auto name = path.substr(path.rfind('/') + 1);
  const auto dot = name.rfind('.');
  if (dot == std::string_view::npos)
    return failure(ErrorKind::kInput,
                   fmt::format("'{}' says no picture format: end it with one of {}",
                               path.substr(0, 200), names()));
  return picture_format_of(name.substr(dot + 1));
}

AgentResult<Bytes> write_picture(const image::FrameView& frame, PictureFormat format, int quality) {
  switch (format) {
    case PictureFormat::kPng:
      return KeptPng().encode(frame);
    case PictureFormat::kJpeg: {
      ORIEL_TRY_VOID(check(frame, quality, "JPEG", kJpegSideMax));
      return codec::JpegEncoder().encode(frame, quality);
    }
    case PictureFormat::kWebp: {
      ORIEL_TRY_VOID(check(frame, quality, "WebP", codec::kWebpSideMax));
      auto file = codec::encode_webp(frame, quality);
      if (file.empty()) return failure(ErrorKind::kInternal, "no memory for a picture as WebP");
      return file;
    }
    case PictureFormat::kBmp:
      return write_bmp(frame);
    case PictureFormat::kRaw:
      return write_raw(frame);
  }
  return failure(ErrorKind::kInternal, "unknown picture format");
}

AgentResult<image::RgbaImage> parse_picture(ByteSpan file) {
  const bool is_bmp = file.size() > kBmpFileHeadSize && file[0] == 'B' && file[1] == 'M';
  auto picture =
      is_bmp ? clipboard::parse_dib(file.subspan(kBmpFileHeadSize)) : image::parse_png(file);
  if (!picture) return failure(ErrorKind::kInput, picture.error().message);
  return *std::move(picture);
}

}  // namespace oriel::agent
