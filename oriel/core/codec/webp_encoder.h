#pragma once
// Pictures of a screen as WebP files, by libwebp. Pure.

#include "oriel/base/bytes.h"
#include "oriel/core/image/frame_view.h"

namespace oriel::codec {

inline constexpr int kWebpSideMax = 16'383;
inline constexpr int kWebpLossless = 100;

// `quality` from 1 (smallest) to 99 loses detail; kWebpLossless keeps every pixel. `frame` is not
// empty and at most kWebpSideMax pixels wide and high. Empty when there is no memory for it. Any
// thread.
Bytes encode_webp(const image::FrameView& frame, int quality);

}  // namespace oriel::codec
