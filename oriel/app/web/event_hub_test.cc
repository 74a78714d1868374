#include "oriel/app/web/event_hub.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

#include "oriel/app/web/limits.h"
#include "oriel/testing/fake_desktop.h"

namespace oriel::web {
namespace {

using ::testing::AllOf;
using testing::FakeDesktop;
using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::chrono_literals;

// Knows a desktop and one viewer; nothing else is asked of it here.
class FewAnswers : public api::Backend {
 public:
  api::ServerInfo server() const override { return {}; }
  api::DesktopInfo desktop() const override {
    api::DesktopInfo info;
    info.name = "me@here";
    return info;
  }
  std::vector<api::ViewerInfo> viewers() const override {
    ++asked_for_viewers;
    api::ViewerInfo viewer;
    viewer.id = 7;
    return {viewer};
  }
  std::vector<api::SettingInfo> settings() const override { return {}; }
  Result<api::LogIn> log_in(std::string_view, std::string_view, int&) override {
    return api::LogIn{};
  }
  void log_out(std::string_view) override {}
  void take_picture(const api::PictureRequest&, PictureDone) override {}
  void resize(image::Size, Done) override {}
  bool kick(api::ViewerNumber, std::string_view) override { return false; }
  bool tell(api::ViewerNumber, std::string_view) override { return false; }
  api::ViewerNumber find_viewer(std::string_view) const override { return 0; }
  bool take_control(api::ViewerNumber, bool) override { return false; }
  void release_control(api::ViewerNumber) override {}
  void read_clipboard(api::ClipboardKind, BytesDone) override {}
  Status write_clipboard(api::ClipboardKind, Bytes) override { return {}; }
  Result<std::vector<api::CopiedText>> clipboard_history() const override { return {}; }
  void perform(std::vector<agent::Action>, std::string_view, ActionsDone) override {}
  Result<std::shared_ptr<net::HttpBodyStream>> subscribe(const api::EventsRequest&) override {
    return fail(ErrorCode::kUnsupported, "not here");
  }
  mutable int asked_for_viewers = 0;
};

struct Radio {
  Radio() {
    frames.start();
    hub.watch(frames);
  }
  std::shared_ptr<net::HttpBodyStream> listen(std::vector<std::string> types, std::string tag = "",
                                              api::Roles roles = api::Roles::all()) {
    return hub.subscribe({std::move(types), std::move(tag), roles}).value_or(nullptr);
  }
  void run_for(Duration duration) {
    io.restart();
    io.run_for(duration);
  }
  void commit() {
    frames.refresh([](const Status&) {});
    run_for(1ms);
  }

  boost::asio::io_context io{1};
  FakeDesktop desktop{{200, 100}};
  server::FramePipeline frames{io.get_executor(), desktop, 1};
  server::EventBus bus;
  FewAnswers backend;
  std::shared_ptr<observe::LogTail> tail =
      std::make_shared<observe::LogTail>(observe::make_callback_sink(
          config::LogLevel::kInfo, config::LogFormat::kText, [](const std::string&) {}));
  EventHub hub{io.get_executor(), bus, backend, tail.get()};
};

TEST(EventHub, GreetsAndTellsWhatHappens) {
  Radio radio;
  const auto stream = radio.listen({});
  EXPECT_THAT(stream->take(), AllOf(HasSubstr("id: 1\nevent: hello\ndata: {\"version\""),
                                    HasSubstr("event: control")));
  radio.bus.publish(server::ViewerJoined{7, "10.0.0.7:1", true, "page"});
  EXPECT_EQ(stream->take(),
            "id: 3\nevent: viewer_joined\ndata: "
            "{\"viewer\":7,\"peer\":\"10.0.0.7:1\",\"tag\":\"page\",\"view_only\":true}\n\n");
  radio.bus.publish(server::DesktopResized{{640, 480}});
  EXPECT_THAT(stream->take(),
              HasSubstr("event: resized\ndata: {\"width\":640,\"height\":480}\n\n"));
  radio.bus.publish(server::ViewerLeft{7, "gone"});
  EXPECT_THAT(stream->take(), HasSubstr("event: viewer_left"));
}

TEST(EventHub, TellsDamageThoughNobodyLooksAtTheScreen) {
  Radio radio;
  const auto stream = radio.listen({"damage"});
  for (int i = 1; i <= 3; ++i) {
    radio.run_for(2 * kDamageInterval);
    stream->take();
    radio.desktop.fill({10, 10, 5, 6}, static_cast<std::uint32_t>(i));
    radio.run_for(2 * kDamageInterval);
    EXPECT_THAT(stream->take(), HasSubstr("\"boxes\":[[10,10,5,6]]")) << i;
  }
  radio.run_for(2 * kDamageInterval);
  EXPECT_EQ(stream->take(), "") << "nothing has changed";
}

TEST(EventHub, TellsOnlyTheKindsThatWereAskedFor) {
  Radio radio;
  const auto stream = radio.listen({"resized"});
  stream->take();
  radio.bus.publish(server::ViewerLeft{7, "gone"});
  EXPECT_EQ(stream->waiting_bytes(), 0u);
  radio.bus.publish(server::DesktopResized{{640, 480}});
  EXPECT_NE(stream->waiting_bytes(), 0u);
}

TEST(EventHub, AsksForTheRoleOfEachKind) {
  Radio radio;
  EXPECT_EQ(radio.hub.subscribe({{"log"}, "", api::kViewOnlyRoles}).error().code,
            ErrorCode::kRefused);
  EXPECT_EQ(radio.hub.subscribe({{"weather"}, "", api::Roles::all()}).error().code,
            ErrorCode::kInvalid);
  const auto stream = radio.listen({}, "", api::kViewOnlyRoles);
  stream->take();
  radio.bus.publish(server::ClipboardChanged{true});
  EXPECT_EQ(stream->waiting_bytes(), 0u);
}

TEST(EventHub, ConflatesDamage) {
  Radio radio;
  radio.commit();
  const auto stream = radio.listen({"damage"});
  stream->take();
  for (int i = 0; i < 20; ++i) {
    radio.desktop.fill({10, 10, 5, 5}, static_cast<std::uint32_t>(i + 1));
    radio.commit();
  }
  radio.run_for(2 * kDamageInterval);
  const auto text = stream->take();
  EXPECT_THAT(text, HasSubstr("\"boxes\":[[10,10,5,5]]"));
  std::size_t events = 0;
  for (auto at = text.find("event: damage"); at != text.npos;
       at = text.find("event: damage", at + 1))
    ++events;
  EXPECT_LE(events, 3u);
  radio.run_for(3 * kDamageInterval);
  EXPECT_EQ(stream->waiting_bytes(), 0u);
}

TEST(EventHub, SaysMessagesToTheTagOnly) {
  Radio radio;
  const auto one = radio.listen({"message"}, "one"), other = radio.listen({"message"}, "two");
  one->take();
  other->take();
  EXPECT_TRUE(radio.hub.tell("one", "hello"));
  EXPECT_EQ(one->take(),
            "id: 2\nevent: message\ndata: {\"text\":\"hello\",\"from\":\"admin\"}\n\n");
  EXPECT_EQ(other->waiting_bytes(), 0u);
  EXPECT_FALSE(radio.hub.tell("three", "hello"));
  EXPECT_FALSE(radio.hub.tell("", "hello"));
}

TEST(EventHub, ShowsTheLogFromItsLastLinesOn) {
  Radio radio;
  const observe::Logger logger(radio.tail);
  logger.info("before");
  const auto stream = radio.listen({"log"});
  EXPECT_THAT(stream->take(), HasSubstr("\"message\":\"before\""));
  logger.warning("after", {{"peer", "x"}});
  radio.run_for(2 * kLogInterval);
  EXPECT_THAT(stream->take(),
              AllOf(HasSubstr("\"level\":\"warning\""), HasSubstr("\"fields\":{\"peer\":\"x\"}"),
                    Not(HasSubstr("before"))));
}

TEST(EventHub, LooksAtViewersOnlyWhileSomebodyListens) {
  Radio radio;
  radio.run_for(10ms);
  EXPECT_EQ(radio.backend.asked_for_viewers, 0);
  const auto stream = radio.listen({"viewers"});
  EXPECT_THAT(stream->take(), HasSubstr("event: viewers\ndata: {\"viewers\":[{\"id\":7"));
  stream->connection_gone();
  EXPECT_EQ(radio.hub.listeners(), 0u);
  const int asked = radio.backend.asked_for_viewers;
  radio.run_for(kViewersInterval + 200ms);
  EXPECT_EQ(radio.backend.asked_for_viewers, asked);
}

TEST(EventHub, TurnsAwayWhoComesWhenTooManyListen) {
  Radio radio;
  std::vector<std::shared_ptr<net::HttpBodyStream>> streams;
  for (std::size_t i = 0; i < kListenersMax; ++i) streams.push_back(radio.listen({}));
  EXPECT_EQ(radio.hub.subscribe({{}, "", api::Roles::all()}).error().code, ErrorCode::kTooLarge);
  streams[0]->connection_gone();
  EXPECT_NE(radio.listen({}), nullptr);
}

}  // namespace
}  // namespace oriel::web
