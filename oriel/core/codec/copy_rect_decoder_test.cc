#include "oriel/core/codec/copy_rect_decoder.h"

#include <gmock/gmock.h>

#include "oriel/core/image/frame.h"

namespace oriel::codec {
namespace {

using image::Frame;
using image::Rect;

Frame numbered(image::Size size) {
  Frame frame(size);
  for (int y = 0; y < size.height; ++y)
    for (int x = 0; x < size.width; ++x)
      frame.at(x, y) = static_cast<std::uint32_t>(y * size.width + x);
  return frame;
}

TEST(CopyRectDecoder, CopiesInEveryDirectionThoughTheRectanglesOverlap) {
  const auto before = numbered({12, 12});
  for (int to_x : {2, 3, 4, 5}) {
    for (int to_y : {2, 3, 4, 5}) {
      auto frame = before;
      const Rect target{to_x, to_y, 6, 5};
      const auto need = make_copy_rect_decoder()->decode(Bytes{0, 3, 0, 4, 99}, image::kBgrx,
                                                         {frame.mutable_view(), target});
      ASSERT_EQ(*need, (Need{4, 1}));
      for (int y = 0; y < 12; ++y)
        for (int x = 0; x < 12; ++x)
          ASSERT_EQ(frame.at(x, y), target.contains(image::Point{x, y})
                                        ? before.at(x - to_x + 3, y - to_y + 4)
                                        : before.at(x, y));
    }
  }
}

TEST(CopyRectDecoder, RefusesASourceOutsideTheFrame) {
  Frame frame({12, 12});
  const auto copy_from = [&](std::uint8_t x, std::uint8_t y) {
    return make_copy_rect_decoder()->decode(Bytes{0, x, 0, y}, image::kBgrx,
                                            {frame.mutable_view(), Rect{0, 0, 6, 5}});
  };
  EXPECT_TRUE(copy_from(6, 7));
  EXPECT_EQ(copy_from(7, 7).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(copy_from(6, 8).error().message, "CopyRect: 6x5 from 6,8 of a frame of 12x12");
}

TEST(CopyRectDecoder, WaitsForFourBytes) {
  Frame frame({12, 12});
  for (std::size_t size = 0; size < 4; ++size)
    EXPECT_EQ(*make_copy_rect_decoder()->decode(Bytes(size), image::kBgrx, frame.mutable_view()),
              (Need{0, 4}));
}

}  // namespace
}  // namespace oriel::codec
