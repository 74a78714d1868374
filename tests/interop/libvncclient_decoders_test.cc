// Every encoder against libvncclient's decoders, on random pictures in random formats.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rfb/rfbclient.h>

#include <cstdlib>
#include <cstring>
#include <random>

#include "oriel/core/image/pixel_convert.h"
#include "oriel/testing/random_picture.h"
#include "tests/interop/picture_server.h"
#include "tests/support/environment.h"

namespace oriel::interop {
namespace {

using image::Frame;
using image::PixelFormat;
using image::Size;

// Depths are 24 bits and less: libvncclient takes pixels of 32 bits for CPIXELs of 3 bytes by their
// colours alone, where the specification asks for the depth, too.
constexpr PixelFormat kFormats[] = {
    {32, 24, false, true, 255, 255, 255, 16, 8, 0},
    {32, 24, false, true, 255, 255, 255, 0, 8, 16},
    {32, 24, false, true, 255, 255, 255, 24, 16, 8},
    {32, 24, true, true, 255, 255, 255, 16, 8, 0},
    {32, 24, true, true, 255, 255, 255, 8, 16, 24},
    {32, 24, false, true, 255, 127, 255, 21, 3, 11},  // odd shifts over all four bytes
    {16, 16, false, true, 31, 63, 31, 11, 5, 0},
    {16, 16, true, true, 31, 63, 31, 11, 5, 0},
    {16, 15, false, true, 31, 31, 31, 0, 5, 10},
    {16, 12, true, true, 15, 15, 15, 12, 7, 1},
    {8, 8, false, true, 7, 7, 3, 5, 2, 0},
    {8, 8, false, true, 7, 7, 3, 0, 3, 6},
    {8, 6, false, true, 3, 3, 3, 4, 2, 0},
};

// libvncclient takes pixels that are big-endian for pixels in the order of its machine, which
// matters where the three low bytes of four are a CPIXEL.
bool is_beyond_libvncclient(const codec::Encoding& encoding, const PixelFormat& format) {
  constexpr std::int32_t kTrle = 15, kZrle = 16;
  const bool has_cpixels = encoding.id == kTrle || encoding.id == kZrle;
  return has_cpixels && format.is_big_endian && format.bits_per_pixel == 32 &&
         format.red_shift <= 16 && format.green_shift <= 16 && format.blue_shift <= 16;
}

rfbPixelFormat to_libvncclient(const PixelFormat& format) {
  rfbPixelFormat theirs{};
  theirs.bitsPerPixel = format.bits_per_pixel;
  theirs.depth = format.depth;
  theirs.bigEndian = format.is_big_endian;
  theirs.trueColour = TRUE;
  theirs.redMax = format.red_max;
  theirs.greenMax = format.green_max;
  theirs.blueMax = format.blue_max;
  theirs.redShift = format.red_shift;
  theirs.greenShift = format.green_shift;
  theirs.blueShift = format.blue_shift;
  return theirs;
}

// What the client's memory must hold: the bytes of the wire.
std::vector<std::uint8_t> pixels_in(const Frame& picture, const PixelFormat& format) {
  const image::PixelConverter converter(format);
  const std::size_t row_bytes =
      static_cast<std::size_t>(picture.size().width) * format.bytes_per_pixel();
  std::vector<std::uint8_t> pixels(row_bytes * picture.size().height);
  for (int y = 0; y < picture.size().height; ++y) {
    converter.convert_row(picture.view().row(y), pixels.data() + row_bytes * y,
                          picture.size().width);
  }
  return pixels;
}

// What the client has come to, seen by its callback.
struct Progress {
  const std::vector<Frame>& pictures;
  const PixelFormat& format;
  std::size_t seen = 0;
  std::string wrong;
};

char kProgressTag;  // its address names our datum among the client's

void finished_update(rfbClient* client) {
  auto& progress = *static_cast<Progress*>(rfbClientGetClientData(client, &kProgressTag));
  if (progress.seen == progress.pictures.size()) return;
  const auto expected = pixels_in(progress.pictures[progress.seen++], progress.format);
  // White has all bits that belong to a colour; libvncclient leaves anything in the others.
  const auto mask = pixels_in(Frame({1, 1}, image::kColourMask), progress.format);
  for (std::size_t i = 0; i < expected.size() && progress.wrong.empty(); ++i) {
    const int shown = client->frameBuffer[i] & mask[i % mask.size()];
    if (shown == expected[i]) continue;
    progress.wrong = fmt::format("picture {}: byte {} of {} is {:02x}, not {:02x}", progress.seen,
                                 i, expected.size(), shown, expected[i]);
  }
  std::memset(client->frameBuffer, 0x5a, expected.size());  // the next picture is drawn in full
}

// Shows libvncclient the pictures, one after the other through the same streams: "" when each was
// decoded exactly.
std::string show(const codec::Encoding& encoding, const PixelFormat& format,
                 const std::vector<Frame>& pictures) {
  const PictureServer server(encoding, pictures);
  Progress progress{pictures, format, 0, {}};
  const std::string name(encoding.name);
  rfbClient* client = rfbGetClient(8, 3, 4);
  client->format = to_libvncclient(format);
  client->appData.encodingsString = name.c_str();
  client->appData.enableJPEG = FALSE;
  client->serverPort = server.port();
  std::free(client->serverHost);
  client->serverHost = strdup("127.0.0.1");
  client->FinishedFrameBufferUpdate = finished_update;
  rfbClientSetClientData(client, &kProgressTag, &progress);
  if (!rfbInitClient(client, nullptr, nullptr)) return "it does not connect";
  bool is_alive = true;
  while (is_alive && progress.seen < pictures.size()) {
    is_alive = WaitForMessage(client, 10'000'000) > 0 && HandleRFBServerMessage(client);
  }
  std::free(client->frameBuffer);
  client->frameBuffer = nullptr;
  rfbClientCleanup(client);
  return is_alive ? progress.wrong : fmt::format("it gives up at picture {}", progress.seen + 1);
}

// What a failed test is called by.
struct Row {
  codec::Encoding encoding;

  friend void PrintTo(const Row& row, std::ostream* out) { *out << row.encoding.name; }
};

std::vector<Row> encodings_that_we_send() {
  std::vector<Row> sent;
  for (const auto& encoding : codec::encoding_table()) {
    if (encoding.can_encode()) sent.push_back({encoding});
  }
  return sent;
}

class LibvncclientDecodes : public ::testing::TestWithParam<Row> {
 protected:
  void SetUp() override { rfbEnableClientLogging = FALSE; }

  // Three random pictures of the size.
  void expect_exact(const PixelFormat& format, Size size) {
    if (is_beyond_libvncclient(GetParam().encoding, format)) return;
    std::vector<Frame> pictures;
    for (int i = 0; i < 3; ++i) {
      const auto kind = testing::kAllPictureKinds[random_() % std::size(testing::kAllPictureKinds)];
      pictures.push_back(testing::make_picture(kind, size, random_()));
    }
    EXPECT_EQ(show(GetParam().encoding, format, pictures), "")
        << size.width << "x" << size.height << ", " << image::describe(format);
  }

  std::mt19937 random_{17};
};

TEST_P(LibvncclientDecodes, PicturesOfEveryShapeInEveryFormatExactly) {
  for (const auto& format : kFormats) {
    for (const Size size : {Size{1, 1}, Size{4096, 1}, Size{1, 4096}, Size{17, 33}}) {
      expect_exact(format, size);
    }
  }
  expect_exact(kFormats[0], {640, 480});
}

// As many as ORIEL_ROUNDS says.
TEST_P(LibvncclientDecodes, RandomPicturesInRandomFormatsExactly) {
  const long rounds = support::environment_number("ORIEL_ROUNDS", 20);
  for (long round = 0; round < rounds; ++round) {
    const auto& format = kFormats[random_() % std::size(kFormats)];
    const auto below = [this](int end) { return static_cast<int>(random_() % end); };
    const Size size = round % 8 == 0   ? Size{1 + below(4096), 1 + below(16)}
                      : round % 8 == 1 ? Size{1 + below(16), 1 + below(4096)}
                                       : Size{1 + below(300), 1 + below(300)};
    expect_exact(format, size);
  }
}

INSTANTIATE_TEST_SUITE_P(Table, LibvncclientDecodes, ::testing::ValuesIn(encodings_that_we_send()),
                         [](const auto& row) { return std::string(row.param.encoding.name); });

}  // namespace
}  // namespace oriel::interop
