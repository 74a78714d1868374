#include "oriel/core/codec/webp_encoder.h"

#include <webp/encode.h>

#include "oriel/base/check.h"

namespace oriel::codec {
namespace {

// Somebody waits for the picture. For text and windows, 1 makes files of about the size that 4
// does.
constexpr int kLosslessEffort = 1;  // of 0 to 9
constexpr int kLossyMethod = 2;     // of 0 to 6

WebPConfig config_for(int quality) {
  WebPConfig config;
  ORIEL_CHECK(WebPConfigPreset(&config, WEBP_PRESET_TEXT, static_cast<float>(quality)));
  if (quality >= kWebpLossless)
    ORIEL_CHECK(WebPConfigLosslessPreset(&config, kLosslessEffort));
  else
    config.method = kLossyMethod;
  config.thread_level = 1;
  return config;
}

int append(const std::uint8_t* data, std::size_t size, const WebPPicture* picture) {
  auto& file = *static_cast<Bytes*>(picture->custom_ptr);
  file.insert(file.end(), data, data + size);
  return 1;
}

}  // namespace

Bytes encode_webp(const image::FrameView& frame, int quality) {
  ORIEL_CHECK(frame.width > 0 && frame.height > 0);
  const auto config = config_for(quality);
  WebPPicture picture;
  ORIEL_CHECK(WebPPictureInit(&picture));
  picture.use_argb = quality >= kWebpLossless;
  picture.width = frame.width;
  picture.height = frame.height;
  Bytes file;
  picture.writer = append;
  picture.custom_ptr = &file;
  const bool is_done =
      WebPPictureImportBGRX(&picture, frame.row(0), static_cast<int>(frame.stride_bytes)) != 0 &&
      WebPEncode(&config, &picture) != 0;
  WebPPictureFree(&picture);
  if (!is_done) file.clear();
  return file;
}

}  // namespace oriel::codec
