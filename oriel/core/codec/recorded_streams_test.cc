// The decoders on what real servers send: the pixels are those that the server's Raw has.

#include <filesystem>
#include <map>

#include <gmock/gmock.h>

#include "oriel/base/byte_reader.h"
#include "oriel/core/codec/encoding_table.h"
#include "oriel/testing/vnc_recording.h"

namespace oriel::codec {
namespace {

using image::Frame;
using oriel::testing::VncRecording;

// A client that keeps one decoder of each encoding.
class Client {
 public:
  explicit Client(const VncRecording& recording)
      : frame(recording.size, 0xffffffff), recording_(recording) {}

  // `bytes` are whole updates.
  void receive(ByteSpan bytes) {
    while (!bytes.empty()) {
      ByteReader head(bytes);
      ASSERT_EQ(head.u8(), 0) << "an update";
      head.skip(1);
      const int count = head.u16();
      bytes = bytes.subspan(4);
      for (int i = 0; i < count; ++i) ASSERT_NO_FATAL_FAILURE(receive_rectangle(bytes));
    }
  }

  Frame frame;
  std::map<std::int32_t, int> rectangles;  // of each encoding

 private:
  void receive_rectangle(ByteSpan& bytes) {
    ByteReader head(bytes);
    const int x = head.u16(), y = head.u16(), width = head.u16(), height = head.u16();
    const auto* encoding = find_encoding(head.s32());
    ASSERT_NE(encoding, nullptr);
    ++rectangles[encoding->id];
    auto& decoder = decoders_[encoding->id];
    if (!decoder) decoder = encoding->make_decoder();
    const auto body = bytes.subspan(12);
    const DecodeTarget target(frame.mutable_view(), {x, y, width, height});
    // As it comes in small pieces.
    for (std::size_t shown = 1;;) {
      const auto need =
          decoder->decode(body.first(std::min(shown, body.size())), recording_.format, target);
      ASSERT_TRUE(need.has_value()) << need.error().message;
      if (need->consumed > 0) {
        ASSERT_LE(need->consumed, encoding->max_body_bytes(target.size()));
        bytes = body.subspan(need->consumed);
        return;
      }
      ASSERT_LE(need->wanted, body.size());
      shown = need->wanted;
    }
  }

  const VncRecording& recording_;
  std::map<std::int32_t, std::unique_ptr<Decoder>> decoders_;
};

// The mean difference of a channel.
double mean_difference(const Frame& one, const Frame& other) {
  double sum = 0;
  for (int y = 0; y < one.size().height; ++y)
    for (int x = 0; x < one.size().width; ++x)
      for (const int shift : {0, 8, 16})
        sum += std::abs(static_cast<int>(one.at(x, y) >> shift & 255) -
                        static_cast<int>(other.at(x, y) >> shift & 255));
  return sum / static_cast<double>(3 * one.size().area());
}

void expect_equal(const Frame& is, const Frame& should_be) {
  for (int y = 0; y < is.size().height; ++y)
    for (int x = 0; x < is.size().width; ++x)
      ASSERT_EQ(is.at(x, y), should_be.at(x, y)) << x << "," << y;
}

class RecordedStream : public ::testing::TestWithParam<std::string> {};

TEST_P(RecordedStream, GivesThePixelsOfTheServer) {
  const auto recording = oriel::testing::read_vnc_recording(GetParam());
  Client client(recording);
  ASSERT_NO_FATAL_FAILURE(client.receive(recording.said));
  EXPECT_GT(client.rectangles[recording.encoding], 0);
  if (GetParam().find("jpeg") == std::string::npos) {
    expect_equal(client.frame, recording.screen);
  } else {
    EXPECT_LT(mean_difference(client.frame, recording.screen), 6);
  }
}

INSTANTIATE_TEST_SUITE_P(Files, RecordedStream,
                         ::testing::ValuesIn(oriel::testing::vnc_recordings()),
                         [](const auto& file) {
                           return std::filesystem::path(file.param).stem().string();
                         });

}  // namespace
}  // namespace oriel::codec
