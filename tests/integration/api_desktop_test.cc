// The desktop over HTTP, seen by curl and by programs on it: screenshots, input, clipboard, size.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/object.hpp>
#include <chrono>
#include <cstdio>
#include <fstream>

#include "tests/integration/api_site.h"
#include "tests/support/picture.h"
#include "tests/support/wait_until.h"
#include "tests/support/x_server.h"

namespace oriel {
namespace {

using support::ChildProcess;
using support::HttpReply;
using support::Picture;
using support::wait_until;
using ::testing::Each;
using ::testing::HasSubstr;

Picture decoded(const ApiSite& site, const HttpReply& reply) {
  const auto file = (site.folder.path() / "picture").string();
  std::ofstream(file, std::ios::binary) << reply.body;
  return support::read_picture(file);
}

struct Box {
  int x = 0, y = 0, width = 0, height = 0;
};

Box box_of(const std::string& text) {
  Box box;
  std::sscanf(text.c_str(), "%d,%d,%d,%d", &box.x, &box.y, &box.width, &box.height);
  return box;
}

Picture part_of(const Picture& picture, const Box& box) {
  Picture part{box.width, box.height, {}};
  for (int y = box.y; y < box.y + box.height; ++y)
    for (int x = box.x; x < box.x + box.width; ++x)
      part.pixels.push_back(picture.pixels[static_cast<std::size_t>(y * picture.width + x)]);
  return part;
}

// A desktop with a picture of many colours that has come to rest.
struct PaintedSite : ApiSite {
  PaintedSite()
      : ApiSite(SiteDoor::kOpen, {.session = support::painting_session(),
                                  .password = "",
                                  .more_arguments = {},
                                  .environment = {}}) {
    EXPECT_TRUE(wait_until([this] {
      painted = support::grab(server->display());
      return support::distinct_colours(painted) > support::kPaintedColours &&
             painted == support::grab(server->display());
    }));
  }
  Picture painted;
};

TEST(ApiScreenshot, IsPixelForPixelWhatIsOnTheScreen) {
  PaintedSite site;
  const auto png = site.client->get("/api/v1/screenshot.png");
  ASSERT_EQ(png.status, 200);
  EXPECT_EQ(png.field("content-type"), "image/png");
  EXPECT_EQ(png.field("oriel-region"), "0,0,1024,700");
  EXPECT_EQ(support::difference(decoded(site, png), site.painted), "");
  const auto region = site.client->get("/api/v1/screenshot.png?region=41,43,333,222");
  EXPECT_EQ(support::difference(decoded(site, region), part_of(site.painted, {41, 43, 333, 222})),
            "");
  const auto corner = site.client->get("/api/v1/screenshot.png?region=1023,699,1,1");
  EXPECT_EQ(decoded(site, corner).pixels.size(), 1u);
  EXPECT_EQ(site.client->get("/api/v1/screenshot.png?region=1023,699,2,1").status, 400);
  EXPECT_EQ(site.client->get("/api/v1/screenshot.png?region=2147483647,0,2147483647,1").status,
            400);
}

TEST(ApiScreenshot, IsAsLargeAndAsGoodAsIsAskedFor) {
  PaintedSite site;
  const auto half = decoded(site, site.client->get("/api/v1/screenshot.png?scale=0.5"));
  EXPECT_EQ(half.width, 512);
  EXPECT_EQ(half.height, 350);
  const auto good = site.client->get("/api/v1/screenshot.jpg?quality=95");
  const auto poor = site.client->get("/api/v1/screenshot.jpg?quality=5");
  EXPECT_EQ(good.field("content-type"), "image/jpeg");
  EXPECT_LT(poor.body.size() * 2, good.body.size());
  EXPECT_LT(mean_deviation(decoded(site, good), site.painted), 3);
  EXPECT_NE(good.field("etag"), poor.field("etag"));
  EXPECT_EQ(site.client->get("/api/v1/screenshot.png?scale=nan").status, 400);
}

TEST(ApiScreenshot, CostsNothingWhileNothingChanges) {
  PaintedSite site;
  const auto first = site.client->get("/api/v1/screenshot.png");
  const auto known = "If-None-Match: " + first.field("etag");
  const auto rate = [&](std::vector<std::string> fields, const char* what,
                        const std::string& line) {
    const auto start = std::chrono::steady_clock::now();
    const auto answers = site.client->get_many("/api/v1/screenshot.png", 200, std::move(fields));
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    fmt::print("200 screenshots {}: {:.0f} per second\n", what, 200 / took.count());
    EXPECT_EQ(answers.size(), 200u);
    EXPECT_THAT(answers, Each(line));
    EXPECT_GT(200 / took.count(), 200) << what;
  };
  rate({known}, "that are known", "304 0");
  rate({}, "that are kept", fmt::format("200 {}", first.body.size()));
  const auto last = site.client->get("/api/v1/screenshot.png");
  EXPECT_EQ(last.field("etag"), first.field("etag"));
  EXPECT_EQ(last.body, first.body);
}

TEST(ApiScreenshot, ShowsOnlyWhatHasChangedSince) {
  PaintedSite site;
  const auto before = site.client->get("/api/v1/screenshot.png");
  const auto path = "/api/v1/screenshot.png?since=" + before.field("oriel-generation");
  const auto nothing = site.client->get(path);
  EXPECT_EQ(nothing.status, 304);
  EXPECT_EQ(nothing.field("etag"), "");
  const ChildProcess logo(
      site.on_desktop({"xlogo", "-geometry", "64x64+500+400", "-bg", "#ff00ff", "-fg", "#00ff00"}));
  ASSERT_TRUE(wait_until([&] { return !(support::grab(site.server->display()) == site.painted); }));
  ASSERT_TRUE(wait_until([&] {
    site.painted = support::grab(site.server->display());
    return site.painted == support::grab(site.server->display()) &&
           site.painted.pixels[402 * 1024 + 532] == 0xff00ff;
  }));
  const auto changed = site.client->get(path);
  ASSERT_EQ(changed.status, 200);
  EXPECT_NE(changed.field("oriel-boxes"), "");
  const auto box = box_of(changed.field("oriel-region"));
  EXPECT_GE(box.x, 498);
  EXPECT_GE(box.y, 398);
  EXPECT_LE(box.width, 68);
  EXPECT_LE(box.height, 68);
  EXPECT_EQ(support::difference(decoded(site, changed), part_of(site.painted, box)), "");
}

TEST(ApiScreenshot, SaysSoonThatTheDesktopIsLost) {
  std::optional<support::XServer> screen(
      std::in_place, std::vector<std::string>{"Xvfb", "-screen", "0", "320x240x24"});
  support::ServerOptions options;
  options.desktop = "x11:" + screen->name();
  const ApiSite site(SiteDoor::kOpen, options);
  ASSERT_EQ(site.client->get("/api/v1/screenshot.png").status, 200);
  screen.reset();
  HttpReply lost;
  ASSERT_TRUE(wait_until(
      [&] { return (lost = site.client->get("/api/v1/screenshot.png")).status != 200; }));
  EXPECT_EQ(lost.status, 503);
  EXPECT_EQ(lost.code(), "unavailable");
  EXPECT_THAT(lost.body, HasSubstr("lost"));
  EXPECT_EQ(site.client->send("POST", "/api/v1/input", R"({"actions": []})").status, 503);
  EXPECT_THAT(site.client->get("/api/v1/desktop").body, HasSubstr(R"("state":"lost")"));
}

// A desktop whose keys and buttons are written to a file.
struct WatchedSite : ApiSite {
  explicit WatchedSite(const std::string& mode)
      : WatchedSite(mode, std::make_unique<support::TemporaryFolder>()) {}

  std::string typed() const { return support::read_file(file); }
  HttpReply act(const std::string& actions) const {
    return client->send("POST", "/api/v1/input", R"({"actions": [)" + actions + "]}");
  }

  std::unique_ptr<support::TemporaryFolder> outside;
  std::string file;

 private:
  WatchedSite(const std::string& mode, std::unique_ptr<support::TemporaryFolder> place)
      : ApiSite(SiteDoor::kOpen, {.session = fmt::format("exec {} {} 0 {}", KEY_READER,
                                                         (place->path() / "typed").string(), mode),
                                  .password = "",
                                  .more_arguments = {},
                                  .environment = {}}),
        outside(std::move(place)),
        file(outside->path() / "typed") {
    EXPECT_TRUE(wait_until([this] { return std::filesystem::exists(file + ".ready"); }));
  }
};

TEST(ApiInput, TypesAnyText) {
  const WatchedSite site("text");
  const auto reply = site.act(R"({"type": "text", "text": "é € Ж 中 hello\n"})");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.json().at("performed"), 1);
  EXPECT_TRUE(wait_until([&] { return site.typed() == "é € Ж 中 hello\n"; })) << site.typed();
}

TEST(ApiInput, PressesKeysAndButtonsInTheirOrder) {
  const WatchedSite site("names");
  const auto reply = site.act(R"(
    {"type": "key", "keys": "ctrl+a"}, {"type": "click", "x": 30, "y": 40, "button": "right"},
    {"type": "pause", "ms": 20}, {"type": "scroll", "x": 50, "y": 60, "dy": 2},
    {"type": "drag", "path": [[10, 20], [30, 40]]})");
  ASSERT_EQ(reply.status, 200) << reply.body;
  const std::string expected =
      "<ffe3><61><button 3 at 30,40><button 5 at 50,60><button 5 at 50,60><button 1 at 10,20>";
  EXPECT_TRUE(wait_until([&] { return site.typed() == expected; })) << site.typed();
  EXPECT_THAT(site.client->get("/api/v1/desktop").body, HasSubstr(R"("pointer":{"x":30,"y":40})"));
}

TEST(ApiInput, DoesNothingOfARequestThatIsWrong) {
  const WatchedSite site("text");
  EXPECT_EQ(site.act(R"({"type": "text", "text": "no"}, {"type": "jump"})").status, 400);
  EXPECT_EQ(
      site.act(R"({"type": "text", "text": "no"}, {"type": "click", "x": 9000, "y": 1})").status,
      400);
  EXPECT_EQ(site.act(R"({"type": "text", "text": "yes"})").status, 200);
  EXPECT_TRUE(wait_until([&] { return site.typed() == "yes"; })) << site.typed();
}

TEST(ApiClipboard, GoesBothWays) {
  const ApiSite site;
  EXPECT_EQ(
      site.client
          ->send("PUT", "/api/v1/clipboard", "from outside: é€\n", "text/plain; charset=utf-8")
          .status,
      204);
  EXPECT_TRUE(wait_until([&] {
    return support::run(site.on_desktop(
               {"sh", "-c", "xclip -o -selection clipboard -t UTF8_STRING || true"})) ==
           "from outside: é€\n";
  }));
  EXPECT_EQ(site.client->send("PUT", "/api/v1/clipboard", "<b>bold</b>", "text/html").status, 204);
  EXPECT_TRUE(wait_until([&] {
    return support::run(site.on_desktop(
               {"sh", "-c", "xclip -o -selection clipboard -t text/html || true"})) ==
           "<b>bold</b>";
  }));
  const ChildProcess copies(
      site.on_desktop({"sh", "-c", "printf 'from inside' | xclip -quiet -i -selection clipboard"}));
  EXPECT_TRUE(
      wait_until([&] { return site.client->get("/api/v1/clipboard").body == "from inside"; }));
  EXPECT_EQ(site.client->get("/api/v1/clipboard?format=png").status, 204);
  const std::string large(300'000, 'x');
  EXPECT_EQ(site.client->send("PUT", "/api/v1/clipboard", large, "text/plain").status, 204);
  EXPECT_EQ(site.client->get("/api/v1/clipboard").body, large);
  EXPECT_EQ(site.client->send("PUT", "/api/v1/clipboard", "\xff\xfe", "text/plain").status, 400);
  EXPECT_EQ(site.client->send("PUT", "/api/v1/clipboard", "x", "application/zip").status, 415);
}

TEST(ApiDesktop, TakesAnotherSize) {
  const ApiSite site;
  const auto resize = [&](int width, int height) {
    return site.client->send("PUT", "/api/v1/desktop/geometry",
                             fmt::format(R"({{"width": {}, "height": {}}})", width, height));
  };
  EXPECT_EQ(resize(801, 603).status, 200);
  EXPECT_TRUE(wait_until([&] {
    const auto picture = support::grab(site.server->display());
    return picture.width == 801 && picture.height == 603;
  }));
  const auto desktop = site.client->get("/api/v1/desktop").json();
  EXPECT_EQ(desktop.at("geometry").at("width"), 801);
  EXPECT_EQ(desktop.at("resizable"), true);
  EXPECT_EQ(decoded(site, site.client->get("/api/v1/screenshot.png")).width, 801);
  EXPECT_EQ(resize(65535, 65535).code(), "resize_refused");
  EXPECT_EQ(resize(0, 100).status, 400);
}

}  // namespace
}  // namespace oriel
