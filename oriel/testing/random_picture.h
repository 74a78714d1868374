#pragma once
// Deterministic pictures for tests and benchmarks: each kind stresses another path of an encoder.

#include <cstdint>

#include "oriel/core/image/frame.h"

namespace oriel::testing {

enum class PictureKind {
  kSolid,
  kTwoColours,
  kFewColours,
  kManyColours,
  kNoise,
  kGradient,
  kText,
  kMixed
};
inline constexpr PictureKind kAllPictureKinds[] = {
    PictureKind::kSolid,       PictureKind::kTwoColours, PictureKind::kFewColours,
    PictureKind::kManyColours, PictureKind::kNoise,      PictureKind::kGradient,
    PictureKind::kText,        PictureKind::kMixed};

const char* picture_kind_name(PictureKind kind);

// The same arguments give the same picture on every machine. Pad bytes are zero.
image::Frame make_picture(PictureKind kind, image::Size size, std::uint32_t seed);

}  // namespace oriel::testing
