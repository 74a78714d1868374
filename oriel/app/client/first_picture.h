#pragma once
// Tells when the first picture of a desktop is complete, rectangle by rectangle. Pure; one strand
// owns it.

#include <cstddef>
#include <span>
#include <vector>

#include "oriel/core/image/frame_view.h"
#include "oriel/core/image/rect.h"

namespace oriel::client {

class FirstPicture {
 public:
  explicit FirstPicture(image::Size size);

  // These pixels have come; what lies outside does not count.
  void add(std::span<const image::Rect> rects);
  // Every pixel has come once at least. Amortised O(pixels) over all calls.
  bool is_complete();

 private:
  image::Size size_;
  std::vector<bool> has_come_;
  std::size_t first_missing_ = 0;  // no pixel before it is missing
};

// All pixels are of one colour.
bool is_uniform(const image::FrameView& pixels);

}  // namespace oriel::client
