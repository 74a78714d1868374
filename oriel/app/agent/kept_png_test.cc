#include "oriel/app/agent/kept_png.h"

#include <gtest/gtest.h>

#include <random>
#include <utility>

#include "oriel/app/agent/screenshot_control.h"
#include "oriel/testing/agent_stage.h"

namespace oriel::agent {
namespace {

using image::Rect;
using image::Size;

// A screen of 400x300: 5 bands.
struct PictureStage : testing::AgentStage {
  // What the file shows; how many bands were compressed for it.
  std::pair<image::Frame, std::uint64_t> shoot(CaptureOptions options = {}) {
    const auto before = parts.png->compressed();
    const auto taken = run(screenshot.capture_file(options, PictureFormat::kPng));
    EXPECT_TRUE(taken);
    const auto read = parse_picture(taken->file);
    EXPECT_TRUE(read);
    image::Frame shown(read->size);
    for (int y = 0; y < read->size.height; ++y)
      for (int x = 0; x < read->size.width; ++x) {
        const auto* pixel = &read->pixels[4 * (std::size_t(y) * read->size.width + x)];
        shown.at(x, y) = std::uint32_t{pixel[0]} << 16 | pixel[1] << 8 | pixel[2];
      }
    EXPECT_EQ(shown, taken->picture.frame);
    return {std::move(shown), parts.png->compressed() - before};
  }
  image::Frame now() const { return image::Frame::copy_of(target.screen().view()); }

  AgentParts parts{target, kLogBytesMax};
  ScreenshotControl screenshot{parts};
};

TEST(KeptPng, CompressesOnlyWhatHasChanged) {
  PictureStage stage;
  EXPECT_EQ(stage.shoot(), std::pair(stage.now(), std::uint64_t{5}));
  EXPECT_EQ(stage.shoot(), std::pair(stage.now(), std::uint64_t{0}));
  stage.target.fill({10, 70, 5, 5}, 0xff0000);
  EXPECT_EQ(stage.shoot(), std::pair(stage.now(), std::uint64_t{1}));
  stage.target.fill({390, 127, 5, 2}, 0x00ff00);
  EXPECT_EQ(stage.shoot(), std::pair(stage.now(), std::uint64_t{2}));
  stage.target.fill({0, 299, 1, 1}, 0x0000ff);
  EXPECT_EQ(stage.shoot(), std::pair(stage.now(), std::uint64_t{1}));
}

TEST(KeptPng, ShowsTheScreenAsItIsWhateverWasDrawn) {
  PictureStage stage;
  std::mt19937 random(3);
  const auto below = [&random](int end) { return static_cast<int>(random() % end); };
  for (int i = 0; i < 200; ++i) {
    for (int n = below(3); n > 0; --n) {
      const int width = 1 + below(80), height = 1 + below(80);
      stage.target.fill({below(400 - width), below(300 - height), width, height},
                        random() & 0xffffff);
    }
    ASSERT_EQ(stage.shoot().first, stage.now()) << i;
  }
}

TEST(KeptPng, BeginsAnewWithAnotherSizeAndIsBackWithTheOld) {
  PictureStage stage;
  stage.target.fill({0, 0, 400, 300}, 0x123456);
  stage.shoot();
  stage.target.resize({64, 64});
  EXPECT_EQ(stage.shoot(), std::pair(image::Frame({64, 64}), std::uint64_t{1}));
  stage.target.resize({400, 300});
  EXPECT_EQ(stage.shoot(), std::pair(image::Frame({400, 300}), std::uint64_t{5}));
}

TEST(KeptPng, KeepsNothingOfPicturesThatAreNotTheScreenAsItIs) {
  PictureStage stage;
  stage.target.set_cursor({Size{2, 2}, {0, 0}, std::vector<std::uint32_t>(4, 0xffffffff)});
  EXPECT_EQ(stage.shoot({.has_cursor = true}).first.at(1, 1), 0xffffffu);
  EXPECT_EQ(stage.shoot(), std::pair(stage.now(), std::uint64_t{5})) << "without the cursor";
  EXPECT_EQ(stage.shoot({.region = Rect{0, 0, 400, 299}}).second, 0u);
  EXPECT_EQ(stage.shoot({.scale = 0.5}).first.size(), (Size{200, 150}));
  EXPECT_EQ(stage.shoot(), std::pair(stage.now(), std::uint64_t{0}));
}

TEST(KeptPng, LetsThreadsShareALargePicture) {
  image::Frame large({2000, 1100});
  for (int i = 0; i < large.size().area(); ++i)
    large.mutable_view().data[i] = static_cast<std::uint32_t>(i * 2654435761u) >> 8 & 0x0f0f0f;
  const auto read = parse_picture(KeptPng().encode(large.view()));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->pixels, *write_picture(large.view(), PictureFormat::kRaw));
}

}  // namespace
}  // namespace oriel::agent
