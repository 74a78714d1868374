#pragma once
// Merges what a viewer lacks into the rectangles that are encoded and sent.

#include <span>
#include <vector>

#include "oriel/core/image/rect.h"

namespace oriel::screen {

// Larger units compress better (single cells cost 1.5 times the bytes and twice the CPU on pages),
// smaller ones can be encoded in parallel and repeat fewer pixels.
inline constexpr image::Size kUnitSize{512, 256};

// Covers `parts` by rectangles inside the 512x256 tiles of the screen, at most one per tile unless
// the parts lie far apart in it. The same parts give the same units, so viewers in step share
// payloads. Sorted by tile; disjoint.
std::vector<image::Rect> merge_to_units(std::span<const image::Rect> parts);

// Cuts what is larger than `max_size` into parts of nearly one size that are not; leaves the rest
// as it is.
std::vector<image::Rect> split_units(std::vector<image::Rect> units, image::Size max_size);

}  // namespace oriel::screen
