#include "oriel/core/monitor/server_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "oriel/core/monitor/limits.h"

namespace oriel::monitor {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

const TimePoint kNow{std::chrono::hours(1)};

class Facts : public ServerFacts {
 public:
  // 2026-11-20T13:47:50.991384 in a zone two hours east.
  WallTime wall_time() const override { return {1'795'175'270'991'384, 7200}; }
  std::size_t connected_clients() const override { return 1; }
  bool is_active() const override { return true; }
};

constexpr const char* kGreeting =
    R"({"type": "connection", "status": "connected", "timestamp": "2026-11-20T13:47:50.991384", )"
    R"("message": "Connected to monitoring server"})"
    "\n";

std::string take(OutputQueue& queue) {
  std::string text;
  ByteSpan piece[1];
  while (queue.gather(piece) > 0) {
    text += as_text(piece[0]);
    queue.consume(piece[0].size());
  }
  return text;
}

// A session that has greeted.
struct Conversation {
  explicit Conversation(Dialect dialect = Dialect::kServer) : session(facts, dialect, kNow) {
    greeting = take(session.output());
  }
  Need receive(std::string_view text, TimePoint now = kNow) {
    auto need = session.receive(as_bytes(text), now);
    EXPECT_TRUE(need.has_value());
    return need.value_or(Need{});
  }
  std::string ask(std::string_view line) {
    EXPECT_EQ(receive(std::string(line) + "\n"), (Need{line.size() + 1, 1}));
    return take(session.output());
  }

  Facts facts;
  ServerSession session;
  std::string greeting;
};

TEST(MonitorServerSession, GreetsAndAnswersAsTheRealServerToTheByte) {
  Conversation talk;
  EXPECT_EQ(talk.greeting, kGreeting);
  EXPECT_EQ(talk.ask(R"({"type": "ping"})"),
            "{\"type\": \"pong\", \"timestamp\": \"2026-11-20T13:47:50.991384\"}\n");
  EXPECT_EQ(talk.ask(R"({"type": "get_status"})"),
            "{\"type\": \"status\", \"connected_clients\": 1, \"monitoring_active\": true, "
            "\"timestamp\": \"2026-11-20T13:47:50.991384\"}\n");
}

TEST(MonitorServerSession, AnswersWhatIsMalformedWithAnErrorAndGoesOn) {
  Conversation talk;
  for (const char* line : {"", "x", "[1,2]", "7", "null", "{}", R"({"type":7})",
                           "{\"type\":\"ping\"", "{\"type\":\"ping\"}}", "\xff"}) {
    EXPECT_EQ(talk.ask(line), "{\"type\": \"error\", \"message\": \"Invalid message\"}\n") << line;
    EXPECT_THAT(talk.ask(R"({"type":"ping"})"), StartsWith("{\"type\": \"pong\"")) << line;
  }
  EXPECT_EQ(talk.session.transition(), Transition::kNone);
}

TEST(MonitorServerSession, SaysWhatIsWrongWithASubscription) {
  Conversation talk;
  EXPECT_THAT(talk.ask(R"({"type":"subscribe","metrics":["warp"]})"),
              StartsWith(R"({"type": "error", "message": "subscribe: unknown metric \"warp\", )"));
  EXPECT_THAT(talk.ask(R"({"type":"subscribe","interval":0.01})"), HasSubstr("0.1 to 3600"));
  EXPECT_FALSE(talk.session.take_subscription());
}

TEST(MonitorServerSession, LeavesOtherTypesUnansweredAsTheRealServerDoes) {
  Conversation talk;
  EXPECT_EQ(talk.ask(R"({"type":"unsubscribe"})"), "");
}

TEST(MonitorServerSession, HandsOutTheLatestSubscriptionOnce) {
  Conversation talk;
  talk.receive(
      "{\"type\":\"subscribe\",\"interval\":5}\n"
      "{\"type\":\"subscribe\",\"metrics\":[\"cpu\"],\"interval\":0.5,\"delta\":true}\n");
  const auto subscription = talk.session.take_subscription();
  ASSERT_TRUE(subscription);
  EXPECT_EQ(subscription->metrics, MetricSet{Metric::kProcessor});
  EXPECT_EQ(subscription->interval, milliseconds(500));
  EXPECT_TRUE(subscription->wants_delta);
  EXPECT_FALSE(talk.session.take_subscription());
}

TEST(MonitorServerSession, SpeaksTheDialectThatTheClientShows) {
  Conversation by_member;
  by_member.ask(R"({"type":"subscribe","dialect":"seed"})");
  EXPECT_THAT(by_member.ask("x"), HasSubstr(R"("type": "error_message", "error": "Invalid)"));
  // It stays until the client says otherwise.
  by_member.ask(R"({"type":"subscribe"})");
  EXPECT_EQ(by_member.session.take_subscription()->dialect, Dialect::kSeed);
  by_member.ask(R"({"type":"subscribe","dialect":"server"})");
  EXPECT_EQ(by_member.session.dialect(), Dialect::kServer);

  Conversation by_type;
  EXPECT_EQ(by_type.ask(R"({"type":"connection_message","message":"hello"})"), "");
  EXPECT_EQ(by_type.session.dialect(), Dialect::kSeed);

  const Conversation from_the_start(Dialect::kSeed);
  EXPECT_THAT(from_the_start.greeting, StartsWith("{\"timestamp\": \"2026-11-20T13:47:50.991384\", "
                                                  "\"type\": \"connection_message\""));
}

TEST(MonitorServerSession, UnderstandsRequestsSplitAtEveryByte) {
  const std::string text = "{\"type\":\"ping\"}\r\nx\n{\"type\":\"subscribe\",\"interval\":1}\n";
  for (std::size_t split = 0; split <= text.size(); ++split) {
    Conversation talk;
    const auto consumed = talk.receive(text.substr(0, split)).consumed;
    EXPECT_EQ(talk.receive(text.substr(consumed)).consumed, text.size() - consumed);
    const auto said = take(talk.session.output());
    EXPECT_THAT(said, StartsWith("{\"type\": \"pong\""));
    EXPECT_THAT(said, EndsWith("{\"type\": \"error\", \"message\": \"Invalid message\"}\n"));
    EXPECT_EQ(talk.session.take_subscription()->interval, seconds(1));
  }
}

TEST(MonitorServerSession, TakesALineOfTheLimitAndSkipsALongerOne) {
  Conversation talk;
  std::string line = R"({"type":"ping"})";
  line.resize(kRequestBytesMax, ' ');
  EXPECT_THAT(talk.ask(line), StartsWith("{\"type\": \"pong\""));
  EXPECT_THAT(talk.ask(line + " "), HasSubstr("Invalid message: longer than 16384 bytes"));
  // One that goes on is not kept.
  EXPECT_EQ(talk.receive(line), (Need{0, line.size() + 1}));
  EXPECT_EQ(talk.receive(line + "x"), (Need{line.size() + 1, 1}));
  EXPECT_THAT(take(talk.session.output()), HasSubstr("longer than"));
  EXPECT_EQ(talk.receive(std::string(100'000, 'x')).consumed, 100'000u);
  EXPECT_THAT(talk.ask("end"), "");
  EXPECT_THAT(talk.ask(R"({"type":"ping"})"), StartsWith("{\"type\": \"pong\""));
}

TEST(MonitorServerSession, LeavesAFloodOfRequestsUnreadForAMoment) {
  Conversation talk;
  const std::string ping = "{\"type\":\"ping\"}\n";
  std::string flood;
  for (int i = 0; i < 200; ++i) flood += ping;
  const auto count = talk.receive(flood).consumed / ping.size();
  EXPECT_NEAR(static_cast<double>(count), kRequestsPerSecond, 1.5);
  ASSERT_TRUE(talk.session.rests_until());
  EXPECT_GT(*talk.session.rests_until(), kNow);
  EXPECT_EQ(talk.receive(flood).consumed, 0u);
  const auto later = talk.receive(flood, kNow + seconds(1)).consumed / ping.size();
  EXPECT_NEAR(static_cast<double>(later), kRequestsPerSecond, 1.5);
  // What was not used for a long time is not saved up.
  EXPECT_NEAR(static_cast<double>(talk.receive(flood, kNow + seconds(100)).consumed / ping.size()),
              kRequestsPerSecond, 1.5);
}

TEST(MonitorServerSession, CountsASubscriptionWithHistoryForManyRequests) {
  Conversation talk;
  const std::string subscribe = "{\"type\":\"subscribe\",\"since\":0}\n";
  std::string flood;
  for (int i = 0; i < 50; ++i) flood += subscribe;
  EXPECT_LE(talk.receive(flood).consumed / subscribe.size(), 3u);
}

TEST(MonitorServerSession, QueuesSharedLinesBehindItsAnswers) {
  Conversation talk;
  talk.receive("{\"type\":\"ping\"}\n");
  const std::string text = "{}\n";
  const auto line = std::make_shared<const Bytes>(text.begin(), text.end());
  talk.session.send(line);
  EXPECT_EQ(line.use_count(), 2);
  EXPECT_THAT(take(talk.session.output()), EndsWith("\"}\n{}\n"));
}

}  // namespace
}  // namespace oriel::monitor
