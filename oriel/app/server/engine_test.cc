// The engine from the desktop's damage to a viewer's decoded pixels and back from its keys, over
// streams in memory.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <random>

#include "oriel/app/server/control.h"
#include "oriel/app/server/viewer.h"
#include "oriel/core/image/pixel_convert.h"
#include "oriel/core/rfb/constants.h"
#include "oriel/io/net/memory_stream.h"
#include "oriel/testing/fake_desktop.h"
#include "oriel/testing/random_picture.h"
#include "oriel/testing/viewer/test_viewer.h"

namespace oriel::server {
namespace {

using image::Rect;
using image::Size;
using testing::FakeDesktop;
using testing::TestViewer;
using testing::TestViewerOptions;
using namespace std::chrono_literals;

constexpr std::string_view kEncodings[] = {"raw",     "copyrect", "rre",  "corre",
                                           "hextile", "zlib",     "trle", "zrle",
                                           "tight",   "tightpng", "jpeg"};

// A server without doors: a fake desktop, the pipelines, and viewers on memory streams, all on one
// loop.
struct Engine {
  explicit Engine(Size size = {400, 300}, int max_rate = 1000, std::string server_password = "")
      : desktop(size),
        frames(io.get_executor(), desktop, 2),
        input(desktop),
        metrics(kEncodings, Clock::now()),
        logger(observe::make_callback_sink(config::LogLevel::kDebug, config::LogFormat::kText,
                                           [this](std::string line) { log.push_back(line); })),
        rate(max_rate),
        password(std::move(server_password)) {
    frames.start();
  }
  ~Engine() {
    for (auto& viewer : viewers) viewer->close();
    run_until([this] { return ended == static_cast<int>(server_viewers.size()); });
  }

  // Connects one more viewer; capacity: how much the pipe holds.
  TestViewer& connect(TestViewerOptions options = {}, std::size_t capacity = 64 * 1024) {
    auto [near, far] = net::make_memory_streams(io.get_executor(), capacity);
    ViewerEnvironment environment{io.get_executor(), frames, input, metrics, rate, cursor_drawing};
    auto viewer = std::make_shared<Viewer>(
        server_viewers.size() + 1, environment, std::move(near),
        rfb::ServerSessionConfig{
            "engine", desktop.size(), {password, view_password, {1, 2, 3}}, {}},
        logger, callbacks());
    viewer->start();
    server_viewers.push_back(viewer);
    viewers.push_back(
        std::make_unique<TestViewer>(io.get_executor(), std::move(far), std::move(options)));
    return *viewers.back();
  }

  Viewer::Callbacks callbacks() {
    return {[](Viewer&) {},
            [this](Viewer&, const Error&) { ++ended; },
            [this](Viewer& viewer) { return control.act(viewer.id(), Clock::now()); },
            [this](Viewer& viewer, Size size, std::function<void(Status)> done) {
              resizer = viewer.id();
              desktop.resize(size, [done](Status status) { done(status); });
              resizer = 0;
            },
            [this](const Viewer& viewer) {
              return resizer == 0             ? ResizeCause::kServer
                     : resizer == viewer.id() ? ResizeCause::kThisViewer
                                              : ResizeCause::kOtherViewer;
            },
            [](Viewer&, const rfb::CutTextEvent&) {},
            [] { return std::uint8_t{0}; }};
  }

  // Runs the loop until `is_true`, at most 20 s; gives whether it came true.
  bool run_until(const std::function<bool()>& is_true) {
    const auto end = Clock::now() + 20s;
    while (!is_true()) {
      if (Clock::now() > end) return false;
      io.restart();
      io.run_one_for(5ms);
    }
    return true;
  }
  bool run_until_all_see_the_desktop() {
    return run_until([this] {
      for (auto& viewer : viewers)
        if (viewer->updates() == 0 || viewer->frame() != desktop.frame()) return false;
      return true;
    });
  }
  // Runs until nothing has happened for a while.
  void settle() {
    io.restart();
    while (io.run_one_for(30ms) > 0) io.restart();
  }

  boost::asio::io_context io{1};
  FakeDesktop desktop;
  FramePipeline frames;
  InputPipeline input;
  observe::Metrics metrics;
  std::vector<std::string> log;
  observe::Logger logger;
  int rate;
  CursorDrawing cursor_drawing = CursorDrawing::kForWhoKnowsNone;
  std::string password;
  std::string view_password;
  int ended = 0;
  Control control{ControlPolicy::kShared, 1h};
  ViewerId resizer = 0;
  std::vector<std::shared_ptr<Viewer>> server_viewers;
  std::vector<std::unique_ptr<TestViewer>> viewers;
};

void paint(FakeDesktop& desktop, const Rect& rect, std::uint32_t seed) {
  auto picture = testing::make_picture(testing::kAllPictureKinds[seed % 8], rect.size(), seed);
  desktop.draw(rect,
               [&](int x, int y, std::uint32_t) { return picture.at(x - rect.x, y - rect.y); });
}

// What a viewer of `format` can see of `frame`.
image::Frame seen_in(const image::Frame& frame, const image::PixelFormat& format) {
  const image::PixelConverter converter(format);
  auto seen = frame;
  for (int y = 0; y < frame.size().height; ++y)
    for (int x = 0; x < frame.size().width; ++x)
      seen.at(x, y) = converter.to_bgrx(converter.from_bgrx(frame.at(x, y)));
  return seen;
}

TEST(Engine, ShowsTheDesktopInEveryEncodingAndFormat) {
  const image::PixelFormat formats[] = {
      image::kBgrx,
      {32, 24, false, true, 255, 255, 255, 0, 8, 16},
      {32, 24, true, true, 255, 255, 255, 16, 8, 0},
      {32, 30, false, true, 1023, 1023, 1023, 20, 10, 0},
      {16, 16, false, true, 31, 63, 31, 11, 5, 0},
      {16, 15, true, true, 31, 31, 31, 10, 5, 0},
      {8, 8, false, true, 7, 7, 3, 0, 3, 6},
      {8, 8, false, false, 0, 0, 0, 0, 0, 0},  // a colour map
  };
  Engine engine({700, 300});
  paint(engine.desktop, {0, 0, 700, 300}, 7);
  const auto run_until_all_see_it = [&] {
    std::vector<image::Frame> seen;
    for (const auto& format : formats) seen.push_back(seen_in(engine.desktop.frame(), format));
    std::size_t done = 0;  // viewers before this one see it
    return engine.run_until([&] {
      while (done < engine.viewers.size() && engine.viewers[done]->updates() > 0 &&
             engine.viewers[done]->frame() == seen[done % std::size(formats)])
        ++done;
      return done == engine.viewers.size();
    });
  };
  for (const auto& encoding : codec::encoding_table())
    if (encoding.can_encode())
      for (const auto& format : formats) engine.connect({"", {1, encoding.id}, format, true});
  EXPECT_TRUE(run_until_all_see_it());
  paint(engine.desktop, {200, 100, 300, 100}, 12);
  EXPECT_TRUE(run_until_all_see_it());
  for (const auto& encoding : codec::encoding_table())
    EXPECT_EQ(engine.metrics.encoding_bytes_total(encoding.name).value() > 0, encoding.can_encode())
        << encoding.name;
}

TEST(Engine, AFormatThatComesDuringAnUpdateCountsFromTheNextOn) {
  Engine engine({800, 600});
  paint(engine.desktop, {0, 0, 800, 600}, 4);  // noise: an update much larger than the pipe
  auto& viewer = engine.connect({"", {0}, {}, false}, 4096);
  ASSERT_TRUE(engine.run_until([&] { return viewer.is_connected(); }));
  for (const image::PixelFormat& format :
       {image::PixelFormat{8, 8, false, false, 0, 0, 0, 0, 0, 0},
        image::PixelFormat{16, 16, true, true, 31, 63, 31, 11, 5, 0}, image::kBgrx}) {
    const auto before = viewer.frame();
    const auto updates = viewer.updates();
    viewer.request(false, {0, 0, 800, 600});
    ASSERT_TRUE(engine.run_until([&] { return viewer.frame() != before; }));
    ASSERT_EQ(viewer.updates(), updates) << "the update is under way";
    // On the wire only: the viewer reads the rest of this update in the old format.
    Bytes bytes;
    ByteWriter writer(bytes);
    write_client_message(rfb::SetPixelFormat{format}, writer);
    viewer.session().output().append(bytes);
    viewer.say(rfb::KeyEvent{true, 'a'});
    ASSERT_TRUE(engine.run_until([&] { return viewer.updates() == updates + 1; }));
    viewer.say(rfb::SetPixelFormat{format});
    viewer.request(false, {0, 0, 400, 300});
    ASSERT_TRUE(engine.run_until([&] { return viewer.updates() == updates + 2; }));
    EXPECT_EQ(viewer.frame().at(10, 10), seen_in(engine.desktop.frame(), format).at(10, 10));
  }
  EXPECT_FALSE(viewer.is_ended());
}

TEST(Engine, LosesNoChangeUnderAPainterWhoNeverRests) {
  Engine engine({640, 480}, 200);
  for (int i = 0; i < 3; ++i)
    engine.connect({"", {i == 0 ? 0 : 16}, {}, true}, i == 2 ? 1000 : 64 * 1024);
  ASSERT_TRUE(engine.run_until_all_see_the_desktop());
  std::mt19937 random(1);
  for (std::uint32_t step = 0; step < 1500; ++step) {
    const int x = static_cast<int>(random() % 600), y = static_cast<int>(random() % 440);
    paint(engine.desktop,
          {x, y, 1 + static_cast<int>(random() % 40), 1 + static_cast<int>(random() % 40)}, step);
    if (step % 100 == 99) paint(engine.desktop, {0, 0, 640, 480}, step);
    engine.io.restart();
    engine.io.poll_one();
  }
  EXPECT_TRUE(engine.run_until_all_see_the_desktop());
}

TEST(Engine, SendsNothingWhileNothingChanges) {
  Engine engine;
  auto& viewer = engine.connect();
  ASSERT_TRUE(engine.run_until_all_see_the_desktop());
  engine.settle();
  const auto bytes = viewer.bytes_in();
  const auto commits = engine.frames.stats().commits;
  viewer.request(true, {0, 0, 400, 300});
  engine.desktop.fill({0, 0, 400, 300}, 0);  // damaged, but as black as before
  engine.settle();
  EXPECT_EQ(viewer.bytes_in(), bytes);
  EXPECT_EQ(engine.frames.stats().commits, commits + 1);
}

TEST(Engine, CommitsNothingForNobody) {
  Engine engine;
  for (int i = 0; i < 50; ++i) {
    engine.desktop.fill({i, i, 9, 9}, i);
    engine.io.restart();
    engine.io.poll();
  }
  EXPECT_EQ(engine.desktop.captures, 0);
  EXPECT_EQ(engine.frames.stats().encoded_units, 0u);
}

TEST(Engine, AnswersAFullRequestWithTheTruePictureThoughNothingChanged) {
  Engine engine;
  paint(engine.desktop, {0, 0, 400, 300}, 3);
  auto& viewer = engine.connect({"", {16}, {}, false});
  ASSERT_TRUE(engine.run_until([&] { return viewer.is_connected(); }));
  std::vector<Rect> got;
  viewer.on_update = [&](const rfb::Updated& update) { got = update.rects; };
  for (int round = 1; round <= 2; ++round) {
    viewer.request(false, {10, 20, 30, 40});
    ASSERT_TRUE(
        engine.run_until([&] { return viewer.updates() == static_cast<std::uint64_t>(round); }));
    EXPECT_EQ(got, (std::vector<Rect>{{10, 20, 30, 40}}));
  }
  EXPECT_EQ(viewer.frame().at(10, 20), engine.desktop.frame().at(10, 20));
  EXPECT_EQ(viewer.frame().at(9, 20), 0u) << "outside of what was asked for";
}

TEST(Engine, SendsTheLowerRightCornerOfAFullPictureLast) {
  Engine engine({1300, 700});
  paint(engine.desktop, {0, 0, 1300, 700}, 4);      // noise, that takes its time
  paint(engine.desktop, {1024, 512, 276, 188}, 0);  // beside a corner that is ready at once
  auto& viewer = engine.connect({"", {16}, {}, false});
  ASSERT_TRUE(engine.run_until([&] { return viewer.is_connected(); }));
  std::vector<Rect> got;
  viewer.on_update = [&](const rfb::Updated& update) { got = update.rects; };
  viewer.request(false, {0, 0, 1300, 700});
  ASSERT_TRUE(engine.run_until([&] { return viewer.updates() == 1; }));
  ASSERT_GT(got.size(), 4u);
  EXPECT_EQ(got.back().right(), 1300);
  EXPECT_EQ(got.back().bottom(), 700);
  EXPECT_EQ(viewer.frame(), engine.desktop.frame());
}

TEST(Engine, CropsARequestToTheDesktopAndIgnoresOneOutside) {
  Engine engine;
  auto& viewer = engine.connect({"", {0}, {}, false});
  ASSERT_TRUE(engine.run_until([&] { return viewer.is_connected(); }));
  viewer.request(false, {500, 500, 10, 10});
  viewer.request(false, {0, 0, 0, 0});
  engine.settle();
  EXPECT_EQ(viewer.updates(), 0u);
  viewer.request(false, {390, 290, 65535, 65535});
  EXPECT_TRUE(engine.run_until([&] { return viewer.updates() == 1; }));
}

TEST(Engine, EncodesAUnitOnceForTwentyViewers) {
  Engine engine({1024, 512});
  for (int i = 0; i < 20; ++i) engine.connect();
  ASSERT_TRUE(engine.run_until_all_see_the_desktop());
  engine.settle();
  const auto before = engine.frames.stats();
  const auto updates = engine.viewers[0]->updates();
  paint(engine.desktop, {0, 0, 1024, 512}, 6);
  ASSERT_TRUE(engine.run_until_all_see_the_desktop());
  engine.settle();
  EXPECT_EQ(engine.viewers[0]->updates(), updates + 1);
  EXPECT_EQ(engine.frames.stats().encoded_units - before.encoded_units, 4u);
  EXPECT_EQ(engine.frames.stats().shared_units - before.shared_units, 4u * 19);
}

TEST(Engine, AViewerThatStopsReadingHoldsUpNobodyAndKeepsNoBacklog) {
  Engine engine({800, 600}, 1000);
  auto [near, far] = net::make_memory_streams(engine.io.get_executor(), 4096);
  ViewerEnvironment environment{engine.io.get_executor(), engine.frames, engine.input,
                                engine.metrics, 1000};
  auto stuck = std::make_shared<Viewer>(99, environment, std::move(near),
                                        rfb::ServerSessionConfig{"engine", {800, 600}, {}, {}},
                                        engine.logger, engine.callbacks());
  stuck->start();
  Bytes hello;
  ByteWriter writer(hello);
  writer.bytes(as_bytes("RFB 003.008\n")).u8(1).u8(1);
  write_client_message(rfb::UpdateRequest{false, {0, 0, 800, 600}}, writer);
  ByteSpan piece(hello);
  ASSERT_TRUE(far->try_write({&piece, 1}));
  engine.connect();
  for (std::uint32_t step = 0; step < 60; ++step) {
    paint(engine.desktop, {0, 0, 800, 600}, step * 8 + 4);  // noise: nearly 2 MB an update
    ASSERT_TRUE(engine.run_until_all_see_the_desktop());
  }
  EXPECT_GE(engine.viewers[0]->updates(), 50u);
  far->close();
  engine.settle();
}

TEST(Engine, InjectsInputAndShowsItsEffectWhateverTheRate) {
  Engine engine({400, 300}, 1);
  auto& viewer = engine.connect();
  ASSERT_TRUE(engine.run_until_all_see_the_desktop());
  for (std::uint32_t i = 1; i <= 20; ++i) {
    const auto start = Clock::now();
    viewer.say(rfb::KeyEvent{true, 'a'});
    viewer.say(rfb::KeyEvent{false, 'a'});
    ASSERT_TRUE(engine.run_until([&] { return engine.desktop.input_log.size() >= i * 3; }));
    engine.desktop.fill({5, 5, 8, 12}, i);
    ASSERT_TRUE(engine.run_until_all_see_the_desktop());
    ASSERT_LT(Clock::now() - start, 500ms)
        << "one update per second is allowed, but input lets it through";
  }
  EXPECT_EQ(engine.desktop.input_log[0], "down 97");
  EXPECT_EQ(engine.metrics.key_events_total().value(), 40);
}

TEST(Engine, LogsOneLineOfStatisticsPerConnectionAndNeverThePassword) {
  Engine engine({400, 300}, 60, "geheim12");
  engine.connect({"geheim12", {16}, {}, true});
  ASSERT_TRUE(engine.run_until_all_see_the_desktop());
  auto& wrong = engine.connect({"falsch12", {16}, {}, true});
  ASSERT_TRUE(engine.run_until([&] { return wrong.is_ended(); }));
  EXPECT_THAT(wrong.end()->message, ::testing::HasSubstr("Authentication failed"));
  engine.viewers[0]->close();
  ASSERT_TRUE(engine.run_until([&] { return engine.ended == 2; }));
  std::string all;
  int ends = 0;
  for (const auto& line : engine.log) {
    all += line;
    ends += line.find("updates=") != std::string::npos;
    EXPECT_THAT(line, ::testing::AnyOf(::testing::HasSubstr("[c1]"), ::testing::HasSubstr("[c2]")));
  }
  EXPECT_EQ(ends, 2) << all;
  EXPECT_THAT(all, ::testing::HasSubstr("zrle: "));
  EXPECT_THAT(all, ::testing::HasSubstr("type=refused"));
  EXPECT_THAT(all, ::testing::Not(::testing::HasSubstr("geheim")));
  EXPECT_EQ(engine.metrics.connections_total().value(), 2);
  EXPECT_EQ(engine.metrics.connections_failed_total().value(), 1);
  EXPECT_EQ(engine.metrics.connections_active().value(), 0);
  EXPECT_EQ(engine.metrics.errors_total(ErrorCode::kRefused).value(), 1);
  EXPECT_GT(engine.metrics.encoding_bytes_total("zrle").value(), 0);
  EXPECT_GT(engine.metrics.bytes_sent_total().value(),
            engine.metrics.encoding_bytes_total("zrle").value());
}

TEST(Engine, TellsViewersThatTheDesktopChangedItsSize) {
  Engine engine;
  auto& viewer = engine.connect();
  ASSERT_TRUE(engine.run_until_all_see_the_desktop());
  engine.desktop.resize({500, 200});
  ASSERT_TRUE(engine.run_until([&] { return viewer.is_ended() && engine.ended == 1; }));
  EXPECT_THAT(engine.log.back(),
              ::testing::HasSubstr(
                  "the desktop changed its size to 500x200, which this viewer cannot follow"));
  engine.viewers.clear();
  engine.connect();
  EXPECT_TRUE(engine.run_until_all_see_the_desktop());
}

TEST(Engine, FollowsTwoHundredResizesUnderTwoViewersExactly) {
  Engine engine({300, 200});
  engine.connect({"", {16, rfb::kPseudoDesktopSize}, {}, true});
  engine.connect(
      {"", {0, rfb::kPseudoExtendedDesktopSize, rfb::kPseudoContinuousUpdates}, {}, true});
  ASSERT_TRUE(engine.run_until_all_see_the_desktop());
  std::mt19937 random(2);
  for (int step = 0; step < 200; ++step) {
    const Size size{1 + static_cast<int>(random() % 900), 1 + static_cast<int>(random() % 700)};
    if (step % 2 == 0) {
      engine.desktop.resize(size);
    } else {
      engine.viewers[1]->say(rfb::SetDesktopSize{size, {{7, Rect::of(size), 0}}});
    }
    for (int turns = static_cast<int>(random() % 4); turns > 0; --turns) {
      engine.io.restart();
      engine.io.poll_one();
    }
    const auto now = engine.desktop.size();
    paint(engine.desktop, {0, 0, std::min(now.width, 200), std::min(now.height, 90)}, random());
    if (step % 8 != 7) continue;
    ASSERT_TRUE(engine.run_until_all_see_the_desktop())
        << "step " << step << ": " << engine.viewers[0]->frame().size().width << " and "
        << engine.viewers[1]->frame().size().width << " px wide, the desktop is "
        << engine.desktop.size().width
        << (engine.viewers[0]->is_ended() ? engine.viewers[0]->end()->message : "")
        << (engine.viewers[1]->is_ended() ? engine.viewers[1]->end()->message : "");
  }
  ASSERT_TRUE(engine.run_until_all_see_the_desktop());
}

TEST(Engine, AnswersAResizeToWhoAskedAndTellsTheOthers) {
  Engine engine({300, 200});
  std::vector<rfb::Resized> told[2];
  for (int i = 0; i < 2; ++i) {
    auto& viewer = engine.connect({"", {16, rfb::kPseudoExtendedDesktopSize}, {}, true});
    viewer.on_event = [&told, i](const rfb::ClientEvent& event) {
      if (const auto* resized = std::get_if<rfb::Resized>(&event)) told[i].push_back(*resized);
    };
  }
  ASSERT_TRUE(engine.run_until_all_see_the_desktop());
  EXPECT_EQ(told[0].front(), (rfb::Resized{{300, 200}, 0, 0}))
      << "the geometry is told at the first update";
  const auto ask = [&](Size size, const rfb::Resized& expected) {
    told[0].clear();
    engine.viewers[0]->say(rfb::SetDesktopSize{size, {{7, Rect::of(size), 0}}});
    ASSERT_TRUE(engine.run_until([&] { return !told[0].empty(); }));
    EXPECT_EQ(told[0].front(), expected);
  };
  told[1].clear();
  ask({400, 100}, {{400, 100}, rfb::kResizedByThisClient, rfb::kResizeDone});
  ASSERT_TRUE(engine.run_until([&] { return !told[1].empty(); }));
  EXPECT_EQ(told[1].front(),
            (rfb::Resized{{400, 100}, rfb::kResizedByOtherClient, rfb::kResizeDone}));
  ask({400, 100}, {{400, 100}, rfb::kResizedByThisClient, rfb::kResizeDone});
  ask({1001, 100}, {{400, 100}, rfb::kResizedByThisClient, rfb::kResizeProhibited});
  ask({0, 0}, {{400, 100}, rfb::kResizedByThisClient, rfb::kResizeInvalidLayout});
  ASSERT_TRUE(engine.run_until_all_see_the_desktop());
}

TEST(Engine, ToleratesAViewerThatAsksForEverythingAllTheTime) {
  Engine engine({300, 200});
  auto& viewer = engine.connect({"", {16, rfb::kPseudoExtendedDesktopSize}, {}, true});
  ASSERT_TRUE(engine.run_until_all_see_the_desktop());
  for (int i = 0; i < 2000; ++i) viewer.request(false, {0, 0, 300, 200});
  paint(engine.desktop, {0, 0, 300, 200}, 3);
  EXPECT_TRUE(engine.run_until_all_see_the_desktop());
  EXPECT_FALSE(viewer.is_ended());
}

TEST(Engine, ContinuousUpdatesNeedNoRequests) {
  Engine engine({300, 200});
  auto& viewer =
      engine.connect({"", {16, rfb::kPseudoFence, rfb::kPseudoContinuousUpdates}, {}, false});
  std::vector<rfb::ClientEvent> events;
  viewer.on_event = [&](const rfb::ClientEvent& event) { events.push_back(event); };
  ASSERT_TRUE(engine.run_until([&] { return events.size() >= 3; }));
  EXPECT_EQ(events[1], (rfb::ClientEvent{rfb::FenceCame{rfb::kFenceRequest, {}}}));
  EXPECT_EQ(events[2], (rfb::ClientEvent{rfb::ContinuousUpdatesEnded{}})) << "the announcement";
  viewer.say(rfb::EnableContinuousUpdates{true, {0, 0, 300, 200}});
  for (std::uint32_t step = 0; step < 20; ++step) {
    paint(engine.desktop, {0, 0, 300, 200}, step);
    ASSERT_TRUE(engine.run_until([&] { return viewer.frame() == engine.desktop.frame(); })) << step;
  }
  events.clear();
  viewer.say(rfb::EnableContinuousUpdates{false, {}});
  ASSERT_TRUE(engine.run_until([&] { return !events.empty(); }));
  EXPECT_EQ(events[0], (rfb::ClientEvent{rfb::ContinuousUpdatesEnded{}}));
  const auto updates = viewer.updates();
  paint(engine.desktop, {0, 0, 300, 200}, 99);
  engine.settle();
  EXPECT_EQ(viewer.updates(), updates);
}

TEST(Engine, AnswersTheFirstRequestWithPixelsWhateverIsAcknowledged) {
  for (const auto encoding : {rfb::kPseudoQemuExtendedKey, rfb::kPseudoExtendedMouseButtons}) {
    Engine engine({300, 200});
    paint(engine.desktop, {0, 0, 300, 200}, 3);
    auto& viewer = engine.connect({"", {16, encoding}, {}, false});
    ASSERT_TRUE(engine.run_until([&] { return viewer.is_connected(); }));
    viewer.request(false, {0, 0, 300, 200});
    engine.settle();
    EXPECT_EQ(viewer.frame(), engine.desktop.frame()) << encoding;
  }
}

TEST(Engine, AnswersARequestOutsideTheContinuousAreaWithItsPixels) {
  Engine engine({300, 200});
  auto& viewer = engine.connect(
      {"", {16, rfb::kPseudoExtendedDesktopSize, rfb::kPseudoContinuousUpdates}, {}, true});
  ASSERT_TRUE(engine.run_until_all_see_the_desktop());
  viewer.say(rfb::EnableContinuousUpdates{true, {0, 0, 100, 100}});
  engine.settle();
  paint(engine.desktop, {0, 0, 300, 200}, 3);
  engine.settle();
  EXPECT_NE(viewer.frame(), engine.desktop.frame());
  viewer.request(false, {0, 0, 300, 200});
  EXPECT_TRUE(engine.run_until_all_see_the_desktop());
}

TEST(Engine, AnswersAFenceBehindTheOpenUpdate) {
  Engine engine({300, 200});
  auto& viewer = engine.connect({"", {16}, {}, true});
  ASSERT_TRUE(engine.run_until_all_see_the_desktop());
  std::optional<rfb::FenceCame> fence;
  viewer.on_event = [&](const rfb::ClientEvent& event) {
    if (const auto* came = std::get_if<rfb::FenceCame>(&event)) fence = *came;
  };
  paint(engine.desktop, {0, 0, 300, 200}, 4);
  viewer.say(rfb::Fence{rfb::kFenceRequest | rfb::kFenceSyncNext | 1u << 9, {1, 2, 3}});
  ASSERT_TRUE(engine.run_until([&] { return fence.has_value(); }));
  EXPECT_EQ(*fence, (rfb::FenceCame{rfb::kFenceSyncNext, {1, 2, 3}}))
      << "neither Request nor unknown bits come back";
}

// A cursor of one colour; odd numbers are translucent, and hidden from viewers without alpha.
image::Cursor cursor_number(std::uint32_t number) {
  const std::uint32_t colour = 0xff000000 | number << 8;
  return {{2, 1}, {1, 0}, {colour, number % 2 == 1 ? 0x40000000 : colour}};
}

// What a viewer has been told of the cursor.
struct CursorEvents {
  explicit CursorEvents(TestViewer& viewer) {
    viewer.on_event = [this](const rfb::ClientEvent& event) {
      if (const auto* came = std::get_if<rfb::CursorCame>(&event)) shapes.push_back(came->cursor);
      if (const auto* moved = std::get_if<rfb::PointerMoved>(&event)) moves.push_back(*moved);
    };
  }
  std::vector<image::Cursor> shapes;
  std::vector<rfb::PointerMoved> moves;
};

TEST(Engine, ShowsTheCursorToEveryViewerInTheBestFormThatItKnows) {
  Engine engine({300, 200});
  const image::PixelFormat small{16, 16, true, true, 31, 63, 31, 11, 5, 0};
  const image::PixelFormat mapped{8, 8, false, false, 0, 0, 0, 0, 0, 0};
  struct Kind {
    std::vector<std::int32_t> encodings;
    std::optional<image::PixelFormat> format;
    std::uint32_t second_pixel;  // of cursor 51
  };
  const Kind kinds[] = {
      {{16, rfb::kPseudoCursorWithAlpha, rfb::kPseudoVmwareCursor, rfb::kPseudoCursor},
       {},
       0x40000000},
      {{16, rfb::kPseudoXCursor, rfb::kPseudoCursor, rfb::kPseudoVmwareCursor}, small, 0x40000000},
      {{16, rfb::kPseudoCursor, rfb::kPseudoXCursor}, mapped, 0},
      {{16, rfb::kPseudoXCursor}, {}, 0}};
  std::vector<std::unique_ptr<CursorEvents>> told;
  for (const auto& kind : kinds)
    told.push_back(
        std::make_unique<CursorEvents>(engine.connect({"", kind.encodings, kind.format, true})));
  engine.desktop.set_cursor(cursor_number(51));
  const auto all_were_told = [&](std::size_t shapes) {
    return engine.run_until([&] {
      return std::ranges::all_of(told, [&](auto& one) { return one->shapes.size() >= shapes; });
    });
  };
  ASSERT_TRUE(all_were_told(1));
  for (std::size_t i = 0; i < told.size(); ++i)
    EXPECT_EQ(told[i]->shapes.at(0),
              (image::Cursor{{2, 1}, {1, 0}, {0xff003300, kinds[i].second_pixel}}))
        << i;
  engine.desktop.set_cursor({});
  ASSERT_TRUE(all_were_told(2));
  engine.desktop.set_cursor({});
  engine.settle();
  for (auto& one : told) EXPECT_EQ(one->shapes.size(), 2u) << "the same again is not told";
  EXPECT_TRUE(told[0]->shapes[1].is_empty());
}

TEST(Engine, ShowsTheCursorToWhoComesLaterAndToNobodyWhoDidNotAsk) {
  Engine engine({300, 200});
  engine.desktop.set_cursor(cursor_number(2));
  auto& without = engine.connect({"", {16}, {}, true});
  CursorEvents none(without);
  auto& viewer = engine.connect({"", {16, rfb::kPseudoCursor}, {}, true});
  CursorEvents told(viewer);
  ASSERT_TRUE(engine.run_until([&] { return told.shapes.size() == 1; }));
  engine.desktop.set_cursor(cursor_number(4));
  ASSERT_TRUE(engine.run_until([&] { return told.shapes.size() == 2; }));
  ASSERT_TRUE(engine.run_until_all_see_the_desktop());
  viewer.say(rfb::SetEncodings{{16}});
  paint(engine.desktop, {0, 0, 50, 50}, 1);
  ASSERT_TRUE(engine.run_until_all_see_the_desktop());
  engine.desktop.set_cursor(cursor_number(6));
  engine.settle();
  EXPECT_EQ(told.shapes.size(), 2u);
  EXPECT_EQ(none.shapes.size(), 0u);
  EXPECT_FALSE(without.is_ended());
}

TEST(Engine, SendsTheCursorAgainInANewPixelFormat) {
  Engine engine({300, 200});
  engine.desktop.set_cursor({{1, 1}, {0, 0}, {0xff0a1456}});
  auto& viewer = engine.connect({"", {16, rfb::kPseudoCursor}, {}, false});
  CursorEvents told(viewer);
  ASSERT_TRUE(engine.run_until([&] { return viewer.is_connected(); }));
  viewer.request(false, {0, 0, 300, 200});
  ASSERT_TRUE(engine.run_until([&] { return viewer.updates() == 1; }));
  viewer.say(rfb::SetPixelFormat{{8, 8, false, true, 7, 7, 3, 0, 3, 6}});
  viewer.request(true, {0, 0, 300, 200});
  ASSERT_TRUE(engine.run_until([&] { return told.shapes.size() == 2; }));
  EXPECT_EQ(told.shapes[0].pixels[0], 0xff0a1456u);
  EXPECT_EQ(told.shapes[1].pixels[0], 0xff002455u) << "as 8 bits have it";
}

TEST(Engine, KeepsOnlyTheNewestCursorForAViewerThatIsSlow) {
  Engine engine({300, 200});
  auto& viewer = engine.connect({"", {16, rfb::kPseudoCursor, rfb::kPseudoPointerPos}, {}, false});
  auto& other = engine.connect();
  CursorEvents told(viewer);
  ASSERT_TRUE(engine.run_until([&] { return viewer.is_connected(); }));
  viewer.request(false, {0, 0, 300, 200});
  ASSERT_TRUE(engine.run_until([&] { return viewer.updates() == 1; }));
  told.moves.clear();
  const auto before = viewer.bytes_in();
  for (std::uint32_t i = 0; i < 1000; ++i) {
    engine.desktop.set_cursor(cursor_number(2 * (i % 100)));
    other.say(rfb::PointerEvent{0, {static_cast<int>(i % 300), 7}});
    engine.io.restart();
    engine.io.poll();
  }
  engine.settle();
  EXPECT_EQ(viewer.bytes_in(), before);
  viewer.request(true, {0, 0, 300, 200});
  ASSERT_TRUE(engine.run_until([&] { return viewer.updates() == 2; }));
  viewer.request(true, {0, 0, 300, 200});
  engine.settle();
  ASSERT_EQ(told.shapes.size(), 1u);
  EXPECT_EQ(told.shapes[0].pixels, cursor_number(198).pixels);
  EXPECT_EQ(told.moves, (std::vector<rfb::PointerMoved>{{{99, 7}, rfb::kPseudoPointerPos}}));
}

// Round trips that are longer than the cursor's pictures must not cost the desktop's.
TEST(Engine, ACursorThatNeverRestsDoesNotStarveThePixels) {
  Engine engine({300, 200});
  auto& viewer = engine.connect({"", {16, rfb::kPseudoCursor}, {}, false});
  CursorEvents told(viewer);
  ASSERT_TRUE(engine.run_until([&] { return viewer.is_connected(); }));
  for (std::uint32_t turn = 0; turn < 20; ++turn) {
    engine.desktop.set_cursor(cursor_number(2 * turn + 2));
    paint(engine.desktop, {0, 0, 300, 200}, turn);
    viewer.request(true, {0, 0, 300, 200});
    ASSERT_TRUE(engine.run_until([&] { return viewer.updates() == turn + 1; }));
    EXPECT_EQ(viewer.frame(), engine.desktop.frame());
    EXPECT_EQ(told.shapes.size(), turn + 1) << "with the pixels, in one update";
  }
}

TEST(Engine, TellsThePositionToTheOthersAndWhatTheDesktopDidToAll) {
  Engine engine({300, 200});
  const std::vector<std::int32_t> both{16, rfb::kPseudoPointerPos,
                                       rfb::kPseudoVmwareCursorPosition};
  auto& mover = engine.connect({"", both, {}, true});
  CursorEvents told_mover(mover);
  CursorEvents told_other(engine.connect({"", both, {}, true}));
  CursorEvents told_third(engine.connect());
  ASSERT_TRUE(engine.run_until_all_see_the_desktop());
  EXPECT_TRUE(engine.desktop.is_pointer_followed);
  mover.say(rfb::PointerEvent{0, {500, 20}});
  ASSERT_TRUE(engine.run_until([&] { return !told_other.moves.empty(); }));
  engine.settle();
  EXPECT_EQ(told_other.moves,
            (std::vector<rfb::PointerMoved>{{{299, 20}, rfb::kPseudoPointerPos}}));
  EXPECT_TRUE(told_mover.moves.empty());
  told_other.moves.clear();
  engine.desktop.warp({4, 5});
  const std::vector<rfb::PointerMoved> warp{{{4, 5}, rfb::kPseudoPointerPos},
                                            {{4, 5}, rfb::kPseudoVmwareCursorPosition}};
  ASSERT_TRUE(
      engine.run_until([&] { return told_other.moves == warp && told_mover.moves == warp; }));
  EXPECT_TRUE(told_third.moves.empty());
}

TEST(Engine, FollowsThePointerOnlyWhileSomebodyWantsToKnow) {
  Engine engine({300, 200});
  engine.cursor_drawing = CursorDrawing::kNever;
  auto& viewer = engine.connect({"", {16, rfb::kPseudoPointerPos}, {}, true});
  engine.connect();
  ASSERT_TRUE(engine.run_until([&] { return engine.desktop.is_pointer_followed; }));
  viewer.say(rfb::SetEncodings{{16}});
  ASSERT_TRUE(engine.run_until([&] { return !engine.desktop.is_pointer_followed; }));
  viewer.say(rfb::SetEncodings{{16, rfb::kPseudoVmwareCursorPosition}});
  ASSERT_TRUE(engine.run_until([&] { return engine.desktop.is_pointer_followed; }));
  viewer.close();
  ASSERT_TRUE(engine.run_until([&] { return !engine.desktop.is_pointer_followed; }));
}

// A cursor of noise with soft places, `side` pixels a side.
image::Cursor noisy_cursor(int side, std::uint32_t seed) {
  std::mt19937 random(seed);
  image::Cursor cursor{{side, side}, {side / 3, side / 2}, {}};
  for (int i = 0; i < side * side; ++i)
    cursor.pixels.push_back(image::premultiplied_alpha(static_cast<std::uint32_t>(random())));
  return cursor;
}

// The desktop as a viewer sees it that has the cursor drawn.
image::Frame with_cursor(const image::Frame& desktop, const image::Cursor& cursor,
                         image::Point position) {
  auto frame = desktop;
  image::draw(cursor, {position.x - cursor.hotspot.x, position.y - cursor.hotspot.y},
              frame.mutable_view());
  return frame;
}

TEST(Engine, DrawsTheCursorForViewersThatKnowNoneAndLeavesNothingBehind) {
  Engine engine({700, 400});
  paint(engine.desktop, {0, 0, 700, 400}, 5);
  const image::PixelFormat small{16, 16, false, true, 31, 63, 31, 11, 5, 0};
  auto& zrle = engine.connect({"", {16}, {}, true});
  auto& raw_small = engine.connect({"", {0}, small, true});
  auto& slow = engine.connect({"", {5}, {}, true}, 2000);
  auto& knows = engine.connect({"", {16, rfb::kPseudoCursor}, {}, true});
  auto cursor = noisy_cursor(24, 0);
  engine.desktop.set_cursor(cursor);
  std::mt19937 random(3);
  for (std::uint32_t step = 0; step < 300; ++step) {
    const image::Point position{static_cast<int>(random() % 700), static_cast<int>(random() % 400)};
    engine.desktop.warp(position);
    if (step % 7 == 0) {
      cursor = noisy_cursor(1 + static_cast<int>(random() % 70), step);
      engine.desktop.set_cursor(cursor);
    }
    if (step % 3 == 0) paint(engine.desktop, {position.x / 2, position.y / 2, 90, 60}, step);
    if (step % 50 == 0) paint(engine.desktop, {0, 0, 700, 400}, step);
    for (int turns = static_cast<int>(random() % 20); turns > 0; --turns) {
      engine.io.restart();
      engine.io.poll_one();
    }
    if (step % 10 != 9) continue;
    const auto seen = with_cursor(engine.desktop.frame(), cursor, position);
    ASSERT_TRUE(engine.run_until([&] {
      return zrle.frame() == seen && slow.frame() == seen &&
             raw_small.frame() == seen_in(seen, small) && knows.frame() == engine.desktop.frame();
    })) << step;
  }
  engine.desktop.set_cursor({});
  EXPECT_TRUE(engine.run_until([&] {
    return zrle.frame() == engine.desktop.frame() && slow.frame() == engine.desktop.frame();
  }));
}

TEST(Engine, ViewersShareWhatTheDrawnCursorTouchesAmongThemselvesOnly) {
  Engine engine({1024, 512});
  const auto cursor = noisy_cursor(16, 1);
  engine.desktop.set_cursor(cursor);
  engine.desktop.warp({100, 100});
  for (int i = 0; i < 20; ++i)
    engine.connect({"", {16, i % 2 == 0 ? rfb::kPseudoCursor : rfb::kPseudoLastRect}, {}, true});
  const auto all_see_it = [&] {
    const auto seen = with_cursor(engine.desktop.frame(), cursor, {100, 100});
    for (std::size_t i = 0; i < 20; ++i)
      if (engine.viewers[i]->frame() != (i % 2 == 0 ? engine.desktop.frame() : seen)) return false;
    return true;
  };
  ASSERT_TRUE(engine.run_until(all_see_it));
  engine.settle();
  const auto before = engine.frames.stats();
  paint(engine.desktop, {0, 0, 1024, 512}, 6);
  ASSERT_TRUE(engine.run_until(all_see_it));
  engine.settle();
  EXPECT_EQ(engine.frames.stats().encoded_units - before.encoded_units, 4u + 1u)
      << "four units, and the one under the cursor once more";
  EXPECT_EQ(engine.frames.stats().shared_units - before.shared_units, 4u * 20 - 5);
}

TEST(Engine, DrawsTheCursorAnewOnlyWhenItChanges) {
  Engine engine;
  const auto cursor = noisy_cursor(16, 1);
  engine.desktop.set_cursor(cursor);
  engine.desktop.warp({100, 100});
  auto& viewer = engine.connect();
  ASSERT_TRUE(engine.run_until(
      [&] { return viewer.frame() == with_cursor(engine.desktop.frame(), cursor, {100, 100}); }));
  engine.settle();
  const auto updates = viewer.updates();
  engine.desktop.warp({100, 100});
  engine.desktop.set_cursor(cursor);
  viewer.request(true, {0, 0, 400, 300});
  engine.settle();
  EXPECT_EQ(viewer.updates(), updates);
  std::vector<Rect> got;
  viewer.on_update = [&](const rfb::Updated& update) { got = update.rects; };
  viewer.say(rfb::PointerEvent{0, {103, 100}});
  ASSERT_TRUE(engine.run_until([&] { return !got.empty(); }));
  EXPECT_THAT(got, ::testing::ElementsAre(Rect{95, 92, 19, 16})) << "both places, nothing more";
  EXPECT_EQ(viewer.frame(), with_cursor(engine.desktop.frame(), cursor, {103, 100}));
}

TEST(Engine, AViewerThatBeginsToKnowCursorsGetsItsCleanPixelsBack) {
  Engine engine;
  const auto cursor = noisy_cursor(16, 1);
  engine.desktop.set_cursor(cursor);
  engine.desktop.warp({399, 0});
  auto& viewer = engine.connect();
  const auto seen = with_cursor(engine.desktop.frame(), cursor, {399, 0});
  ASSERT_TRUE(engine.run_until([&] { return viewer.frame() == seen; }));
  EXPECT_TRUE(engine.desktop.is_pointer_followed);
  viewer.say(rfb::SetEncodings{{16, rfb::kPseudoCursor}});
  ASSERT_TRUE(engine.run_until([&] { return viewer.frame() == engine.desktop.frame(); }));
  EXPECT_FALSE(engine.desktop.is_pointer_followed);
  viewer.say(rfb::SetEncodings{{16}});
  EXPECT_TRUE(engine.run_until([&] { return viewer.frame() == seen; }));
}

TEST(Engine, DrawsTheCursorWhereItIsAfterAResize) {
  Engine engine;
  const auto cursor = noisy_cursor(40, 1);
  engine.desktop.set_cursor(cursor);
  engine.desktop.warp({390, 290});
  auto& viewer = engine.connect({"", {16, rfb::kPseudoDesktopSize}, {}, true});
  ASSERT_TRUE(engine.run_until([&] { return viewer.updates() > 0; }));
  for (const Size size : {Size{391, 280}, {300, 200}, {500, 400}, {380, 285}}) {
    engine.desktop.resize(size);
    paint(engine.desktop, {0, 0, 300, 200}, static_cast<std::uint32_t>(size.width));
    EXPECT_TRUE(engine.run_until([&] {
      return viewer.frame() == with_cursor(engine.desktop.frame(), cursor, {390, 290});
    })) << size.width;
  }
}

TEST(Engine, DrawsNoCursorWhenThatIsThePolicy) {
  Engine engine;
  engine.cursor_drawing = CursorDrawing::kNever;
  engine.desktop.set_cursor(noisy_cursor(16, 1));
  engine.desktop.warp({100, 100});
  paint(engine.desktop, {0, 0, 400, 300}, 2);
  auto& viewer = engine.connect();
  ASSERT_TRUE(engine.run_until_all_see_the_desktop());
  EXPECT_FALSE(engine.desktop.is_pointer_followed);
  const auto updates = viewer.updates();
  engine.desktop.warp({200, 100});
  engine.settle();
  EXPECT_EQ(viewer.updates(), updates);
}

TEST(Engine, AViewOnlyViewerSeesButDoesNotAct) {
  Engine engine({300, 200}, 60, "geheim");
  engine.view_password = "schauen";
  auto& viewer = engine.connect({"schauen", {16, rfb::kPseudoExtendedDesktopSize}, {}, true});
  ASSERT_TRUE(engine.run_until_all_see_the_desktop());
  std::optional<rfb::Resized> resized;
  viewer.on_event = [&](const rfb::ClientEvent& event) {
    if (const auto* came = std::get_if<rfb::Resized>(&event)) resized = *came;
  };
  viewer.say(rfb::KeyEvent{true, 'a'});
  viewer.say(rfb::PointerEvent{1, {5, 5}});
  viewer.say(rfb::SetDesktopSize{{200, 200}, {{0, {0, 0, 200, 200}, 0}}});
  ASSERT_TRUE(engine.run_until([&] { return resized.has_value(); }));
  EXPECT_EQ(resized->result, rfb::kResizeProhibited);
  EXPECT_THAT(engine.desktop.input_log, ::testing::Each("flush"));
  EXPECT_EQ(engine.metrics.key_events_total().value(), 0);
  EXPECT_EQ(engine.metrics.pointer_events_total().value(), 0);
}

TEST(Engine, OneViewerAtATimeHasControlWhenThatIsThePolicy) {
  Engine engine;
  engine.control = Control(ControlPolicy::kSingle, 1h);
  for (int i = 0; i < 2; ++i) engine.connect();
  ASSERT_TRUE(engine.run_until_all_see_the_desktop());
  engine.viewers[0]->say(rfb::KeyEvent{true, 'a'});
  ASSERT_TRUE(engine.run_until([&] { return engine.desktop.input_log.size() == 2; }));
  engine.viewers[1]->say(rfb::KeyEvent{true, 'b'});
  engine.viewers[0]->say(rfb::KeyEvent{false, 'a'});
  engine.settle();
  EXPECT_THAT(engine.desktop.input_log, ::testing::Not(::testing::Contains("down 98")));
  EXPECT_THAT(engine.desktop.input_log, ::testing::Contains("up 97"));
}

}  // namespace
}  // namespace oriel::server
