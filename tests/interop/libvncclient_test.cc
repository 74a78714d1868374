// libvncclient against `oriel serve`: every encoding that both know, in every pixel format that it
// can ask for; both security types.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/interop/vnc_client.h"
#include "tests/support/oriel_server.h"
#include "tests/support/wait_until.h"

namespace oriel::interop {

using namespace oriel::support;
namespace {

using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::IsNull;
using ::testing::NotNull;
using ::testing::Optional;

// Expects that the client comes to show the desktop, pixel by pixel. The desktop is taken before
// and after the client's picture, so that a change in between is no false alarm.
void expect_same_picture(const OrielServer& server, VncClient& client) {
  std::string last;
  EXPECT_TRUE(client.wait_for([&] {
    const Picture before = grab(server.display());
    const Picture shown = client.picture();
    last = before == grab(server.display()) ? difference(client.as_seen(before), shown)
                                            : "the desktop changes";
    return last.empty();
  })) << last;
}

void wait_for_painting(const OrielServer& server) {
  ASSERT_TRUE(
      wait_until([&] { return distinct_colours(grab(server.display())) > kPaintedColours; }));
}

constexpr const char* kEncodings[] = {"raw", "rre", "corre", "hextile", "zlib", "trle", "zrle"};

struct Format {
  const char* name;
  PixelBits bits;
  PixelOrder order;
};
constexpr Format kFormats[] = {
    {"32", PixelBits::k32, PixelOrder::kRedLowest},
    {"32BlueLowest", PixelBits::k32, PixelOrder::kBlueLowest},
    {"16", PixelBits::k16, PixelOrder::kRedLowest},
    {"8", PixelBits::k8, PixelOrder::kRedLowest},
};

class LibvncclientPicture : public ::testing::TestWithParam<const char*> {};

TEST_P(LibvncclientPicture, IsTheDesktopPixelByPixelInEveryFormat) {
  const std::string encoding = GetParam();
  OrielServer server({.session = painting_session()});
  wait_for_painting(server);
  for (const auto& format : kFormats) {
    SCOPED_TRACE(format.name);
    const auto client = VncClient::connect(
        server.vnc_port(), {.encodings = encoding, .order = format.order, .bits = format.bits});
    ASSERT_THAT(client, NotNull()) << server.output();
    client->move_pointer(512, 2);  // some servers paint a pointer that no viewer has moved yet
    expect_same_picture(server, *client);
    // The painting has less colours in small pixels, but more than a blank screen.
    EXPECT_GT(distinct_colours(client->picture()),
              format.bits == PixelBits::k32 ? kPaintedColours : kPaintedColours / 10);
  }
  // That the encoding is the one asked for is what the server counts.
  const auto metrics = server.get("/metrics");
  for (const std::string name : kEncodings) {
    const auto line = "vnc_encoding_bytes_total{encoding=\"" + name + "\"} ";
    EXPECT_THAT(metrics, HasSubstr(line));
    EXPECT_EQ(metrics.find(line + "0\n") == std::string::npos, name == encoding) << metrics;
  }
  EXPECT_THAT(server.stop(), Optional(0)) << server.output();
}

INSTANTIATE_TEST_SUITE_P(Encodings, LibvncclientPicture, ::testing::ValuesIn(kEncodings),
                         [](const auto& row) { return std::string(row.param); });

TEST(Libvncclient, FollowsADesktopThatChangesInSeveralViewers) {
  OrielServer server({.session = R"(exec xterm -fs 14 -geometry 80x30+0+0 -e sh -c '
i=0; while [ $i -lt 200 ]; do echo "line $i"; i=$((i + 1)); sleep 0.01; done; exec sleep 1000')"});
  const auto zrle = VncClient::connect(server.vnc_port(), {.encodings = "zrle"});
  const auto raw = VncClient::connect(server.vnc_port(), {.encodings = "raw"});
  ASSERT_THAT(zrle, NotNull());
  ASSERT_THAT(raw, NotNull());
  zrle->move_pointer(1000, 690);
  expect_same_picture(server, *zrle);
  expect_same_picture(server, *raw);
  EXPECT_THAT(server.stop(), Optional(0)) << server.output();
}

TEST(Libvncclient, TypesTextThatArrivesExactly) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "typed";
  OrielServer server({.session = typing_session(file)});
  const auto client = VncClient::connect(server.vnc_port(), {});
  ASSERT_THAT(client, NotNull());
  ASSERT_TRUE(wait_until([&] { return std::filesystem::exists(file); })) << server.output();

  const std::string text = "Hello, Oriel! {[(<~@#$%^&*_+-=|;:'\"\\/?>)]} 0123456789\nsecond line\n";
  client->move_pointer(100, 100);  // without a window manager the pointer says who gets the keys
  client->type(text);
  EXPECT_TRUE(client->wait_for([&] { return read_file(file) == text; })) << read_file(file);
  EXPECT_THAT(server.stop(), Optional(0)) << server.output();
}

TEST(Libvncclient, MovesThePointerToThePixel) {
  OrielServer server({.session = "exec sleep 1000"});
  const auto client = VncClient::connect(server.vnc_port(), {});
  ASSERT_THAT(client, NotNull());
  for (const auto& [x, y] : {std::pair{0, 0}, {1023, 699}, {300, 200}, {0, 699}}) {
    client->move_pointer(x, y);
    const std::string wanted = "x:" + std::to_string(x) + " y:" + std::to_string(y) + " ";
    std::string last;
    EXPECT_TRUE(client->wait_for([&] {
      last =
          run({{"xdotool", "getmouselocation"},
               {{"DISPLAY", server.display().name}, {"XAUTHORITY", server.display().authority}}});
      return last.starts_with(wanted);
    })) << wanted
        << "but " << last;
  }
}

// By a bitmap of 8x8 of xsetroot: four columns red, two white, two not there.
TEST(Libvncclient, ShowsTheCursorOfAProgramInEveryFormat) {
  const TemporaryFolder folder;
  const auto file = [&](const char* name, const char* row) {
    const auto path = folder.path() / name;
    std::ofstream out(path);
    out << "#define x_width 8\n#define x_height 8\n#define x_x_hot 3\n#define x_y_hot 6\n"
        << "static char x_bits[] = {\n";
    for (int i = 0; i < 8; ++i) out << row << (i < 7 ? "," : "};\n");
    return path.string();
  };
  const auto shape = file("shape", "0x0f"), mask = file("mask", "0x3f");
  OrielServer server({.session = "exec sleep 1000"});
  for (const auto& format : kFormats) {
    SCOPED_TRACE(format.name);
    const auto client = VncClient::connect(
        server.vnc_port(), {.encodings = "zrle", .order = format.order, .bits = format.bits});
    ASSERT_THAT(client, NotNull());
    ShownCursor wanted{3, 6, {8, 8, {}}};
    for (int i = 0; i < 64; ++i)
      wanted.picture.pixels.push_back(i % 8 < 4 ? 0xffff0000 : i % 8 < 6 ? 0xffffffff : 0);
    run({{"xsetroot", "-cursor", shape, mask, "-fg", "#ff0000", "-bg", "#ffffff"},
         {{"DISPLAY", server.display().name}, {"XAUTHORITY", server.display().authority}}});
    EXPECT_TRUE(client->wait_for([&] { return client->cursor() == wanted; }))
        << client->cursor().hot_x << "," << client->cursor().hot_y << " "
        << client->cursor().picture.width;
  }
}

TEST(Libvncclient, IsToldWhereAnotherViewerPutsThePointer) {
  OrielServer server({.session = "exec sleep 1000"});
  const auto watcher = VncClient::connect(server.vnc_port(), {});
  const auto mover = VncClient::connect(server.vnc_port(), {});
  ASSERT_THAT(watcher, NotNull());
  ASSERT_THAT(mover, NotNull());
  mover->move_pointer(123, 45);
  EXPECT_TRUE(watcher->wait_for([&] {
    return !watcher->pointer_positions().empty() &&
           watcher->pointer_positions().back() == std::pair{123, 45};
  }));
}

TEST(Libvncclient, OpensWithTheRightPassword) {
  OrielServer server({.session = painting_session(), .password = "sesame12"});
  wait_for_painting(server);
  const auto client =
      VncClient::connect(server.vnc_port(), {.security = rfbVncAuth, .password = "sesame12"});
  ASSERT_THAT(client, NotNull()) << server.output();
  client->move_pointer(512, 2);
  expect_same_picture(server, *client);
}

TEST(Libvncclient, IsRefusedWithTheWrongPasswordAndOthersAreNot) {
  OrielServer server({.session = "exec sleep 1000", .password = "sesame12"});
  const auto connect = [&](const char* password) {
    return VncClient::connect(server.vnc_port(), {.security = rfbVncAuth, .password = password});
  };
  EXPECT_THAT(connect("sesame13"), IsNull());
  EXPECT_THAT(connect("sesame1"), IsNull());
  EXPECT_THAT(connect("sesame12"), NotNull()) << server.output();
}

TEST(Libvncclient, IsNotOfferedAnOpenDoorWhenAPasswordIsSet) {
  OrielServer server({.session = "exec sleep 1000", .password = "sesame12"});
  EXPECT_THAT(VncClient::connect(server.vnc_port(), {.security = rfbNoAuth}), IsNull());
}

TEST(Libvncclient, IsCountedAsAViewerWhileItIsThere) {
  OrielServer server({.session = "exec sleep 1000"});
  const auto viewers = [&] { return server.health().at("viewers").to_number<int>(); };
  EXPECT_EQ(viewers(), 0);
  auto client = VncClient::connect(server.vnc_port(), {});
  ASSERT_THAT(client, NotNull());
  EXPECT_TRUE(client->wait_for([&] { return viewers() == 1; })) << viewers();
  client.reset();
  EXPECT_TRUE(wait_until([&] { return viewers() == 0; })) << viewers();
}

}  // namespace
}  // namespace oriel::interop
