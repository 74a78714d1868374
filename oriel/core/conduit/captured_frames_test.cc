// What the real netconduit client and server say to each other (tests/golden/conduit/): read, and
// written again byte for byte.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "oriel/core/conduit/frame.h"
#include "oriel/core/conduit/message_pack.h"
#include "oriel/testing/conduit_capture.h"

namespace oriel::conduit {
namespace {

using testing::CapturedSide;
using testing::conduit_capture;

struct Capture {
  const char* file;
  std::size_t frames;
  Compression compression = Compression::kNone;  // of both sides
};

void PrintTo(const Capture& capture, std::ostream* out) { *out << capture.file; }

const Capture kCaptures[] = {
    {"handshake_ok.txt", 2},
    {"handshake_wrong_password.txt", 2},
    {"calls.txt", 82},
    {"pipelined_calls.txt", 18},
    {"messages.txt", 14},
    {"heartbeat.txt", 10},
    {"values.txt", 134},
    {"compressed.txt", 18, Compression::kWhenSmaller},
    {"compressed_at_the_limit.txt", 8, Compression::kWhenSmaller},
    {"file_transfer.txt", 37},
    {"stream.txt", 24},
    {"server_ends.txt", 4},
};

class CapturedFrames : public ::testing::TestWithParam<Capture> {};

INSTANTIATE_TEST_SUITE_P(All, CapturedFrames, ::testing::ValuesIn(kCaptures),
                         [](const ::testing::TestParamInfo<Capture>& capture) {
                           std::string name(capture.param.file);
                           return name.substr(0, name.find('.'));
                         });

// Compressed ones too: zlib at level 6 gives the bytes that Python's gives, which is the same zlib.
TEST_P(CapturedFrames, AreReadAndWrittenAgainByteForByte) {
  const auto frames = conduit_capture(GetParam().file);
  ASSERT_EQ(frames.size(), GetParam().frames);
  for (const auto& frame : frames) {
    SCOPED_TRACE(frame.where);
    const auto header = parse_frame_header(frame.header, kMessageBytes);
    ASSERT_TRUE(header) << header.error().message;
    EXPECT_EQ(header->payload_bytes, frame.payload.size());
    const auto value = read_payload(*header, frame.payload, kMessageBytes);
    ASSERT_TRUE(value) << value.error().message;
    EXPECT_EQ(make_frame(header->type, *value,
                         {.compression = GetParam().compression,
                          .timestamp_ms = header->timestamp_ms,
                          .correlation = header->correlation}),
              frame.bytes());
    if (!header->is_compressed() && !frame.payload.empty()) {
      EXPECT_EQ(pack(*value), frame.payload);
    }
  }
}

TEST_P(CapturedFrames, AreNamedAsTheRealProgramsNameThem) {
  for (const auto& frame : conduit_capture(GetParam().file)) {
    const auto header = parse_frame_header(frame.header, kMessageBytes);
    ASSERT_TRUE(header) << frame.where;
    EXPECT_EQ(frame_type_name(header->type), frame.type) << frame.where;
  }
}

// The values of the payloads of one type from one side.
std::vector<Value> values_of(std::string_view file, CapturedSide from, FrameType type) {
  std::vector<Value> values;
  for (const auto& frame : conduit_capture(file)) {
    const auto header = parse_frame_header(frame.header, kMessageBytes);
    if (!header || frame.from != from || header->type != type) continue;
    auto value = read_payload(*header, frame.payload, kMessageBytes);
    EXPECT_TRUE(value) << frame.where;
    if (value) values.push_back(*std::move(value));
  }
  return values;
}

TEST(CapturedHandshake, CarriesTheHashOfThePasswordAndNames) {
  const auto requests =
      values_of("handshake_ok.txt", CapturedSide::kClient, FrameType::kAuthRequest);
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0],
            Value(Map{{"password_hash",
                       "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"},
                      {"client_info", Map{{"name", "golden_client"}, {"version", "3.2.1"}}}}));

  const auto successes =
      values_of("handshake_ok.txt", CapturedSide::kServer, FrameType::kAuthSuccess);
  ASSERT_EQ(successes.size(), 1U);
  EXPECT_EQ(successes[0].find("session_token")->if_text()->size(), 128U);
  EXPECT_EQ(*successes[0].find("server_info"),
            Value(Map{{"name", "golden_server"}, {"version", "1.2.3"}}));

  EXPECT_EQ(
      values_of("handshake_wrong_password.txt", CapturedSide::kServer, FrameType::kAuthFailure),
      (std::vector{Value(Map{{"reason", "Invalid password"}})}));
}

TEST(CapturedMessages, CarryABroadcastBeforeTheAnswerToWhoCausedIt) {
  const auto messages = values_of("messages.txt", CapturedSide::kServer, FrameType::kMessage);
  ASSERT_EQ(messages.size(), 6U);
  EXPECT_EQ(messages[0],
            Value(Map{{"type", "hello_response"}, {"data", Map{{"message", "Hello, Kaede!"}}}}));
  EXPECT_EQ(*messages[3].find("type"), Value("announcement"));
  EXPECT_EQ(messages[4], Value(Map{{"type", "announce_response"}, {"data", Map{{"sent_to", 2}}}}));
}

TEST(CapturedCompression, IsUsedForPayloadsOfMoreThan1024Bytes) {
  std::vector<bool> is_compressed;
  for (const auto& frame : conduit_capture("compressed_at_the_limit.txt")) {
    if (frame.from != CapturedSide::kClient || frame.type != "RPC_REQUEST") continue;
    is_compressed.push_back(parse_frame_header(frame.header, kMessageBytes)->is_compressed());
  }
  EXPECT_EQ(is_compressed, (std::vector{false, false, true}));  // 1023, 1024, 1025 bytes
}

// The real programs keep the sign, the width and the kind of every value.
TEST(CapturedValues, ComeBackAsTheyWereSent) {
  const auto requests = values_of("values.txt", CapturedSide::kClient, FrameType::kRpcRequest);
  const auto responses = values_of("values.txt", CapturedSide::kServer, FrameType::kRpcResponse);
  ASSERT_EQ(requests.size(), responses.size());
  std::size_t compared = 0;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const auto* sent = requests[i].find("params")->find("data");
    const auto* envelope = responses[i].find("result");
    ASSERT_NE(sent, nullptr);
    ASSERT_NE(envelope, nullptr);
    if (sent->find("success") != nullptr) continue;  // goes as the envelope itself
    EXPECT_EQ(pack(*envelope->find("data")), pack(*sent)) << i;
    ++compared;
  }
  EXPECT_EQ(compared, 63U);
}

}  // namespace
}  // namespace oriel::conduit
