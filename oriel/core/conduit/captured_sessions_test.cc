// Our sessions in the place of a real netconduit program: what the other one sent is fed to them,
// and what they say is what the real one said (tests/golden/conduit/).

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "oriel/testing/conduit/session_pair.h"
#include "oriel/testing/conduit_capture.h"

namespace oriel::conduit {
namespace {

using namespace oriel::testing;

constexpr std::size_t kTimestampAt = 24;

class CapturedSessions : public ::testing::TestWithParam<const char*> {};

INSTANTIATE_TEST_SUITE_P(All, CapturedSessions,
                         ::testing::Values("handshake_ok", "calls", "pipelined_calls", "messages",
                                           "heartbeat", "values", "compressed",
                                           "compressed_at_the_limit", "file_transfer", "stream",
                                           "server_ends"),
                         [](const auto& row) { return std::string(row.param); });

Bytes without_timestamp(Bytes frame) {
  std::fill_n(frame.begin() + kTimestampAt, 8, std::uint8_t{0});
  return frame;
}

std::int64_t timestamp_ms(const CapturedFrame& frame) {
  return static_cast<std::int64_t>(parse_frame_header(frame.header, kMessageBytes)->timestamp_ms);
}

Value payload_of(const CapturedFrame& frame) {
  return *read_payload(*parse_frame_header(frame.header, kMessageBytes), frame.payload,
                       kMessageBytes);
}

std::vector<CapturedFrame> capture(std::string_view name) {
  const auto frames = conduit_capture(std::string(name) + ".txt");
  EXPECT_GE(frames.size(), 2u);
  return frames;
}

// Plays the part of `ours`: answers and sends what it answered and sent, when it did. Pongs and the
// log-in the session says by itself. How many calls and messages came in.
struct Play {
  std::vector<Bytes> said;  // without timestamps
  std::size_t items = 0;
  std::size_t replies = 0;
};

void take(PeerSession& session, Play& play) {
  for (const auto& event : take_events(session)) {
    play.items += std::holds_alternative<CallReceived>(event) ||
                  std::holds_alternative<MessageReceived>(event);
    play.replies += std::holds_alternative<ReplyReceived>(event);
    if (std::holds_alternative<MessageReceived>(event)) session.message_handled();
  }
  const auto output = take_output(session);
  for (ByteSpan rest(output); !rest.empty();) {
    const auto header = parse_frame_header(rest, kMessageBytes);
    ASSERT_TRUE(header);
    const auto bytes = rest.first(kHeaderBytes + header->payload_bytes);
    play.said.push_back(without_timestamp(Bytes(bytes.begin(), bytes.end())));
    rest = rest.subspan(bytes.size());
  }
}

Play play(PeerSession& session, CapturedSide ours, const std::vector<CapturedFrame>& frames,
          std::size_t step) {
  Play play;
  Fed fed{session};
  take(session, play);
  for (const auto& frame : frames) {
    SCOPED_TRACE(frame.where);
    const auto bytes = frame.bytes();
    if (frame.from != ours) {
      for (std::size_t at = 0; at < bytes.size(); at += step) {
        const auto status =
            fed.feed(ByteSpan(bytes).subspan(at, std::min(step, bytes.size() - at)), kConduitStart);
        EXPECT_TRUE(status) << status.error().message;
      }
    } else if (frame.type == "RPC_RESPONSE") {
      session.answer(parse_frame_header(bytes, kMessageBytes)->correlation, share(bytes));
    } else if (frame.type == "RPC_REQUEST" || frame.type == "MESSAGE") {
      EXPECT_EQ(session.send(share(bytes)), Sent::kQueued);
    }
    take(session, play);
  }
  return play;
}

// But for its pings, which have their own time.
std::vector<Bytes> captured(CapturedSide side, const std::vector<CapturedFrame>& frames) {
  std::vector<Bytes> all;
  for (const auto& frame : frames)
    if (frame.from == side && frame.type != "HEARTBEAT_PING")
      all.push_back(without_timestamp(frame.bytes()));
  return all;
}

std::size_t count(CapturedSide side, std::initializer_list<std::string_view> types,
                  const std::vector<CapturedFrame>& frames) {
  return static_cast<std::size_t>(std::ranges::count_if(frames, [&](const CapturedFrame& frame) {
    return frame.from == side && std::ranges::find(types, frame.type) != types.end();
  }));
}

ServerSessionConfig as_the_real_server(const std::vector<CapturedFrame>& frames) {
  auto config = server_config();
  config.program = {.name = "golden_server", .version = "1.2.3"};
  config.session_token = *payload_of(frames[1]).find("session_token")->if_text();
  return config;
}

ClientSessionConfig as_the_real_client() {
  auto config = client_config(LoginMethod::kBareHash);
  config.program = {.name = "golden_client", .version = "3.2.1"};
  return config;
}

TEST_P(CapturedSessions, TheServerSaysWhatTheRealOneSaid) {
  const auto frames = capture(GetParam());
  for (const std::size_t step : {100'000, 7, 1}) {
    ServerSession session(as_the_real_server(frames), login_book(), {kConduitStart, 0});
    const auto played = play(session, CapturedSide::kServer, frames, step);
    EXPECT_EQ(played.said, captured(CapturedSide::kServer, frames)) << step;
    EXPECT_EQ(played.items, count(CapturedSide::kClient, {"RPC_REQUEST", "MESSAGE"}, frames));
  }
}

TEST_P(CapturedSessions, TheClientSaysWhatTheRealOneSaid) {
  const auto frames = capture(GetParam());
  for (const std::size_t step : {100'000, 7, 1}) {
    ClientSession session(as_the_real_client(), {kConduitStart, 0});
    const auto played = play(session, CapturedSide::kClient, frames, step);
    EXPECT_EQ(played.said, captured(CapturedSide::kClient, frames)) << step;
    EXPECT_EQ(played.items, count(CapturedSide::kServer, {"MESSAGE"}, frames));
    EXPECT_EQ(played.replies, count(CapturedSide::kServer, {"RPC_RESPONSE"}, frames));
  }
}

TEST(CapturedLogin, IsTheSameByteForByte) {
  const auto frames = capture("handshake_ok");
  ClientSession client(as_the_real_client(), {kConduitStart, timestamp_ms(frames[0])});
  EXPECT_EQ(take_output(client), frames[0].bytes());
  ServerSession server(as_the_real_server(frames), login_book(),
                       {kConduitStart, timestamp_ms(frames[1])});
  ASSERT_TRUE(server.receive(frames[0].bytes(), kConduitStart));
  EXPECT_EQ(take_output(server), frames[1].bytes());
}

TEST(CapturedLogin, IsRefusedWithTheSameReason) {
  const auto frames = capture("handshake_wrong_password");
  ServerSession server(server_config(), login_book(), {kConduitStart, 0});
  ASSERT_TRUE(server.receive(frames[0].bytes(), kConduitStart));
  const auto answer = said(server);
  ASSERT_EQ(answer.size(), 1u);
  EXPECT_EQ(answer[0].type, FrameType::kAuthFailure);
  const auto reason = *payload_of(frames[1]).find("reason");
  EXPECT_EQ(*answer[0].payload.find("reason"), reason);

  for (const auto method : {LoginMethod::kBareHash, LoginMethod::kScram}) {
    ClientSession client(client_config(method), {kConduitStart, 0});
    ASSERT_TRUE(client.receive(frames[1].bytes(), kConduitStart));
    const auto event = client.take_event();
    ASSERT_TRUE(event);
    EXPECT_EQ(*event, SessionEvent(LoginRefused{.reason = *reason.if_text(),
                                                .may_try_hash = method == LoginMethod::kScram}));
  }
}

}  // namespace
}  // namespace oriel::conduit
