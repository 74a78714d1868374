#include "oriel/io/desktop/reconnecting_desktop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <deque>
#include <utility>

#include "oriel/base/time.h"
#include "oriel/io/desktop/memory_clipboard.h"

namespace oriel::desktop {
namespace {

using image::Rect;
using image::Size;
using ::testing::ElementsAre;

// A source that does what the test says.
struct Source final : Desktop, InputSink {
  explicit Source(Size asked) : extent(asked) {}

  Size size() const override { return extent; }
  std::vector<ScreenPart> screens() const override { return parts; }
  void start(DesktopListener& told) override {
    listener = &told;
    told.desktop_damaged();
  }
  std::vector<Rect> take_damage() override { return {Rect::of(extent)}; }
  void capture(std::span<const Rect>, CaptureDone done) override { captured = std::move(done); }
  void resize(Size, std::move_only_function<void(Status)> done) override {
    resized = std::move(done);
  }
  InputSink& input() override { return *this; }
  bool wants_shift() const override { return true; }
  Clipboard* clipboard() override { return &memory; }
  std::vector<std::string> shortcomings() const override { return {"it lacks something"}; }
  std::map<std::string, std::string> details() const override { return {{"kind", "fake"}}; }
  void key(std::uint32_t, bool) override { ++keys; }
  void pointer(image::Point, std::uint16_t) override {}
  void flush() override {}

  Size extent;
  std::vector<ScreenPart> parts;
  DesktopListener* listener = nullptr;
  MemoryClipboard memory;
  CaptureDone captured;
  std::move_only_function<void(Status)> resized;
  int keys = 0;
};

// A desktop over such sources, and all that it says.
struct Scene : DesktopListener {
  Scene() {
    auto first = std::make_unique<Source>(Size{100, 50});
    source = first.get();
    desktop = std::make_unique<ReconnectingDesktop>(
        io, std::move(first),
        [this](auto done) {
          ++attempts;
          if (answers.empty()) return done(fail(ErrorCode::kUnavailable, "not yet"));
          auto answer = std::move(answers.front());
          answers.pop_front();
          source = answer.get();
          done(std::unique_ptr<Desktop>(std::move(answer)));
        },
        [this](const std::string& sentence) { notices.push_back(sentence); });
    desktop->start(*this);
  }

  // Until `count` attempts were made; the first waits come to less than a second.
  void run_attempts(int count) {
    while (attempts < count) {
      io.restart();
      io.run_one();
    }
  }
  void lose() {
    source->listener->desktop_lost({ErrorCode::kClosed, "it died"});
    source = nullptr;
  }

  void desktop_damaged() override { said.push_back("damaged"); }
  void desktop_resized(Size size) override {
    said.push_back("resized " + std::to_string(size.width));
  }
  void desktop_lost(const Error& error) override { said.push_back("lost: " + error.message); }
  void desktop_found_again() override { said.push_back("found"); }
  void desktop_screens_changed() override { said.push_back("screens"); }
  void desktop_leds_changed(std::uint8_t leds) override {
    said.push_back("leds " + std::to_string(leds));
  }

  boost::asio::io_context io;
  Source* source = nullptr;
  std::deque<std::unique_ptr<Source>> answers;
  int attempts = 0;
  std::vector<std::string> said, notices;
  std::unique_ptr<ReconnectingDesktop> desktop;
};

TEST(ReconnectingDesktop, KeepsItsSizeAndTakesNothingWhileTheSourceIsGone) {
  Scene scene;
  scene.lose();
  EXPECT_EQ(scene.desktop->size(), (Size{100, 50}));
  EXPECT_TRUE(scene.desktop->take_damage().empty());
  scene.desktop->input().key('a', true);
  scene.desktop->input().flush();
  bool is_empty = false;
  scene.desktop->capture({}, [&](auto patches) { is_empty = patches.empty(); });
  EXPECT_TRUE(is_empty);
  Status resized;
  scene.desktop->resize({10, 10}, [&](Status status) { resized = std::move(status); });
  EXPECT_EQ(resized.error().code, ErrorCode::kUnavailable);
  Result<Bytes> text;
  scene.desktop->clipboard()->request(ClipboardFormat::kText,
                                      [&](Result<Bytes> bytes) { text = std::move(bytes); });
  EXPECT_FALSE(text);
  const auto details = scene.desktop->details();
  EXPECT_EQ(details.at("kind"), "fake");
  EXPECT_EQ(details.at("state"), "disconnected");
  EXPECT_EQ(details.at("reason"), "it died");
}

TEST(ReconnectingDesktop, WantsShiftWhenItsSourceDoes) {
  Scene scene;
  EXPECT_TRUE(scene.desktop->input().wants_shift());
  scene.lose();
  EXPECT_FALSE(scene.desktop->input().wants_shift());
}

TEST(ReconnectingDesktop, TellsTheLossOnceAndTheReturnWithAllDamaged) {
  Scene scene;
  scene.lose();
  scene.answers.push_back(std::make_unique<Source>(Size{100, 50}));
  scene.run_attempts(1);
  EXPECT_THAT(scene.said, ElementsAre("damaged", "lost: it died", "found", "damaged"));
  EXPECT_THAT(scene.notices, ElementsAre("it lacks something"));
  scene.desktop->input().key('a', true);
  EXPECT_EQ(scene.source->keys, 1);
  EXPECT_FALSE(scene.desktop->details().contains("state"));
}

TEST(ReconnectingDesktop, TellsAnotherSizeAndOtherScreensBeforeTheDamage) {
  Scene scene;
  scene.lose();
  auto other = std::make_unique<Source>(Size{200, 80});
  scene.answers.push_back(std::move(other));
  scene.run_attempts(1);
  EXPECT_THAT(scene.said,
              ElementsAre("damaged", "lost: it died", "found", "resized 200", "damaged"));
  scene.source->parts = {{1, {0, 0, 100, 80}}, {2, {100, 0, 100, 80}}};
  scene.source->listener->desktop_screens_changed();
  EXPECT_EQ(scene.said.back(), "screens");
  EXPECT_EQ(scene.desktop->screens(), scene.source->parts);
}

TEST(ReconnectingDesktop, LooksAgainUntilItIsFoundAndSaysWhyItIsNotOnce) {
  Scene scene;
  scene.lose();
  scene.run_attempts(2);
  scene.answers.push_back(std::make_unique<Source>(Size{100, 50}));
  scene.run_attempts(3);
  EXPECT_THAT(scene.notices, ElementsAre("not yet", "it lacks something"));
}

TEST(ReconnectingDesktop, AnswersWhatWasUnderWayWhenTheSourceWent) {
  Scene scene;
  int captures = 0, resizes = 0;
  const Rect rect{0, 0, 1, 1};
  scene.desktop->capture({&rect, 1}, [&](auto patches) {
    EXPECT_TRUE(patches.empty());
    ++captures;
  });
  scene.desktop->resize({10, 10}, [&](const Status& status) {
    EXPECT_FALSE(status);
    ++resizes;
  });
  scene.lose();
  EXPECT_EQ(captures, 1);
  EXPECT_EQ(resizes, 1);
}

TEST(ReconnectingDesktop, PutsTheLightsOutWithTheSource) {
  Scene scene;
  scene.source->listener->desktop_leds_changed(kLedCapsLock);
  scene.lose();
  EXPECT_THAT(scene.said, ElementsAre("damaged", "leds 4", "leds 0", "lost: it died"));
}

TEST(ReconnectingDesktop, MayEndWhileItLooks) {
  Scene scene;
  scene.lose();
  scene.desktop.reset();
  scene.io.restart();
  scene.io.run();
  EXPECT_EQ(scene.attempts, 0);
}

}  // namespace
}  // namespace oriel::desktop
