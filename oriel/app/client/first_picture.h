#pragma once
// Tells when the first picture of a desktop is complete, rectangle by rectangle. Pure; one strand
// owns it.

#include <cstddef>
#include <cstdint>
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
  // Every pixel has come once at least.
  bool is_complete() const { return missing_ == 0; }

 private:
  image::Size size_;
  std::size_t row_words_;
  std::vector<std::uint64_t> missing_bits_;  // of each row; bits beyond its end are 0
  std::int64_t missing_;                     // how many are 1
};

// All pixels are of one colour.
bool is_uniform(const image::FrameView& pixels);

}  // namespace oriel::client
