#include "oriel/core/monitor/client_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "oriel/core/monitor/client_request.h"
#include "oriel/core/monitor/limits.h"

namespace oriel::monitor {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

constexpr TimePoint kStart{};

std::string taken_output(ClientSession& session) {
  std::string text;
  ByteSpan piece[1];
  while (session.output().gather(piece) > 0) {
    text += as_text(piece[0]);
    session.output().consume(piece[0].size());
  }
  return text;
}

ClientSessionConfig with_deltas() {
  Subscribe subscribe;
  subscribe.wants_delta = true;
  return {.subscribe = subscribe};
}

std::string whole(std::int64_t number, const Value& data) {
  return write_monitoring_data({}, data, {}, Dialect::kServer, Sequence{number, {}}) + "\n";
}

std::string delta(std::int64_t number, std::int64_t base, const Value& patch) {
  return write_monitoring_data({}, patch, {}, Dialect::kServer, Sequence{number, base}) + "\n";
}

// The data of each message that came of `text`, and "refused" for each line that was none.
std::vector<std::string> data_of(ClientSession& session, std::string_view text,
                                 TimePoint now = kStart) {
  const auto need = session.receive(as_bytes(text), now);
  EXPECT_TRUE(need && need->consumed == text.size());
  std::vector<std::string> result;
  for (const auto& event : session.take_events()) {
    if (const auto* received = std::get_if<MessageReceived>(&event)) {
      const auto* data = received->message.data();
      result.push_back(data == nullptr ? received->message.type : to_json(*data));
    } else if (std::holds_alternative<LineRefused>(event)) {
      result.emplace_back("refused");
    }
  }
  return result;
}

using Strings = std::vector<std::string>;

TEST(MonitorClientSession, TellsItsMessagesInOrderAtEverySplit) {
  const std::string text = "{\"type\": \"connection\"}\r\n\n  \nnothing\n" +
                           whole(1, Object{{"a", 1}}) + delta(2, 1, Object{{"b", 2}}) +
                           "{\"type\": \"pong\"}\n";
  const auto run = [&](std::size_t split) {
    ClientSession session(with_deltas(), kStart);
    const auto first = session.receive(as_bytes(text).first(split), kStart);
    EXPECT_TRUE(first);
    EXPECT_GT(first->consumed + first->wanted, split);
    EXPECT_TRUE(session.receive(as_bytes(text).subspan(first->consumed), kStart));
    return session.take_events();
  };
  const auto expected = run(text.size());
  ASSERT_EQ(expected.size(), 5u);
  EXPECT_EQ(std::get<MessageReceived>(expected[0]).message.type, "connection");
  EXPECT_THAT(std::get<LineRefused>(expected[1]).error.message, HasSubstr("JSON"));
  for (std::size_t split = 0; split < text.size(); ++split) ASSERT_EQ(run(split), expected);
}

TEST(MonitorClientSession, MakesWholeDocumentsOfDeltas) {
  ClientSession session(with_deltas(), kStart);
  EXPECT_EQ(data_of(session, whole(1, Object{{"a", 1}, {"b", Object{{"c", 2}, {"d", 3}}}})),
            Strings{R"({"a": 1, "b": {"c": 2, "d": 3}})"});
  const auto change = delta(3, 1, Object{{"b", Object{{"c", 9}, {"d", nullptr}}}, {"e", 5}});
  ASSERT_TRUE(session.receive(as_bytes(change), kStart));
  const auto events = session.take_events();
  const auto& message = std::get<MessageReceived>(events.at(0)).message;
  EXPECT_EQ(to_json(*message.data()), R"({"a": 1, "b": {"c": 9}, "e": 5})");
  EXPECT_FALSE(message.is_delta());
  EXPECT_EQ(message.sequence->number, 3u);
  EXPECT_EQ(message.document.find("delta"), nullptr);
  EXPECT_EQ(message.document.find("base"), nullptr);
}

TEST(MonitorClientSession, MakesWholeDocumentsOfThePastAndGoesOnWithThoseOfNow) {
  ClientSession session(with_deltas(), kStart);
  EXPECT_EQ(
      data_of(session, whole(-1, Object{{"a", 1}, {"b", 1}}) + delta(0, -1, Object{{"a", 2}}) +
                           whole(7, Object{{"a", 3}}) + delta(8, 7, Object{{"a", 4}})),
      (Strings{R"({"a": 1, "b": 1})", R"({"a": 2, "b": 1})", R"({"a": 3})", R"({"a": 4})"}));
  EXPECT_EQ(session.counts().gaps, 0u);
}

TEST(MonitorClientSession, AsksForAWholeDocumentOnceAfterAGap) {
  ClientSession session(with_deltas(), kStart);
  EXPECT_THAT(taken_output(session), HasSubstr("subscribe"));
  session.writable(kStart, 0);
  EXPECT_EQ(data_of(session, whole(1, Object{{"a", 1}})).size(), 1u);
  EXPECT_EQ(data_of(session, delta(3, 2, Object{{"a", 2}}) + delta(4, 3, Object{{"a", 3}})),
            Strings{});
  EXPECT_EQ(taken_output(session), to_json(subscribe_document(*with_deltas().subscribe)) + "\n");
  session.writable(kStart, 0);
  EXPECT_EQ(session.counts().gaps, 2u);
  EXPECT_EQ(session.deadline(), kStart + 5500ms);
  EXPECT_EQ(data_of(session, whole(5, Object{{"a", 4}}) + delta(6, 5, Object{{"a", 5}})),
            (Strings{R"({"a": 4})", R"({"a": 5})"}));
  EXPECT_FALSE(session.deadline());
}

TEST(MonitorClientSession, EndsWhenNoWholeDocumentComesAfterAGap) {
  ClientSession session(with_deltas(), kStart);
  EXPECT_EQ(data_of(session, delta(3, 2, Object{})), Strings{});
  taken_output(session);
  session.writable(kStart, 0);
  EXPECT_TRUE(session.deadline_passed(kStart + 5499ms));
  EXPECT_EQ(session.deadline_passed(kStart + 5500ms).error().code, ErrorCode::kTimeout);
}

TEST(MonitorClientSession, RefusesDeltasThatNobodyAskedFor) {
  ClientSession session({}, kStart);
  EXPECT_EQ(taken_output(session), "");
  EXPECT_EQ(data_of(session, delta(3, 2, Object{})), Strings{"refused"});
  EXPECT_FALSE(session.deadline());
}

TEST(MonitorClientSession, KeepsNoMoreThanOneDocumentHoweverManyDeltasGrowIt) {
  ClientSession session(with_deltas(), kStart);
  const std::string half(kServerMessageBytesMax / 2, 'x');
  EXPECT_EQ(data_of(session, whole(1, Object{{"a", half}})).size(), 1u);
  EXPECT_EQ(data_of(session, delta(2, 1, Object{{"b", half}})), Strings{"refused"});
  EXPECT_THAT(taken_output(session), HasSubstr("subscribe"));
}

TEST(MonitorClientSession, EndsAtALineBeyondTheLimitBeforeItsEndComes) {
  ClientSession session({}, kStart);
  std::string line(kServerMessageBytesMax, 'x');
  EXPECT_EQ(session.receive(as_bytes(line), kStart), (Need{0, line.size() + 1}));
  line += 'x';
  EXPECT_EQ(session.receive(as_bytes(line), kStart).error().code, ErrorCode::kTooLarge);
}

TEST(MonitorClientSession, SaysWhatBecameOfEachMessage) {
  ClientSession session({}, kStart);
  const auto first = session.send(ping_document(), kStart);
  EXPECT_EQ(session.deadline(), kStart + 5s);
  session.output().clear();
  session.writable(kStart + 1s, 0);
  EXPECT_EQ(session.take_events(), (std::vector<ClientSessionEvent>{MessageSent{*first}}));
  const auto second = session.send(ping_document(), kStart + 2s);
  const auto third = session.send(ping_document(), kStart + 3s);
  EXPECT_TRUE(session.deadline_passed(kStart + 7s));
  EXPECT_EQ(session.take_events(), (std::vector<ClientSessionEvent>{SendTimedOut{*second}}));
  EXPECT_EQ(session.deadline(), kStart + 8s);
  EXPECT_EQ(third, 3u);
}

TEST(MonitorClientSession, QueuesNoMoreThanAllowedForAServerThatDoesNotRead) {
  ClientSession session({}, kStart);
  EXPECT_EQ(session.send(std::string(kRequestBytesMax - 1, 'x'), kStart).error().code,
            ErrorCode::kTooLarge);
  const Value large(std::string(kRequestBytesMax - 2, 'x'));
  std::size_t queued = 0;
  Result<std::uint64_t> ticket = 0;
  for (; ticket; ++queued) ticket = session.send(large, kStart);
  EXPECT_EQ(ticket.error().code, ErrorCode::kUnavailable);
  EXPECT_LE(session.output().size_bytes(), kClientOutputBytesMax + queued);
}

TEST(MonitorClientSession, CountsTextsWithoutTheirEnds) {
  ClientSession session({}, kStart);
  EXPECT_EQ(data_of(session, "{\"type\": \"pong\"}\nbad\n"), (Strings{"pong", "refused"}));
  ASSERT_TRUE(session.send(ping_document(), kStart));
  EXPECT_EQ(session.counts().messages_received, 2u);
  EXPECT_EQ(session.counts().bytes_received, 19u);
  EXPECT_EQ(session.counts().messages_sent, 1u);
  EXPECT_EQ(session.counts().bytes_sent, 16u);
}

}  // namespace
}  // namespace oriel::monitor
