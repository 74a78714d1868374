#pragma once
// The picture that viewers are shown: something for each path of an encoder, side by side.

#include "oriel/core/image/frame.h"

namespace oriel::testing {

// A quarter each: text, a gradient, flat areas of a few colours, noise. The same size gives the
// same picture on every machine.
image::Frame make_test_card(image::Size size);

}  // namespace oriel::testing
