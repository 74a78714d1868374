#include "oriel/app/web/pictures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

#include "oriel/app/agent/picture_file.h"
#include "oriel/app/web/limits.h"
#include "oriel/testing/fake_desktop.h"

namespace oriel::web {
namespace {

using ::testing::ElementsAre;
using testing::FakeDesktop;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

struct Studio {
  Studio() { frames.start(); }

  Result<api::Picture> take(api::PictureRequest request = {}) {
    std::optional<Result<api::Picture>> got;
    pictures.take(request, [&](Result<api::Picture> picture) { got = std::move(picture); });
    const auto end = Clock::now() + 20s;
    while (!got && Clock::now() < end) {
      io.restart();
      io.run_one_for(5ms);
    }
    return got ? *std::move(got) : fail(ErrorCode::kTimeout, "no picture came");
  }

  boost::asio::io_context io{1};
  FakeDesktop desktop{{200, 100}};
  server::FramePipeline frames{io.get_executor(), desktop, 1};
  Pictures pictures{io.get_executor(), frames};
};

TEST(Pictures, ShowsWhatWasPaintedBeforeTheRequestThoughNobodyLooks) {
  Studio studio;
  const auto before = studio.take();
  ASSERT_TRUE(before);
  studio.desktop.fill({10, 10, 5, 5}, 0xff0000);
  const auto after = studio.take();
  ASSERT_TRUE(after);
  EXPECT_GT(after->generation, before->generation);
  EXPECT_NE(after->etag, before->etag);
  EXPECT_NE(*after->bytes, *before->bytes);
  EXPECT_EQ(studio.pictures.stats().encoded, 2u);
}

TEST(Pictures, ShowsTheWholeScreenAsItIsWhateverHasChanged) {
  Studio studio;
  for (int i = 0; i < 30; ++i) {
    studio.desktop.fill({7 * i % 190, 11 * i % 90, 9, 8}, 0x10305u * static_cast<unsigned>(i + 1));
    const auto taken = studio.take();
    ASSERT_TRUE(taken);
    const auto read = agent::parse_picture(*taken->bytes);
    ASSERT_TRUE(read);
    const auto now =
        agent::write_picture(studio.frames.screen().view(), agent::PictureFormat::kRaw);
    ASSERT_EQ(read->pixels, *now) << i;
  }
}

TEST(Pictures, EncodesAnUnchangedScreenOnceHoweverManyAsk) {
  Studio studio;
  const auto first = studio.take();
  for (int i = 0; i < 200; ++i) {
    const auto again = studio.take();
    ASSERT_TRUE(again);
    EXPECT_EQ(again->etag, first->etag);
    EXPECT_EQ(again->bytes, first->bytes);
  }
  EXPECT_EQ(studio.pictures.stats().encoded, 1u);
  EXPECT_EQ(studio.pictures.stats().shared, 200u);
}

TEST(Pictures, GivesNoBytesToWhoHasThePicture) {
  Studio studio;
  const auto first = studio.take();
  const auto again = studio.take({.known_etag = first->etag});
  ASSERT_TRUE(again);
  EXPECT_EQ(again->bytes, nullptr);
  EXPECT_EQ(again->etag, first->etag);
}

TEST(Pictures, UnderstandsListsOfTagsAndWeakOnes) {
  Studio studio;
  const auto first = studio.take();
  for (const auto& known : {"\"other\", " + first->etag, "W/" + first->etag, std::string("*")})
    EXPECT_EQ(studio.take({.known_etag = known})->bytes, nullptr) << known;
  EXPECT_NE(studio.take({.known_etag = "\"other\""})->bytes, nullptr);
}

TEST(Pictures, SaysAtOnceThatTheDesktopIsLost) {
  Studio studio;
  ASSERT_TRUE(studio.take());
  studio.frames.desktop_lost({ErrorCode::kClosed, "the X server has gone"});
  const auto lost = studio.take();
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(lost.error().message, HasSubstr("the X server has gone"));
  studio.frames.desktop_found_again();
  EXPECT_TRUE(studio.take());
}

TEST(Pictures, AnswersWhoWaitsForADesktopThatIsLostMeanwhile) {
  Studio studio;
  ASSERT_TRUE(studio.take());
  studio.desktop.is_stalled = true;
  studio.desktop.fill({0, 0, 5, 5}, 0xff0000);
  std::optional<Result<api::Picture>> got;
  studio.pictures.take({}, [&](Result<api::Picture> picture) { got = std::move(picture); });
  EXPECT_FALSE(got);
  studio.frames.desktop_lost({ErrorCode::kClosed, "the X server has gone"});
  ASSERT_TRUE(got);
  EXPECT_FALSE(*got);
}

TEST(Pictures, KeepsARegionsTagWhenSomethingElseChanges) {
  Studio studio;
  const api::PictureRequest corner{.region = image::Rect{0, 0, 20, 20}};
  const auto first = studio.take(corner);
  studio.desktop.fill({150, 80, 5, 5}, 0xff0000);
  EXPECT_EQ(studio.take(corner)->etag, first->etag);
  studio.desktop.fill({5, 5, 1, 1}, 0xff0000);
  EXPECT_NE(studio.take(corner)->etag, first->etag);
}

TEST(Pictures, ShowsOnlyWhatHasChangedSince) {
  Studio studio;
  const auto first = studio.take();
  EXPECT_EQ(studio.take({.since = first->generation})->bytes, nullptr);
  studio.desktop.fill({10, 10, 5, 6}, 0xff0000);
  const auto delta = studio.take({.since = first->generation});
  ASSERT_TRUE(delta);
  EXPECT_THAT(delta->boxes, ElementsAre(image::Rect{10, 10, 5, 6}));
  EXPECT_EQ(delta->region, (image::Rect{10, 10, 5, 6}));
  EXPECT_NE(delta->bytes, nullptr);
  // A generation of another life, or of a screen of another size, has everything new.
  EXPECT_EQ(studio.take({.since = 1'000'000})->region, (image::Rect{0, 0, 200, 100}));
  studio.desktop.resize({120, 90}, [](const Status&) {});
  EXPECT_EQ(studio.take({.since = first->generation})->region, (image::Rect{0, 0, 120, 90}));
}

TEST(Pictures, RefusesARegionOutsideTheScreen) {
  Studio studio;
  const auto outside = studio.take({.region = image::Rect{190, 0, 20, 20}});
  ASSERT_FALSE(outside);
  EXPECT_EQ(outside.error().message,
            "the region 190,0,20,20 is not on the screen, which is 200x100");
}

TEST(Pictures, SendsAwayWhoComesWhenTooManyAreUnderWay) {
  Studio studio;
  std::size_t refused = 0, made = 0;
  for (int i = 0; i < static_cast<int>(kPicturesMax) + 3; ++i)
    studio.pictures.take(
        {.region = image::Rect{i, 0, 50, 50}},
        [&](const Result<api::Picture>& picture) { picture ? ++made : ++refused; });
  const auto end = Clock::now() + 20s;
  while (made + refused < kPicturesMax + 3 && Clock::now() < end) {
    studio.io.restart();
    studio.io.run_one_for(5ms);
  }
  EXPECT_EQ(made, kPicturesMax);
  EXPECT_EQ(refused, 3u);
}

}  // namespace
}  // namespace oriel::web
