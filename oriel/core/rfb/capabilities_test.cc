#include "oriel/core/rfb/capabilities.h"

#include <gtest/gtest.h>

#include "oriel/core/rfb/constants.h"

namespace oriel::rfb {
namespace {

TEST(Capabilities, TakeTheFirstEncodingThatWeHave) {
  EXPECT_EQ(read_capabilities(std::vector<std::int32_t>{50, 16, 0}).encoding->id, 16);
  EXPECT_EQ(read_capabilities(std::vector<std::int32_t>{0, 16}).encoding->id, 0);
  EXPECT_EQ(read_capabilities({}).encoding->id, 0) << "every client understands Raw";
}

TEST(Capabilities, ReadLevels) {
  auto levels = read_capabilities(std::vector<std::int32_t>{-32, -247});
  EXPECT_EQ(levels.jpeg_quality, 0);
  EXPECT_EQ(levels.compression, 9);
  levels = read_capabilities(std::vector<std::int32_t>{-23, -256});
  EXPECT_EQ(levels.jpeg_quality, 9);
  EXPECT_EQ(levels.compression, 0);
  levels = read_capabilities(std::vector<std::int32_t>{-33, -22, -257, -246});
  EXPECT_EQ(levels.jpeg_quality, std::nullopt);
  EXPECT_EQ(levels.compression, std::nullopt);
}

// noVNC 1.7's list.
TEST(Capabilities, ReadWhatABrowserSays) {
  const auto known = read_capabilities(std::vector<std::int32_t>{
      1,    7,          -260, 16,   21,   5,    2,
      6,    0,          -26,  -254, -223, -224, -258,
      -261, -308,       -309, -312, -313, -307, static_cast<std::int32_t>(0xc0a1e5ceu),
      -316, 0x574d5664, -239});
  EXPECT_TRUE(known.last_rect && known.desktop_size && known.extended_desktop_size &&
              known.desktop_name);
  EXPECT_TRUE(known.cursor && known.vmware_cursor && !known.cursor_with_alpha && !known.x_cursor);
  EXPECT_TRUE(known.qemu_extended_key && known.qemu_led_state && !known.vmware_led_state);
  EXPECT_TRUE(known.extended_mouse_buttons && known.extended_clipboard && known.fence &&
              known.continuous_updates);
  EXPECT_FALSE(known.pointer_position || known.vmware_cursor_position);
  EXPECT_EQ(known.jpeg_quality, 6);
  EXPECT_EQ(known.compression, 2);
}

}  // namespace
}  // namespace oriel::rfb
