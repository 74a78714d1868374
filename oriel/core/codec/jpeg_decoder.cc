#include "oriel/core/codec/jpeg_decoder.h"

#include <turbojpeg.h>

#include <fmt/format.h>

#include "oriel/base/check.h"

namespace oriel::codec {

JpegDecoder::JpegDecoder() : handle_(tjInitDecompress()) { ORIEL_CHECK(handle_ != nullptr); }
JpegDecoder::~JpegDecoder() { tjDestroy(handle_); }

Status JpegDecoder::decode(ByteSpan file, const image::MutableFrameView& target) {
  const auto refuse = [this] {
    return fail(ErrorCode::kInvalid, fmt::format("JPEG: {}", tjGetErrorStr2(handle_)));
  };
  int width = 0, height = 0, subsampling = 0, colour_space = 0;
  if (tjDecompressHeader3(handle_, file.data(), file.size(), &width, &height, &subsampling,
                          &colour_space) != 0)
    return refuse();
  if (image::Size{width, height} != target.size())
    return fail(ErrorCode::kInvalid, fmt::format("JPEG: {}x{} pixels in a rectangle of {}x{}",
                                                 width, height, target.width, target.height));
  // Scans without end would cost a lot of time for few bytes.
  if (tjDecompress2(handle_, file.data(), file.size(), reinterpret_cast<std::uint8_t*>(target.data),
                    width, static_cast<int>(target.stride_px * 4), height, TJPF_BGRX,
                    TJFLAG_LIMITSCANS) != 0 &&
      tjGetErrorCode(handle_) == TJERR_FATAL)
    return refuse();
  for (int y = 0; y < target.height; ++y) {
    std::uint32_t* row = target.row(y);
    for (int x = 0; x < target.width; ++x) row[x] &= image::kColourMask;
  }
  return {};
}

}  // namespace oriel::codec
