// What the real monitoring server sends (tests/golden/monitor/, see
// tools/capture_monitor_stream.py), given to our client byte for byte.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "oriel/core/monitor/client_session.h"
#include "oriel/testing/golden.h"

namespace oriel::monitor {
namespace {

// The messages that the server sent, exactly.
std::vector<std::string> captured_messages() {
  auto text = testing::repository_text("tests/golden/monitor/real_server.jsonl");
  std::vector<std::string> messages;
  for (std::size_t start = 0; start < text.size();) {
    const auto end = std::min(text.find('\n', start), text.size());
    const auto line = parse_json(std::string_view(text).substr(start, end - start), text.size());
    start = end + 1;
    EXPECT_TRUE(line);
    const auto* from = line->find("from");
    const auto* message = line->find("text");
    if (from != nullptr && *from == Value("server") && message != nullptr) {
      messages.push_back(*message->string());
    }
  }
  return messages;
}

// What a session reads when it gets the stream in pieces of `size` bytes.
std::vector<ServerMessage> read_in_pieces(std::string_view stream, std::size_t size) {
  ClientSession session({}, TimePoint{});
  std::string waiting;
  std::vector<ServerMessage> read;
  for (std::size_t at = 0; at < stream.size(); at += size) {
    waiting += stream.substr(at, size);
    for (bool is_going_on = true; is_going_on && !waiting.empty();) {
      const auto* bytes = reinterpret_cast<const std::uint8_t*>(waiting.data());
      const auto need = session.receive({bytes, waiting.size()}, TimePoint{});
      EXPECT_TRUE(need);
      if (!need) return read;
      is_going_on = need->consumed > 0;
      waiting.erase(0, need->consumed);
    }
    for (auto& event : session.take_events()) {
      auto* message = std::get_if<MessageReceived>(&event);
      EXPECT_NE(message, nullptr) << "a line was refused";
      if (message != nullptr) read.push_back(std::move(message->message));
    }
  }
  EXPECT_TRUE(waiting.empty());
  return read;
}

std::string stream_of(const std::vector<std::string>& messages) {
  std::string stream;
  for (const auto& message : messages) stream += message + "\n";
  return stream;
}

TEST(CapturedStream, OfTheRealServerIsReadAndWrittenAgainByteForByte) {
  const auto messages = captured_messages();
  ASSERT_EQ(messages.size(), 5U);
  for (const std::size_t size : {1, 7, 1024, 1 << 20}) {
    const auto read = read_in_pieces(stream_of(messages), size);
    ASSERT_EQ(read.size(), messages.size()) << size;
    for (std::size_t i = 0; i < read.size(); ++i) {
      EXPECT_EQ(to_json(read[i].document), messages[i]) << "in pieces of " << size;
    }
  }
}

TEST(CapturedStream, OfTheRealServerSaysWhatItMeans) {
  const auto read = read_in_pieces(stream_of(captured_messages()), 1 << 20);
  ASSERT_EQ(read.size(), 5U);
  EXPECT_EQ(read[0].kind, ServerMessageKind::kConnection);
  EXPECT_EQ(read[0].text(), "Connected to monitoring server");
  EXPECT_EQ(read[1].kind, ServerMessageKind::kMonitoringData);
  EXPECT_EQ(read[2].kind, ServerMessageKind::kPong);
  EXPECT_EQ(read[3].kind, ServerMessageKind::kStatus);
  EXPECT_EQ(read[4].kind, ServerMessageKind::kError);
  EXPECT_EQ(read[4].text(), "Invalid message");
  EXPECT_EQ(read[1].timestamp, "2026-11-20T13:47:51.426531");
  EXPECT_FALSE(read[1].sequence);
  EXPECT_EQ(read[1].alerts(), nullptr);
  const auto* data = read[1].data();
  ASSERT_NE(data, nullptr);
  EXPECT_EQ(data->find("memory")->find("total")->number_or(0), 25276514304.0);
  EXPECT_EQ(data->find("memory")->find("percentage")->number_or(0), 3.0);
  EXPECT_EQ(data->find("processor")->find("usage_percent")->number_or(0), 52.4);
  EXPECT_EQ(data->find("processor")->find("per_core_usage")->array()->size(), 2U);
  EXPECT_EQ(data->find("disk")->find("percentage")->number_or(0), 20.6);
  EXPECT_EQ(*data->find("system")->find("hostname")->string(), "vm");
}

}  // namespace
}  // namespace oriel::monitor
