// The clipboard between viewers and programs on a real desktop, through `oriel serve`; xclip is the
// program.
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <fstream>
#include <list>
#include <random>

#include "oriel/core/clipboard/dib.h"
#include "oriel/core/clipboard/html_fragment.h"
#include "oriel/core/image/png.h"
#include "oriel/core/rfb/constants.h"
#include "oriel/io/net/tcp_stream.h"
#include "oriel/testing/viewer/clipboard_viewer.h"
#include "tests/support/oriel_server.h"

namespace oriel {
namespace {

using clipboard::Format;
using clipboard::format_bit;
using support::ChildProcess;
using testing::ClipboardViewer;
using namespace std::chrono_literals;

const std::string kEverything = "é Ж 中 \xf0\x9f\x98\x80\nsecond line";

Bytes bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

// A server with a headless desktop, its viewers, and programs on it.
class Desk {
 public:
  explicit Desk(std::vector<std::string> more_arguments = {})
      : server({.session = "exec sleep 1000", .more_arguments = std::move(more_arguments)}) {}
  ~Desk() {
    for (auto& viewer : viewers_) viewer->close();
    run_until([this] {
      return std::ranges::all_of(viewers_, [](auto& viewer) { return viewer->is_ended(); });
    });
  }

  ClipboardViewer& join() {
    boost::asio::ip::tcp::socket socket(io_);
    socket.connect(
        {boost::asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(server.vnc_port())});
    viewers_.push_back(std::make_unique<testing::TestViewer>(
        io_.get_executor(), net::make_socket_stream(std::move(socket)),
        testing::TestViewerOptions{"", {0, rfb::kPseudoExtendedClipboard}, {}, true}));
    auto& clip = clipboards_.emplace_back(*viewers_.back());
    EXPECT_TRUE(run_until([&] { return clip.server && clip.viewer().updates() > 0; }));
    // The server knows what it takes once it has answered what was said behind that.
    const auto updates = clip.viewer().updates();
    clip.viewer().request(false, {0, 0, 1, 1});
    EXPECT_TRUE(run_until([&] { return clip.viewer().updates() > updates; }));
    return clip;
  }
  bool run_until(const std::function<bool()>& is_true) {
    for (const auto end = Clock::now() + 20s; !is_true();) {
      if (Clock::now() > end) return false;
      io_.restart();
      io_.run_one_for(5ms);
    }
    return true;
  }

  // A program copies; it stays to give it.
  void copy(const std::string& bytes, const std::string& target = "UTF8_STRING",
            const std::string& selection = "clipboard") {
    const auto file = folder_.path() / ("copied" + std::to_string(programs_.size()));
    std::ofstream(file, std::ios::binary) << bytes;
    start({"xclip", "-quiet", "-i", file.string(), "-selection", selection, "-t", target});
  }
  // A program pastes; empty while there is nothing of that kind.
  std::string paste(const std::string& target = "UTF8_STRING",
                    const std::string& selection = "clipboard") {
    const auto file = folder_.path() / ("pasted" + std::to_string(programs_.size()));
    auto& program = start({"sh", "-c",
                           "exec timeout 10 xclip -o -selection " + selection + " -t " + target +
                               " > " + file.string()});
    EXPECT_TRUE(run_until([&] { return program.exit_code().has_value(); }));
    return support::read_file(file);
  }
  // Pastes until it is `expected`: the desktop hears of a viewer's copy a little later.
  bool pastes(const std::string& expected, const std::string& target = "UTF8_STRING",
              const std::string& selection = "clipboard") {
    for (int attempt = 0; attempt < 20; ++attempt)
      if (paste(target, selection) == expected) return true;
    return false;
  }
  // What the viewer gets of a copy in this format.
  Bytes fetch(ClipboardViewer& viewer, Format format) {
    EXPECT_TRUE(run_until(
        [&] { return viewer.announced && (*viewer.announced & format_bit(format)) != 0; }));
    viewer.provided.reset();
    viewer.request();
    EXPECT_TRUE(run_until([&] { return viewer.provided.has_value(); }));
    viewer.announced.reset();
    if (!viewer.provided || !viewer.provided->contents.contains(format)) return {};
    return viewer.provided->contents.at(format);
  }

  support::OrielServer server;

 private:
  ChildProcess& start(std::vector<std::string> arguments) {
    programs_.push_back(std::make_unique<ChildProcess>(support::Command{
        std::move(arguments),
        {{"DISPLAY", server.display().name}, {"XAUTHORITY", server.display().authority}}}));
    return *programs_.back();
  }

  support::TemporaryFolder folder_;
  boost::asio::io_context io_{1};
  std::vector<std::unique_ptr<testing::TestViewer>> viewers_;
  std::list<ClipboardViewer> clipboards_;
  std::vector<std::unique_ptr<ChildProcess>> programs_;
};

image::RgbaImage picture() {
  image::RgbaImage image{{640, 400}, Bytes(640 * 400 * 4)};
  std::mt19937 random(11);
  for (std::size_t i = 0; i < image.pixels.size(); ++i)
    image.pixels[i] = static_cast<std::uint8_t>(i % 4 == 3 ? 0xff : random());
  return image;
}

TEST(ViewerClipboard, CarriesEveryCharacterBothWays) {
  Desk desk;
  auto& viewer = desk.join();
  viewer.copy({{Format::kText, bytes_of(kEverything)}});
  EXPECT_TRUE(desk.pastes(kEverything));
  desk.copy("other " + kEverything);
  EXPECT_EQ(desk.fetch(viewer, Format::kText), bytes_of("other " + kEverything));
}

TEST(ViewerClipboard, CarriesHtmlAndRtfBothWays) {
  const std::string html = "<p>é <b>中</b></p>", rtf = R"({\rtf1\ansi \b bold})";
  Desk desk;
  auto& viewer = desk.join();
  viewer.copy({{Format::kText, bytes_of("é 中")},
               {Format::kHtml, bytes_of(clipboard::to_html_fragment(html))},
               {Format::kRtf, bytes_of(rtf)}});
  EXPECT_TRUE(desk.pastes(html, "text/html"));
  EXPECT_EQ(desk.paste("text/rtf"), rtf);
  EXPECT_EQ(desk.paste(), "é 中");
  EXPECT_EQ(viewer.requests, 3) << "each when it was pasted";
  desk.copy(html, "text/html");
  EXPECT_EQ(clipboard::from_html_fragment(as_text(desk.fetch(viewer, Format::kHtml))), html);
  desk.copy(rtf, "text/rtf");
  EXPECT_EQ(desk.fetch(viewer, Format::kRtf), bytes_of(rtf));
}

TEST(ViewerClipboard, CarriesPicturesBothWaysPixelByPixel) {
  const auto image = picture();
  Desk desk;
  auto& viewer = desk.join();
  const auto png = image::write_png(image);
  desk.copy(std::string(as_text(png)), "image/png");
  EXPECT_EQ(clipboard::parse_dib(desk.fetch(viewer, Format::kDib)), image);
  viewer.copy({{Format::kDib, clipboard::write_dib(image)}});
  image::RgbaImage pasted;
  EXPECT_TRUE(desk.run_until([&] {
    const auto read = image::parse_png(as_bytes(desk.paste("image/png")));
    return read && *read == image;
  }));
}

TEST(ViewerClipboard, CarriesFiveMegabytesBothWays) {
  std::string text;
  while (text.size() < 5'000'000) text += "line " + std::to_string(text.size()) + " é 中\n";
  Desk desk;
  auto& viewer = desk.join();
  viewer.copy({{Format::kText, bytes_of(text)}});
  EXPECT_TRUE(desk.pastes(text));
  desk.copy("other " + text);
  EXPECT_TRUE(desk.fetch(viewer, Format::kText) == bytes_of("other " + text));
}

TEST(ViewerClipboard, SharesWhatTheMouseMarksWhenToldSo) {
  Desk desk({"--clipboard-selection", "both"});
  auto& viewer = desk.join();
  desk.copy("marked", "UTF8_STRING", "primary");
  EXPECT_EQ(desk.fetch(viewer, Format::kText), bytes_of("marked"));
  viewer.copy({{Format::kText, bytes_of("to both")}});
  EXPECT_TRUE(desk.pastes("to both", "UTF8_STRING", "primary"));
  EXPECT_EQ(desk.paste(), "to both");
}

TEST(ViewerClipboard, PassesACopyOnToAnotherViewerWithoutTheDesktopsDoing) {
  Desk desk;
  auto& from = desk.join();
  auto& to = desk.join();
  from.copy({{Format::kText, bytes_of(kEverything)}});
  EXPECT_EQ(desk.fetch(to, Format::kText), bytes_of(kEverything));
  EXPECT_FALSE(from.announced);
}

}  // namespace
}  // namespace oriel
