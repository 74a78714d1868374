#pragma once
// Formats that viewers may ask for, and what they leave of a picture.

#include "oriel/core/image/frame.h"
#include "oriel/core/image/pixel_format.h"

namespace oriel::testing {

// Of every family, those that go different ways through converters, CPIXELs and TPIXELs.
inline constexpr image::PixelFormat kAllPixelFormats[] = {
    image::kBgrx,
    {32, 24, false, true, 255, 255, 255, 0, 8, 16},      // RGBX
    {32, 24, true, true, 255, 255, 255, 16, 8, 0},       // XRGB: big endian, low three bytes
    {32, 24, true, true, 255, 255, 255, 8, 16, 24},      // BGRX, called big endian
    {32, 24, false, true, 255, 255, 255, 24, 16, 8},     // XBGR: high three bytes
    {32, 32, false, true, 255, 255, 255, 16, 8, 0},      // depth 32: CPIXELs of four bytes
    {32, 30, false, true, 1023, 1023, 1023, 20, 10, 0},  // 10-10-10
    {32, 30, true, true, 1023, 1023, 1023, 0, 10, 20},
    {32, 16, false, true, 31, 63, 31, 11, 5, 0},     // loses bits
    {32, 24, true, true, 255, 127, 255, 21, 3, 11},  // odd shifts, all four bytes used
    {16, 16, false, true, 31, 63, 31, 11, 5, 0},     // 565
    {16, 16, true, true, 31, 63, 31, 11, 5, 0},
    {16, 15, false, true, 31, 31, 31, 10, 5, 0},  // 555
    {16, 15, true, true, 31, 31, 31, 0, 5, 10},
    {16, 12, false, true, 15, 15, 15, 12, 7, 1},  // odd shifts
    {8, 8, false, true, 7, 7, 3, 5, 2, 0},        // 332
    {8, 8, false, true, 7, 7, 3, 0, 3, 6},        // BGR233
    {8, 6, true, true, 3, 3, 3, 4, 2, 0},
    {8, 3, false, true, 1, 1, 1, 0, 3, 7},
    {8, 8, false, false, 0, 0, 0, 0, 0, 0},  // colour maps
    {16, 8, true, false, 0, 0, 0, 0, 0, 0},
    {32, 8, false, false, 255, 255, 255, 16, 8, 0},
};

// The picture that a viewer with this format sees.
image::Frame in_format(const image::Frame& picture, const image::PixelFormat& format);

}  // namespace oriel::testing
