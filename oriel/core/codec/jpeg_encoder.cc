#include "oriel/core/codec/jpeg_encoder.h"

#include <turbojpeg.h>

#include <algorithm>
#include <cstddef>

#include "oriel/base/check.h"

namespace oriel::codec {

namespace {
constexpr int kFullColourQuality = 90;
}

JpegEncoder::JpegEncoder() : handle_(tjInitCompress()) { ORIEL_CHECK(handle_ != nullptr); }
JpegEncoder::~JpegEncoder() { tjDestroy(handle_); }

Bytes JpegEncoder::encode(const image::FrameView& frame, int quality) {
  ORIEL_CHECK(frame.width > 0 && frame.height > 0 && quality >= 1 && quality <= 100);
  const int sampling = quality >= kFullColourQuality ? TJSAMP_444 : TJSAMP_420;
  room_.resize(std::max<std::size_t>(room_.size(), tjBufSize(frame.width, frame.height, sampling)));
  auto* out = room_.data();
  unsigned long bytes = room_.size();
  ORIEL_CHECK(tjCompress2(handle_, frame.data, frame.width, static_cast<int>(frame.stride_bytes),
                          frame.height, TJPF_BGRX, &out, &bytes, sampling, quality,
                          TJFLAG_NOREALLOC) == 0);
  return {out, out + bytes};
}

}  // namespace oriel::codec
