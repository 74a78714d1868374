// Every encoder against noVNC's decoders, in Node, on random pictures.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <random>

#include "oriel/core/codec/encoding_table.h"
#include "oriel/testing/encoded_body.h"
#include "oriel/testing/random_picture.h"
#include "tests/support/environment.h"
#include "tests/support/oriel_server.h"

namespace oriel::interop {
namespace {

using image::Frame;
using image::Size;

// The only one of 24 bits that noVNC asks for.
constexpr image::PixelFormat kFormat{32, 24, false, true, 255, 255, 255, 0, 8, 16};

// Those that noVNC has; it is not to be told of others.
constexpr const char* kNames[] = {"raw", "rre", "hextile", "zlib", "zrle"};

void write_picture(std::ofstream& file, const Frame& picture) {
  for (int y = 0; y < picture.size().height; ++y) {
    for (int x = 0; x < picture.size().width; ++x) {
      for (const int shift : {16, 8, 0}) {
        file.put(static_cast<char>(picture.at(x, y) >> shift & 0xff));
      }
    }
  }
}

// One connection with one encoding.
class Rectangles {
 public:
  Rectangles(const codec::Encoding& encoding, std::ofstream& file)
      : encoding_(encoding), file_(file), body_(encoding.framing) {}

  void write(const Frame& picture) {
    Bytes payload;
    encoder_->encode(picture.view(), kFormat, payload);
    const Bytes body = body_.wrap(payload);
    file_ << fmt::format("{} {} {} {}\n", encoding_.name, picture.size().width,
                         picture.size().height, body.size());
    file_.write(reinterpret_cast<const char*>(body.data()),
                static_cast<std::streamsize>(body.size()));
    write_picture(file_, picture);
  }

 private:
  const codec::Encoding& encoding_;
  std::ofstream& file_;
  std::unique_ptr<codec::Encoder> encoder_ = encoding_.make_encoder();
  testing::EncodedBody body_;
};

class NovncDecodes : public ::testing::TestWithParam<const char*> {};

// As many random ones as ORIEL_ROUNDS says, besides those of every shape.
TEST_P(NovncDecodes, RandomPicturesExactly) {
  const auto encoding = std::ranges::find(codec::encoding_table(), std::string_view(GetParam()),
                                          &codec::Encoding::name);
  const support::TemporaryFolder folder;
  const auto path = folder.path() / "rectangles";
  std::mt19937 random(23);
  const auto below = [&random](int end) { return static_cast<int>(random() % end); };
  std::vector<Size> sizes{{1, 1}, {4096, 1}, {1, 4096}, {17, 33}, {640, 480}};
  const long rounds = support::environment_number("ORIEL_ROUNDS", 30);
  for (long round = 0; round < rounds; ++round) sizes.push_back({1 + below(200), 1 + below(200)});
  {
    std::ofstream file(path, std::ios::binary);
    Rectangles rectangles(*encoding, file);
    for (const Size size : sizes) {
      const auto kind = testing::kAllPictureKinds[below(std::size(testing::kAllPictureKinds))];
      rectangles.write(testing::make_picture(kind, size, random()));
    }
  }
  support::run({{ORIEL_SOURCE_DIR "/tools/npm_install.sh", ORIEL_SOURCE_DIR "/web"}, {}});
  EXPECT_EQ(support::run(
                {{"node", ORIEL_SOURCE_DIR "/tests/browser/novnc_decodes.mjs", path.string()}, {}}),
            fmt::format("{}\n", sizes.size()));
}

INSTANTIATE_TEST_SUITE_P(Names, NovncDecodes, ::testing::ValuesIn(kNames),
                         [](const auto& row) { return std::string(row.param); });

}  // namespace
}  // namespace oriel::interop
