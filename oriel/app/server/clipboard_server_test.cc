// The clipboard from a viewer's session through the server to the desktop and to other viewers, and
// back.

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <list>

#include "oriel/app/server/server.h"
#include "oriel/core/rfb/constants.h"
#include "oriel/io/net/tcp_stream.h"
#include "oriel/testing/fake_desktop.h"
#include "oriel/testing/viewer/clipboard_viewer.h"

namespace oriel::server {
namespace {

using clipboard::Format;
using clipboard::format_bit;
using desktop::ClipboardFormat;
using testing::ClipboardViewer;
using namespace std::chrono_literals;

constexpr rfb::FormatBits kText = format_bit(Format::kText);
const std::string kEverything = "é Ж 中 \xf0\x9f\x98\x80\nsecond line";

Bytes bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

config::Settings loopback_settings() {
  config::Settings settings;
  settings.vnc_listen = config::ListenAddress{"127.0.0.1", 0};
  settings.http_listen.reset();
  return settings;
}

struct Running {
  explicit Running(config::Settings wish = loopback_settings())
      : settings(std::move(wish)), server(io, settings, {}) {
    EXPECT_TRUE(server.listen());
    server.serve(desktop);
    server.events().subscribe([this](const HappenedEvent& event) {
      changes += std::holds_alternative<ClipboardChanged>(event);
      left += std::holds_alternative<ViewerLeft>(event);
    });
  }
  ~Running() {
    for (auto& viewer : viewers) viewer->close();
    run_until([this] {
      return std::ranges::all_of(viewers, [](auto& viewer) { return viewer->is_ended(); });
    });
    run_until([this] { return left == static_cast<int>(viewers.size()); });
  }

  ClipboardViewer& join(bool has_extension, const std::string& password = "") {
    const auto address = server.vnc_address();
    boost::asio::ip::tcp::socket socket(io);
    socket.connect(
        {boost::asio::ip::address_v4::loopback(),
         static_cast<std::uint16_t>(std::atoi(address.c_str() + address.rfind(':') + 1))});
    std::vector<std::int32_t> encodings{0};
    if (has_extension) encodings.push_back(rfb::kPseudoExtendedClipboard);
    viewers.push_back(std::make_unique<testing::TestViewer>(
        io.get_executor(), net::make_socket_stream(std::move(socket)),
        testing::TestViewerOptions{password, std::move(encodings), {}, true}));
    auto& clip = clipboards.emplace_back(*viewers.back());
    EXPECT_TRUE(run_until(
        [&] { return clip.viewer().updates() > 0 && clip.server.has_value() == has_extension; }));
    pass_by(clip);  // what it says of itself
    return clip;
  }
  bool run_until(const std::function<bool()>& is_true) {
    for (const auto end = Clock::now() + 20s; !is_true();) {
      if (Clock::now() > end) return false;
      io.restart();
      io.run_one_for(5ms);
    }
    return true;
  }
  // Until the viewer has an answer to what it says now: all before has been handled.
  void pass_by(ClipboardViewer& clip) {
    const auto updates = clip.viewer().updates();
    clip.viewer().request(false, {0, 0, 1, 1});
    EXPECT_TRUE(run_until([&] { return clip.viewer().updates() > updates; }));
  }
  void copy(std::string_view text) { desktop.copy({{ClipboardFormat::kText, bytes_of(text)}}); }
  Result<Bytes> paste(ClipboardFormat format = ClipboardFormat::kText) {
    auto answer = std::make_shared<std::optional<Result<Bytes>>>();
    desktop.clipboard()->request(format,
                                 [answer](Result<Bytes> bytes) { *answer = std::move(bytes); });
    EXPECT_TRUE(run_until([&] { return answer->has_value(); }));
    return answer->value_or(fail(ErrorCode::kTimeout, "never answered"));
  }

  boost::asio::io_context io{1};
  config::Settings settings;
  testing::FakeDesktop desktop{{100, 80}};
  Server server;
  int changes = 0, left = 0;
  std::vector<std::unique_ptr<testing::TestViewer>> viewers;
  std::list<ClipboardViewer> clipboards;
};

TEST(ServerClipboard, CarriesTextBothWaysExactly) {
  Running running;
  auto& viewer = running.join(true);
  ASSERT_TRUE(viewer.server);
  EXPECT_EQ(viewer.server->formats, 0b1111u);
  running.copy(kEverything);
  ASSERT_TRUE(running.run_until([&] { return viewer.announced == kText; }));
  viewer.request();
  ASSERT_TRUE(running.run_until([&] { return viewer.provided.has_value(); }));
  EXPECT_EQ(viewer.provided->contents.at(Format::kText), bytes_of(kEverything));

  viewer.copy({{Format::kText, bytes_of("other " + kEverything)}});
  EXPECT_TRUE(running.run_until([&] { return running.changes == 2; }));
  EXPECT_EQ(running.paste(), bytes_of("other " + kEverything));
  EXPECT_EQ(running.server.clipboard().client_content()->text, "other " + kEverything);
}

TEST(ServerClipboard, SharesOneClipboardAmongOldAndNewViewers) {
  Running running;
  auto& from = running.join(true);
  auto& to = running.join(true);
  auto& old = running.join(false);
  from.copy({{Format::kText, bytes_of("zwölf €")}, {Format::kHtml, bytes_of("<p>zwölf €")}});
  ASSERT_TRUE(running.run_until([&] { return to.announced && !old.latin1.empty(); }));
  EXPECT_EQ(old.latin1.back(), "zw\xf6lf ?");
  EXPECT_EQ(*to.announced, kText | format_bit(Format::kHtml));
  to.request();
  ASSERT_TRUE(running.run_until([&] { return to.provided.has_value(); }));
  EXPECT_EQ(to.provided->contents.at(Format::kText), bytes_of("zwölf €"));
  EXPECT_EQ(from.requests, 2) << "text and HTML, once each";
  EXPECT_FALSE(from.announced || from.provided) << "its own never comes back";

  to.announced.reset();
  old.viewer().cut_text(as_bytes("f\xfcnf"));
  ASSERT_TRUE(running.run_until([&] { return from.announced && to.announced; }));
  from.request();
  ASSERT_TRUE(running.run_until([&] { return from.provided.has_value(); }));
  EXPECT_EQ(from.provided->contents.at(Format::kText), bytes_of("fünf"));
  EXPECT_EQ(old.latin1.size(), 1u);
}

TEST(ServerClipboard, FailsAPasteWhenTheViewerGoesInTheMiddle) {
  Running running;
  auto& viewer = running.join(true);
  auto& other = running.join(true);
  viewer.answers = false;
  viewer.copy({{Format::kText, bytes_of("never sent")}});
  ASSERT_TRUE(running.run_until([&] { return other.announced == kText; }));
  std::optional<Result<Bytes>> answer;
  running.desktop.clipboard()->request(ClipboardFormat::kText,
                                       [&](Result<Bytes> bytes) { answer = std::move(bytes); });
  ASSERT_TRUE(running.run_until([&] { return viewer.requests == 1; }));
  EXPECT_FALSE(answer);
  viewer.viewer().close();
  ASSERT_TRUE(running.run_until([&] { return answer.has_value(); }));
  EXPECT_EQ(answer->error().message, "the viewer that has copied it has left");
  EXPECT_TRUE(running.run_until([&] { return other.announced == 0u; }));
}

TEST(ServerClipboard, IsNothingToViewersThatMayOnlyLook) {
  auto settings = loopback_settings();
  settings.password = config::Secret("full");
  settings.view_password = config::Secret("look");
  Running running(settings);
  auto& looker = running.join(true, "look");
  auto& old_looker = running.join(false, "look");
  auto& viewer = running.join(true, "full");
  EXPECT_EQ(looker.server, rfb::ClipboardCaps{});
  looker.copy({{Format::kText, bytes_of("text")}});
  old_looker.viewer().cut_text(as_bytes("text"));
  running.pass_by(looker);
  running.pass_by(old_looker);
  EXPECT_EQ(running.changes, 0);
  running.copy("desktop");
  ASSERT_TRUE(running.run_until([&] { return viewer.announced.has_value(); }));
  running.pass_by(looker);
  running.pass_by(old_looker);
  EXPECT_FALSE(looker.announced);
  EXPECT_TRUE(old_looker.latin1.empty());
}

TEST(ServerClipboard, TellsWhatTheSettingsAllow) {
  auto settings = loopback_settings();
  settings.takes_clipboard = false;
  settings.gives_clipboard = false;
  Running closed(settings);
  auto& viewer = closed.join(true);
  EXPECT_EQ(viewer.server, rfb::ClipboardCaps{});
  viewer.copy({{Format::kText, bytes_of("text")}});
  closed.copy("desktop");
  closed.pass_by(viewer);
  EXPECT_FALSE(viewer.announced);
  EXPECT_EQ(closed.paste(), bytes_of("desktop"));
}

TEST(ServerClipboard, CarriesWhatIsLargeWithoutBeingAskedForNothing) {
  Running running;
  auto& viewer = running.join(true);
  std::string large;
  while (large.size() < 5'000'000) large += std::to_string(large.size()) + " 中\n";
  viewer.copy({{Format::kText, bytes_of(large)}});
  running.pass_by(viewer);
  EXPECT_EQ(viewer.requests, 0);
  EXPECT_TRUE(running.paste() == bytes_of(large));
  EXPECT_EQ(viewer.requests, 1);
  const auto before = viewer.viewer().bytes_in();
  running.copy("x" + large);
  ASSERT_TRUE(running.run_until([&] { return viewer.announced.has_value(); }));
  EXPECT_LT(viewer.viewer().bytes_in() - before, 1000u + 100 * 80 * 4);
  viewer.request();
  ASSERT_TRUE(running.run_until([&] { return viewer.provided.has_value(); }));
  EXPECT_TRUE(viewer.provided->contents.at(Format::kText) == bytes_of("x" + large));
}

TEST(ServerClipboard, OnlyTheOwnerOfControlCopiesWhenThatIsThePolicy) {
  auto settings = loopback_settings();
  settings.is_control_single = true;
  Running running(settings);
  auto& owner = running.join(true);
  auto& other = running.join(true);
  owner.viewer().say(rfb::KeyEvent{true, 'a'});
  running.pass_by(owner);
  other.copy({{Format::kText, bytes_of("other")}});
  running.pass_by(other);
  EXPECT_EQ(running.changes, 0);
  owner.copy({{Format::kText, bytes_of("owner")}});
  EXPECT_TRUE(running.run_until([&] { return running.changes == 1; }));
  EXPECT_EQ(running.paste(), bytes_of("owner"));
}

}  // namespace
}  // namespace oriel::server
