#include "oriel/core/conduit/peer_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "oriel/core/conduit/message_pack.h"
#include "oriel/core/conduit/response.h"
#include "oriel/testing/conduit/session_pair.h"

namespace oriel::conduit {
namespace {

using namespace oriel::testing;
using namespace std::chrono_literals;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Events = std::vector<SessionEvent>;
using Types = std::vector<FrameType>;

Bytes operator+(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

Bytes times(int count, const Bytes& bytes) {
  Bytes all;
  for (int i = 0; i < count; ++i) all.insert(all.end(), bytes.begin(), bytes.end());
  return all;
}

// The reason of the CLOSE that is the last thing it says.
std::string close_reason(PeerSession& session) {
  const auto frames = said(session);
  if (frames.empty() || frames.back().type != FrameType::kClose) return "no CLOSE";
  EXPECT_EQ(session.transition(), Transition::kClose);
  return *frames.back().payload.find("reason")->if_text();
}

const Value kOthers[] = {nullptr,          true, 7, 1.5, "text", Bytes{1}, Array{1}, Map{},
                         Extension{1, {2}}};

// ---- calls and messages

TEST(PeerSession, TellsCallsAndMessagesInOrder) {
  OpenServer server;
  ASSERT_TRUE(server.feed(call(7, "add", Map{{"a", 1}}) + message("chat", "hello") +
                          call(8, "list", Array{1, 2}) + call(9, "none")));
  EXPECT_EQ(take_events(server.session),
            (Events{CallReceived{.correlation = 7, .method = "add", .params = Map{{"a", 1}}},
                    MessageReceived{"chat", "hello"},
                    CallReceived{.correlation = 8, .method = "list", .params = Array{1, 2}},
                    CallReceived{.correlation = 9, .method = "none"}}));
  server.session.answer(8, share(reply(8, "two")));
  server.session.answer(7, share(reply(7, "one")));
  EXPECT_EQ(take_output(server.session), reply(8, "two") + reply(7, "one"));
}

TEST(PeerSession, GoesBothWays) {
  SessionPair pair;
  pair.run();
  take_events(pair.server);
  take_events(pair.client);
  EXPECT_EQ(pair.server.send(share(call(1, "ask"))), Sent::kQueued);
  EXPECT_EQ(pair.client.send(share(message("tell", 2))), Sent::kQueued);
  pair.run();
  EXPECT_EQ(take_events(pair.client), (Events{CallReceived{.correlation = 1, .method = "ask"}}));
  EXPECT_EQ(take_events(pair.server), (Events{MessageReceived{"tell", 2}}));
  pair.client.answer(1, share(reply(1, 42)));
  pair.run();
  EXPECT_EQ(take_events(pair.server),
            (Events{ReplyReceived{1, Map{{"success", true}, {"data", 42}}}}));
}

TEST(PeerSession, TellsTheSameAtEverySplit) {
  const auto bytes = call(7, "add", Map{{"a", 1}}) + frame(FrameType::kPing) +
                     message("chat", std::string(2000, 'x')) + frame(FrameType::kPause) +
                     reply(3, 4) + frame(FrameType::kResume) + frame(FrameType::kNack, {}, 7) +
                     frame(FrameType::kClose, Map{{"reason", "done"}});
  OpenServer whole;
  ASSERT_TRUE(whole.feed(bytes));
  const auto events = take_events(whole.session);
  EXPECT_EQ(events.size(), 7u);
  const auto answer = take_output(whole.session);
  for (std::size_t split = 1; split < bytes.size(); ++split) {
    OpenServer server;
    ASSERT_TRUE(server.feed(ByteSpan(bytes).first(split)));
    ASSERT_TRUE(server.feed(ByteSpan(bytes).subspan(split)));
    ASSERT_EQ(take_events(server.session), events) << split;
    ASSERT_EQ(take_output(server.session), answer) << split;
  }
}

TEST(PeerSession, WaitsForTheRestOfEveryTruncation) {
  const auto bytes = call(7, "add", Map{{"a", 1}});
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    OpenServer server;
    ASSERT_TRUE(server.feed(ByteSpan(bytes).first(size)));
    EXPECT_THAT(take_events(server.session), IsEmpty());
    EXPECT_EQ(server.fed.pending.size(), size);
  }
}

TEST(PeerSession, HearsOfACallersTimeout) {
  const std::tuple<Value, std::optional<std::int64_t>> timeouts[] = {
      {1, 1},
      {30'000, 30'000},
      {0, std::nullopt},
      {-1, std::nullopt},
      {std::numeric_limits<std::int64_t>::max(), kCallTimeoutMax.count()},
      {std::numeric_limits<std::uint64_t>::max(), kCallTimeoutMax.count()},
      {1.5, std::nullopt},
      {"1", std::nullopt},
      {nullptr, std::nullopt}};
  for (const auto& [value, timeout_ms] : timeouts) {
    OpenServer server;
    ASSERT_TRUE(
        server.feed(frame(FrameType::kRpcRequest, Map{{"method", "m"}, {"timeout_ms", value}}, 1)));
    EXPECT_EQ(take_events(server.session),
              (Events{CallReceived{.correlation = 1, .method = "m", .timeout_ms = timeout_ms}}));
  }
}

TEST(PeerSession, TakesRpcListForTheMethodListall) {
  OpenServer server;
  ASSERT_TRUE(server.feed(frame(FrameType::kRpcList, {}, 3)));
  EXPECT_EQ(take_events(server.session),
            (Events{CallReceived{.correlation = 3, .method = "listall"}}));
  server.session.answer(3, share(reply(3)));
  EXPECT_EQ(types_of(said(server.session)), Types{FrameType::kRpcResponse});
}

TEST(PeerSession, AnswersACallThatNamesNoMethod) {
  for (const auto& other : kOthers)
    for (const auto& payload : {other, Value(Map{{"method", other}})}) {
      if (payload == Value(Map{{"method", "text"}})) continue;
      OpenServer server;
      ASSERT_TRUE(server.feed(frame(FrameType::kRpcRequest, payload, 5)));
      EXPECT_THAT(take_events(server.session), IsEmpty());
      const auto frames = said(server.session);
      ASSERT_EQ(types_of(frames), Types{FrameType::kRpcResponse});
      EXPECT_EQ(frames[0].correlation, 5u);
      const auto envelope = envelope_of_response(frames[0].payload);
      ASSERT_TRUE(envelope);
      const auto answer = read_answer(*envelope, ErrorNumbers::kPrograms);
      ASSERT_FALSE(answer);
      EXPECT_EQ(answer.error().code, CallCode::kMethodNotFound);
      EXPECT_EQ(answer.error().number, 4000);
      // The id is free again.
      EXPECT_TRUE(server.feed(call(5, "add")));
    }
}

TEST(PeerSession, LimitsTheNamesOfMethodsAndTypes) {
  OpenServer server;
  ASSERT_TRUE(server.feed(call(1, std::string(kNameBytesMax, 'm')) +
                          message(std::string(kNameBytesMax, 't')) +
                          call(2, std::string(kNameBytesMax + 1, 'm')) + call(3, "")));
  EXPECT_EQ(take_events(server.session).size(), 2u);
  EXPECT_EQ(types_of(said(server.session)),
            (Types{FrameType::kRpcResponse, FrameType::kRpcResponse}));
  EXPECT_FALSE(server.feed(message(std::string(kNameBytesMax + 1, 't'))));
  EXPECT_THAT(close_reason(server.session), HasSubstr("got text of 257 bytes"));
}

TEST(PeerSession, AnswersACallWhoseParametersAreNone) {
  for (const auto& other : kOthers) {
    OpenServer server;
    ASSERT_TRUE(server.feed(call(5, "m", other)));
    const bool is_taken =
        other.is_null() || other.if_map() != nullptr || other.if_array() != nullptr;
    EXPECT_EQ(take_events(server.session).size(), is_taken ? 1u : 0u);
    EXPECT_EQ(said(server.session).size(), is_taken ? 0u : 1u);
  }
}

TEST(PeerSession, EndsWithAReasonWhenAMessageHasNoType) {
  for (const auto& other : kOthers)
    for (const auto& payload : {other, Value(Map{{"type", other}}), Value(Map{{"type", ""}})}) {
      if (payload == Value(Map{{"type", "text"}})) continue;
      OpenServer server;
      const auto status = server.feed(frame(FrameType::kMessage, payload));
      ASSERT_FALSE(status);
      EXPECT_EQ(status.error().code, ErrorCode::kInvalid);
      EXPECT_THAT(close_reason(server.session), HasSubstr("MESSAGE: expected a map with"));
    }
}

TEST(PeerSession, TakesAnyDataOfAMessage) {
  for (const auto& other : kOthers) {
    OpenServer server;
    ASSERT_TRUE(server.feed(message("t", other)));
    EXPECT_EQ(take_events(server.session), (Events{MessageReceived{"t", other}}));
  }
  OpenServer server;
  ASSERT_TRUE(server.feed(frame(FrameType::kMessage, Map{{"type", "t"}})));
  EXPECT_EQ(take_events(server.session), (Events{MessageReceived{"t", nullptr}}));
}

TEST(PeerSession, PassesOnRepliesToCallsThatNobodyMade) {
  OpenServer server;
  ASSERT_TRUE(server.feed(reply(99, 1) + reply(99, 2) + reply(0, 3)));
  EXPECT_EQ(take_events(server.session).size(), 3u);
  EXPECT_TRUE(server.session.is_open());
}

TEST(PeerSession, PassesOnARpcError) {
  OpenServer server;
  ASSERT_TRUE(server.feed(
      frame(FrameType::kRpcError, Map{{"success", false}, {"error", "no"}, {"code", 4000}}, 3)));
  const auto events = take_events(server.session);
  ASSERT_EQ(events.size(), 1u);
  const auto answer =
      read_answer(std::get<ReplyReceived>(events[0]).envelope, ErrorNumbers::kPrograms);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, CallCode::kMethodNotFound);
}

// The call has an outcome, and the others go on.
TEST(PeerSession, MakesAnErrorOfAReplyThatIsNone) {
  for (const auto type : {FrameType::kRpcResponse, FrameType::kRpcError})
    for (const auto& other : kOthers)
      for (const auto& payload :
           {other, Value(Map{{"success", other}}), Value(Map{{"success", other}, {"result", 1}}),
            Value(Map{{"success", false}, {"error", other}, {"code", other}})}) {
        OpenServer server;
        ASSERT_TRUE(server.feed(frame(type, payload, 3)));
        const auto events = take_events(server.session);
        ASSERT_EQ(events.size(), 1u);
        EXPECT_EQ(std::get<ReplyReceived>(events[0]).correlation, 3u);
      }
}

TEST(PeerSession, EndsWhenAnIdIsUsedForTwoCallsAtOnce) {
  OpenServer server;
  ASSERT_TRUE(server.feed(call(1, "a")));
  server.session.answer(1, share(reply(1)));
  ASSERT_TRUE(server.feed(call(1, "b"))) << "after the answer it is free";
  EXPECT_FALSE(server.feed(call(1, "c")));
  EXPECT_THAT(close_reason(server.session), HasSubstr("correlation id 1"));
  EXPECT_EQ(take_events(server.session).size(), 2u) << "what came before stays told";
}

TEST(PeerSession, AnswersCallsWithoutAnIdAsOftenAsTheyCame) {
  OpenServer server;
  server.session.answer(0, share(reply(0)));
  EXPECT_THAT(take_output(server.session), IsEmpty());
  ASSERT_TRUE(server.feed(call(0, "a") + call(0, "b")));
  EXPECT_EQ(take_events(server.session).size(), 2u);
  for (int i = 0; i < 3; ++i) server.session.answer(0, share(reply(0)));
  EXPECT_EQ(take_output(server.session), reply(0) + reply(0));
}

TEST(PeerSession, AnswersEachCallOnce) {
  OpenServer server;
  ASSERT_TRUE(server.feed(call(1, "a")));
  server.session.answer(2, share(reply(2)));
  server.session.answer(1, share(reply(1, "first")));
  server.session.answer(1, share(reply(1, "second")));
  EXPECT_EQ(take_output(server.session), reply(1, "first"));
}

TEST(PeerSession, AnswersInPiecesThatItDoesNotCopy) {
  OpenServer server;
  ASSERT_TRUE(server.feed(call(1, "a") + call(2, "b")));
  const auto whole = reply(1, std::string(100'000, 'x'));
  const auto pieces = [&whole] {
    const auto owner = share(whole);
    const ByteSpan all(*owner);
    return std::vector<HeldBytes>{{all.first(40), owner}, {all.subspan(40), owner}};
  };
  server.session.answer(3, pieces());
  EXPECT_TRUE(server.session.output().empty());
  const auto answer = pieces();
  server.session.answer(1, answer);
  server.session.answer(1, answer);
  ByteSpan lent[3];
  ASSERT_EQ(server.session.output().gather(lent), 2u);
  EXPECT_EQ(lent[1].data(), answer[1].bytes.data());
  EXPECT_EQ(take_output(server.session), whole);
}

// ---- cancelling

TEST(PeerSession, TellsOnceThatACallIsCancelledAndKeepsItsAnswer) {
  OpenServer server;
  ASSERT_TRUE(server.feed(call(1, "a") + call(2, "b") + frame(FrameType::kNack, {}, 1) +
                          frame(FrameType::kNack, {}, 1) + frame(FrameType::kNack, {}, 9) +
                          frame(FrameType::kNack, {}, 0)));
  auto events = take_events(server.session);
  ASSERT_EQ(events.size(), 3u);
  EXPECT_EQ(events[2], SessionEvent(CallCancelled{1}));
  server.session.answer(1, share(reply(1)));
  server.session.answer(2, share(reply(2)));
  EXPECT_EQ(take_output(server.session), reply(2));
}

TEST(PeerSession, TakesNackForNothingFromOtherPrograms) {
  OpenServer server({}, false);
  ASSERT_TRUE(server.feed(call(1, "a") + frame(FrameType::kNack, {}, 1)));
  EXPECT_EQ(take_events(server.session).size(), 1u);
  server.session.answer(1, share(reply(1)));
  EXPECT_EQ(take_output(server.session), reply(1));
}

TEST(PeerSession, CancelsOnlyAtItsOwnKind) {
  OpenServer ours;
  EXPECT_FALSE(ours.session.cancel(4));
  EXPECT_EQ(said(ours.session), (std::vector<ReadFrame>{{FrameType::kNack, {}, 4}}));
  OpenServer other({}, false);
  EXPECT_FALSE(other.session.cancel(4));
  EXPECT_THAT(said(other.session), IsEmpty());
}

TEST(PeerSession, DoesNotSendACallThatWasCancelledBeforeItLeft) {
  for (const bool is_oriel : {true, false}) {
    OpenServer server({}, is_oriel);
    ASSERT_TRUE(server.feed(frame(FrameType::kPause)));
    server.session.send(share(call(1, "a")));
    server.session.send(share(call(2, "b")));
    EXPECT_TRUE(server.session.cancel(1));
    EXPECT_THAT(take_output(server.session), IsEmpty());
    ASSERT_TRUE(server.feed(frame(FrameType::kResume)));
    EXPECT_EQ(take_output(server.session), call(2, "b"));
  }
}

TEST(PeerSession, KnowsAfterTheEndWhichCallsNeverLeft) {
  OpenServer server;
  server.session.send(share(call(1, "a")));
  ASSERT_TRUE(server.feed(frame(FrameType::kPause)));
  server.session.send(share(call(2, "b")));
  ASSERT_TRUE(server.feed(frame(FrameType::kClose)));
  take_output(server.session);
  EXPECT_FALSE(server.session.cancel(1));
  EXPECT_TRUE(server.session.cancel(2));
  EXPECT_THAT(take_output(server.session), IsEmpty());
}

// ---- flow

TEST(PeerSession, HoldsMessagesAndCallsWhilePausedButNoAnswers) {
  OpenServer server;
  ASSERT_TRUE(server.feed(call(1, "a") + frame(FrameType::kPause)));
  EXPECT_TRUE(server.session.is_paused());
  EXPECT_EQ(take_events(server.session).back(), SessionEvent(PeerPaused{true}));
  EXPECT_EQ(server.session.send(share(message("m1"))), Sent::kQueued);
  EXPECT_EQ(server.session.offer(share(message("m2")), 1, TopicPolicy::kBlock), Sent::kQueued);
  EXPECT_EQ(server.session.send(share(call(5, "c"))), Sent::kQueued);
  server.session.writable(server.now, 0);
  EXPECT_THAT(take_output(server.session), IsEmpty());
  server.session.answer(1, share(reply(1)));
  EXPECT_EQ(take_output(server.session), reply(1));
  ASSERT_TRUE(server.feed(frame(FrameType::kPing)));
  EXPECT_EQ(types_of(said(server.session)), Types{FrameType::kPong});
  ASSERT_TRUE(server.feed(frame(FrameType::kResume)));
  EXPECT_EQ(take_events(server.session), (Events{PeerPaused{false}}));
  EXPECT_EQ(take_output(server.session), message("m1") + message("m2") + call(5, "c"));
}

TEST(PeerSession, ReadsOnThroughAFloodOfPauses) {
  OpenServer server;
  ASSERT_TRUE(server.feed(times(10'000, frame(FrameType::kPause)) + call(1, "a")));
  EXPECT_EQ(take_events(server.session).size(), 2u);
  ASSERT_TRUE(server.feed(times(10'000, frame(FrameType::kResume) + frame(FrameType::kPause))));
  EXPECT_EQ(take_events(server.session), (Events{PeerPaused{true}})) << "only the last counts";
  EXPECT_EQ(server.session.stats().pauses_received, 20'000u);
  EXPECT_THAT(take_output(server.session), IsEmpty());
}

TEST(PeerSession, HoldsABoundedNumberForAPausedPeer) {
  SessionLimits limits;
  limits.send_queue = 3;
  OpenServer server(limits);
  ASSERT_TRUE(server.feed(frame(FrameType::kPause)));
  EXPECT_TRUE(server.session.has_room());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(server.session.send(share(message("m"))), Sent::kQueued);
  EXPECT_FALSE(server.session.has_room());
  EXPECT_EQ(server.session.send(share(message("m"))), Sent::kFull);
  EXPECT_EQ(server.session.offer(share(message("m")), 1, TopicPolicy::kDisconnect), Sent::kTooSlow);
  EXPECT_EQ(server.session.offer(share(message("m")), 1, TopicPolicy::kDropOldest), Sent::kDropped);
  EXPECT_EQ(server.session.stats().messages_dropped, 1u);
}

TEST(PeerSession, HoldsWhatAPeerDoesNotRead) {
  OpenServer server;
  const auto large = share(message("m", std::string(kOutputAheadBytes, 'x')));
  EXPECT_EQ(server.session.send(large), Sent::kQueued);
  EXPECT_EQ(server.session.offer(share(message("p", 1)), 1, TopicPolicy::kKeepLatest),
            Sent::kQueued);
  EXPECT_EQ(server.session.offer(share(message("p", 2)), 1, TopicPolicy::kKeepLatest),
            Sent::kQueued);
  EXPECT_EQ(take_output(server.session), *large);
  server.session.writable(server.now, 0);
  EXPECT_EQ(take_output(server.session), message("p", 2));
}

TEST(PeerSession, SharesABroadcastInsteadOfCopyingIt) {
  OpenServer server;
  const auto frame = share(message("m", std::string(10'000, 'x')));
  server.session.offer(frame, 1, TopicPolicy::kBlock);
  ByteSpan piece[1];
  ASSERT_EQ(server.session.output().gather(piece), 1u);
  EXPECT_EQ(piece[0].data(), frame->data());
}

TEST(PeerSession, HeedsNoPauseAndSaysNoneWithoutBackpressure) {
  SessionLimits limits;
  limits.has_backpressure = false;
  limits.receive_queue = 2;
  OpenServer server(limits);
  ASSERT_TRUE(server.feed(frame(FrameType::kPause) + message("a") + message("b")));
  EXPECT_FALSE(server.session.is_paused());
  EXPECT_EQ(take_events(server.session).size(), 2u);
  EXPECT_EQ(server.session.send(share(message("m"))), Sent::kQueued);
  EXPECT_EQ(take_output(server.session), message("m"));
  EXPECT_EQ(server.session.rests_until(), TimePoint::max()) << "but it takes no more than it holds";
  server.session.message_handled();
  EXPECT_FALSE(server.session.rests_until() > server.now);
}

TEST(PeerSession, SaysPauseAtTheHighMarkAndResumeAtTheLowOne) {
  SessionLimits limits;
  limits.receive_queue = 10;
  OpenServer server(limits);
  ASSERT_TRUE(server.feed(times(7, message("m"))));
  EXPECT_THAT(said(server.session), IsEmpty());
  ASSERT_TRUE(server.feed(call(1, "c")));
  EXPECT_EQ(types_of(said(server.session)), Types{FrameType::kPause});
  ASSERT_TRUE(server.feed(message("m")));
  EXPECT_THAT(said(server.session), IsEmpty()) << "once is enough";
  for (int i = 0; i < 3; ++i) server.session.message_handled();
  EXPECT_THAT(said(server.session), IsEmpty());
  server.session.answer(1, share(reply(1)));
  EXPECT_EQ(types_of(said(server.session)), (Types{FrameType::kResume, FrameType::kRpcResponse}));
  EXPECT_EQ(server.session.stats().pauses_sent, 1u);
  EXPECT_EQ(server.session.stats().resumes_sent, 1u);
}

TEST(PeerSession, MarksEveryQueueHoweverSmall) {
  for (std::size_t queue = 1; queue <= 20; ++queue) {
    SessionLimits limits;
    limits.receive_queue = queue;
    OpenServer server(limits);
    ASSERT_TRUE(server.feed(times(static_cast<int>(queue), message("m"))));
    EXPECT_EQ(server.session.rests_until(), TimePoint::max());
    EXPECT_EQ(types_of(said(server.session)), Types{FrameType::kPause}) << queue;
    for (std::size_t i = 0; i < queue; ++i) server.session.message_handled();
    EXPECT_EQ(types_of(said(server.session)), Types{FrameType::kResume}) << queue;
  }
}

TEST(PeerSession, RestsWhenItIsFullAndGoesOnWhereItStopped) {
  SessionLimits limits;
  limits.receive_queue = 2;
  OpenServer server(limits);
  ASSERT_TRUE(server.feed(times(5, message("m"))));
  EXPECT_EQ(take_events(server.session).size(), 2u);
  EXPECT_EQ(server.fed.pending.size(), 3 * message("m").size());
  EXPECT_EQ(server.session.rests_until(), TimePoint::max());
  server.session.message_handled();
  // A value that has passed: what was left is to be shown.
  ASSERT_TRUE(server.session.rests_until());
  EXPECT_LE(*server.session.rests_until(), server.now);
  ASSERT_TRUE(server.fed.show(server.now));
  EXPECT_EQ(take_events(server.session).size(), 1u);
  EXPECT_EQ(server.fed.pending.size(), 2 * message("m").size());
  server.session.message_handled();
  server.session.message_handled();
  ASSERT_TRUE(server.fed.show(server.now));
  EXPECT_EQ(take_events(server.session).size(), 2u);
  EXPECT_THAT(server.fed.pending, IsEmpty());
  server.session.message_handled();
  server.session.message_handled();
  ASSERT_TRUE(server.fed.show(server.now));
  ASSERT_TRUE(server.feed(message("m")));
  EXPECT_EQ(take_events(server.session).size(), 1u);
}

TEST(PeerSession, EndsItsTurnAfterSoManyBytesAsTheyCome) {
  OpenServer server;
  const auto one = message("m", std::string(900, 'x'));
  const auto need = server.session.receive(times(200, one), server.now);
  ASSERT_TRUE(need);
  EXPECT_TRUE(need->ends_turn);
  EXPECT_EQ(need->wanted, 1u);
  EXPECT_GE(need->consumed, kTurnWireBytes);
  EXPECT_LT(need->consumed, kTurnWireBytes + one.size());
  EXPECT_FALSE(server.session.rests_until());
  EXPECT_FALSE(server.session.receive(one, server.now)->ends_turn);
}

TEST(PeerSession, EndsItsTurnAfterSoManyBytesInMemory) {
  OpenServer server;
  const auto one = bomb(kTurnBytes);
  const auto need = server.session.receive(one + one, server.now);
  ASSERT_TRUE(need);
  EXPECT_TRUE(need->ends_turn);
  EXPECT_EQ(need->consumed, one.size());
}

TEST(PeerSession, HandsOutNoCallWhileAnswersAreNotRead) {
  OpenServer server;
  ASSERT_TRUE(server.feed(call(1, "a") + call(2, "b") + message("m") + call(3, "c")));
  ASSERT_TRUE(server.session.take_event());
  EXPECT_FALSE(server.session.is_answering());
  server.session.answer(1, share(reply(1, std::string(kUnreadAnswerBytes, 'x'))));
  EXPECT_TRUE(server.session.is_answering());
  ASSERT_TRUE(server.session.take_event());
  EXPECT_FALSE(server.session.is_answering()) << "a message is no call";
  ASSERT_TRUE(server.session.take_event());
  EXPECT_TRUE(server.session.is_answering());
  take_output(server.session);
  EXPECT_FALSE(server.session.is_answering());
}

TEST(PeerSession, ReadsNothingWhileMuchIsNotRead) {
  SessionLimits limits;
  limits.unread_output_bytes = 1000;
  OpenServer server(limits);
  ASSERT_TRUE(server.feed(call(1, "a")));
  server.session.answer(1, share(reply(1, std::string(1000, 'x'))));
  EXPECT_EQ(server.session.rests_until(), TimePoint::max());
  ASSERT_TRUE(server.feed(call(2, "b")));
  EXPECT_EQ(server.fed.pending.size(), call(2, "b").size());
  take_output(server.session);
  EXPECT_FALSE(server.session.rests_until() > server.now);
  ASSERT_TRUE(server.fed.show(server.now));
  EXPECT_EQ(take_events(server.session).size(), 2u);
}

TEST(PeerSession, TellsItsOwnKindHowLongAMessageMayBe) {
  SessionLimits limits;
  limits.message_bytes = 20'000;
  SessionPair pair(server_config(limits));
  EXPECT_EQ(pair.client.sendable_bytes(), kMessageBytes) << "it has heard nothing yet";
  pair.run();
  EXPECT_EQ(pair.client.sendable_bytes(), 20'000u);
  EXPECT_EQ(pair.server.sendable_bytes(), kMessageBytes);
  constexpr bool kIsOriel = false;
  EXPECT_EQ(OpenServer(limits, kIsOriel).session.sendable_bytes(), 20'000u) << "as we ourselves";
}

TEST(PeerSession, RestsAtTheEndOfWhatItWasShown) {
  SessionLimits limits;
  limits.receive_queue = 1;
  OpenServer server(limits);
  const auto bytes = message("m") + message("n");
  for (std::size_t shown = message("m").size(); shown <= bytes.size(); ++shown) {
    OpenServer one(limits);
    const auto need = one.session.receive(ByteSpan(bytes).first(shown), one.now);
    ASSERT_TRUE(need);
    EXPECT_EQ(*need, (Need{.consumed = message("m").size(), .wanted = 1}));
    EXPECT_EQ(one.session.rests_until(), TimePoint::max());
  }
}

TEST(PeerSession, IsFullFromItsBytesOn) {
  SessionLimits limits;
  limits.receive_queue_bytes = 100'000;
  OpenServer server(limits);
  ASSERT_TRUE(server.feed(times(3, message("m", std::string(30'000, 'x')))));
  EXPECT_EQ(types_of(said(server.session)), Types{FrameType::kPause});
  EXPECT_EQ(server.session.rests_until(), std::nullopt);
  ASSERT_TRUE(server.feed(call(1, "c", Map{{"x", std::string(30'000, 'x')}})));
  EXPECT_EQ(server.session.rests_until(), TimePoint::max());
  server.session.answer(1, share(reply(1)));
  server.session.message_handled();
  EXPECT_EQ(types_of(said(server.session)), Types{FrameType::kRpcResponse});
  server.session.message_handled();
  EXPECT_EQ(types_of(said(server.session)), Types{FrameType::kResume});
}

TEST(PeerSession, HoldsAFewBombsAtMost) {
  OpenServer server;
  const auto bytes = bomb(9'000'000);
  ASSERT_LT(bytes.size(), 10'000u);
  ASSERT_TRUE(server.feed(times(100, bytes)));
  const auto held = take_events(server.session).size();
  EXPECT_GE(held * 9'000'000, kReceiveQueueBytes);
  EXPECT_LE(held * 9'000'000, kReceiveQueueBytes + kMessageBytes);
  EXPECT_EQ(server.session.rests_until(), TimePoint::max());
}

TEST(PeerSession, HoldsFewRepliesThatNobodyTakes) {
  SessionLimits limits;
  limits.receive_queue_bytes = 100'000;
  OpenServer server(limits);
  ASSERT_TRUE(server.feed(times(10, reply(1, std::string(30'000, 'x')))));
  EXPECT_EQ(server.session.rests_until(), TimePoint::max());
  EXPECT_EQ(take_events(server.session).size(), 4u);
  EXPECT_FALSE(server.session.rests_until() > server.now);
  ASSERT_TRUE(server.fed.show(server.now));
  EXPECT_EQ(take_events(server.session).size(), 4u);
}

TEST(PeerSession, EndsAtABombWithAReason) {
  OpenServer server;
  const auto status = server.feed(bomb(kMessageBytes + 1));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kTooLarge);
  EXPECT_THAT(close_reason(server.session), HasSubstr("inflates"));
}

TEST(PeerSession, TakesAMessageOfItsLimitAndNoneBeyond) {
  SessionLimits limits;
  limits.message_bytes = 20'000;
  const auto payload_of = [](std::size_t bytes) {
    const auto overhead = message("m", std::string(1000, 'x')).size() - kHeaderBytes - 1000;
    return message("m", std::string(bytes - overhead, 'x'));
  };
  OpenServer server(limits);
  ASSERT_EQ(payload_of(20'000).size(), frame_bytes_max(limits));
  EXPECT_TRUE(server.feed(payload_of(19'999) + payload_of(20'000)));
  EXPECT_EQ(take_events(server.session).size(), 2u);
  // Told from the header.
  const auto status = server.feed(ByteSpan(payload_of(20'001)).first(kHeaderBytes));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kTooLarge);
  EXPECT_THAT(close_reason(server.session), HasSubstr("20001"));
}

TEST(PeerSession, WantsNeverMoreThanAFrame) {
  OpenServer server;
  const auto large = message("m", std::string(300'000, 'x'));
  for (std::size_t size = 0; size <= large.size(); size += 100) {
    const auto need = server.session.receive(ByteSpan(large).first(size), server.now);
    ASSERT_TRUE(need);
    EXPECT_GT(need->wanted, size - need->consumed);
    EXPECT_LE(need->wanted, large.size());
  }
}

TEST(PeerSession, EndsAtDeepNesting) {
  Bytes deep(2000, 0x91);  // arrays of one
  deep.push_back(0xC0);
  OpenServer server;
  const auto status = server.feed(raw_frame(
      {.type = FrameType::kMessage, .payload_bytes = static_cast<std::uint32_t>(deep.size())},
      deep));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kTooLarge);
  EXPECT_NE(close_reason(server.session), "no CLOSE");
}

TEST(PeerSession, EndsAtWhatIsNoMessagePack) {
  for (const auto& payload :
       {Bytes{0xC1}, Bytes{0x92, 0x01}, Bytes{0xC0, 0xC0}, Bytes{0xDF, 0xFF, 0xFF, 0xFF, 0xFF}}) {
    for (const auto type : {FrameType::kMessage, FrameType::kRpcRequest, FrameType::kPing}) {
      OpenServer server;
      EXPECT_FALSE(server.feed(raw_frame(
          {.type = type, .payload_bytes = static_cast<std::uint32_t>(payload.size())}, payload)));
      EXPECT_NE(close_reason(server.session), "no CLOSE");
    }
  }
}

TEST(PeerSession, EndsAtUnknownTypesAndVersionsWithAReason) {
  for (const auto& [at, byte] : {std::pair{4, 2}, {5, 1}, {6, 1}, {7, 0}, {7, 0x11}}) {
    OpenServer server;
    auto bytes = message("m");
    bytes[static_cast<std::size_t>(at)] = static_cast<std::uint8_t>(byte);
    const auto status = server.feed(bytes);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, ErrorCode::kUnsupported);
    EXPECT_EQ(close_reason(server.session), status.error().message);
  }
}

TEST(PeerSession, EndsAtALogInAfterTheLogIn) {
  for (const auto type :
       {FrameType::kAuthRequest, FrameType::kAuthSuccess, FrameType::kAuthFailure}) {
    OpenServer server;
    EXPECT_FALSE(server.feed(frame(type)));
    EXPECT_THAT(close_reason(server.session), HasSubstr("no place"));
  }
}

TEST(PeerSession, IgnoresWhatHasNoMeaning) {
  OpenServer server;
  ASSERT_TRUE(server.feed(frame(FrameType::kAck, 1, 1) + frame(FrameType::kCloseAck) +
                          frame(FrameType::kPong) + frame(FrameType::kPing, Map{{"x", 1}})));
  EXPECT_THAT(take_events(server.session), IsEmpty());
  EXPECT_EQ(types_of(said(server.session)), Types{FrameType::kPong});
  // Unknown flags and the reserved bytes.
  auto odd = message("m");
  odd[8] = 0xFF;
  odd[9] = 0xFE;
  odd[10] = odd[11] = 0xFF;
  ASSERT_TRUE(server.feed(odd));
  EXPECT_EQ(take_events(server.session).size(), 1u);
}

// ---- rates

SessionLimits rated(double messages, double bytes) {
  SessionLimits limits;
  limits.rate = RateLimit{.messages_per_second = messages, .bytes_per_second = bytes};
  return limits;
}

TEST(PeerSession, RestsWhenThereAreMoreMessagesThanTheRate) {
  OpenServer server(rated(10, 1e9));
  server.now += 10s;  // the log-in is forgotten
  ASSERT_TRUE(server.feed(times(20, message("m"))));
  EXPECT_EQ(take_events(server.session).size(), 11u) << "a second's worth, and one that is owed";
  ASSERT_TRUE(server.session.rests_until());
  EXPECT_EQ(*server.session.rests_until() - server.now, 100ms);
  for (int i = 0; i < 9; ++i) {
    server.now = *server.session.rests_until();
    ASSERT_TRUE(server.fed.show(server.now));
    EXPECT_EQ(take_events(server.session).size(), 1u);
  }
  EXPECT_THAT(server.fed.pending, IsEmpty()) << "nothing is lost";
}

TEST(PeerSession, RestsWhenThereAreMoreBytesThanTheRate) {
  OpenServer server(rated(1e9, 1000));
  server.now += 10s;
  const auto large = message("m", std::string(3000, 'x'));
  ASSERT_TRUE(server.feed(large + message("n")));
  EXPECT_EQ(take_events(server.session).size(), 1u);
  ASSERT_TRUE(server.session.rests_until());
  const auto rest = *server.session.rests_until() - server.now;
  EXPECT_EQ(std::chrono::round<std::chrono::milliseconds>(rest).count(),
            static_cast<std::int64_t>(large.size()) - 1000);
}

TEST(PeerSession, TakesARateOfNothingForNone) {
  OpenServer server(rated(0, -1));
  ASSERT_TRUE(server.feed(times(1000, frame(FrameType::kPing))));
  EXPECT_EQ(server.session.rests_until(), std::nullopt);
}

TEST(PeerSession, EarnsNoMoreThanASecondInAnHour) {
  OpenServer server(rated(10, 1e9));
  server.now += 1h;
  ASSERT_TRUE(server.feed(times(20, message("m"))));
  EXPECT_EQ(take_events(server.session).size(), 11u);
}

TEST(PeerSession, RestsNoLongerThanADayForTheRate) {
  OpenServer server(rated(1e9, 1e-300));
  ASSERT_TRUE(server.feed(message("m")));
  ASSERT_TRUE(server.session.rests_until());
  EXPECT_LE(*server.session.rests_until() - server.now, 24h);
}

// ---- life

TEST(PeerSession, AsksASilentPeerAndGivesItUp) {
  OpenServer server;
  auto& session = server.session;
  Types asked;
  for (int looks = 0; looks < 100 && session.deadline(); ++looks) {
    server.now = *session.deadline();
    if (!session.deadline_passed(server.now)) break;
    for (const auto& one : said(session)) {
      EXPECT_EQ(one.type, FrameType::kPing);
      asked.push_back(one.type);
      EXPECT_EQ((server.now - kConduitStart) % 30s, 0s);
    }
  }
  EXPECT_EQ(asked.size(), 2u) << "after 30 and 60 s";
  EXPECT_EQ(server.now - kConduitStart, 90s);
  EXPECT_EQ(close_reason(session), "the peer was silent for 90 s");
  EXPECT_EQ(session.deadline(), std::nullopt);
}

enum class Peer { kReads, kDoesNotRead };

// What passes of `session`'s time until `end`, at its deadlines; the error that it ends with.
Status pass_time(PeerSession& session, TimePoint& now, TimePoint end, Peer peer = Peer::kReads) {
  while (session.deadline() && *session.deadline() <= end) {
    now = *session.deadline();
    ORIEL_TRY_VOID(session.deadline_passed(now));
    if (peer == Peer::kReads) take_output(session);
  }
  now = end;
  return {};
}

TEST(PeerSession, TakesAnyTrafficForLife) {
  const Bytes signs[] = {frame(FrameType::kPong), frame(FrameType::kPing), message("m"), reply(1),
                         frame(FrameType::kAck)};
  for (const auto& sign : signs) {
    OpenServer server;
    for (int i = 0; i < 10; ++i) {
      ASSERT_TRUE(pass_time(server.session, server.now, server.now + 80s));
      ASSERT_TRUE(server.feed(sign));
      take_output(server.session);
    }
    EXPECT_TRUE(server.session.is_open());
  }
}

TEST(PeerSession, TakesEveryPieceOfALongFrameForLife) {
  OpenServer server;
  const auto large = message("m", std::string(5000, 'x'));
  for (std::size_t at = 0; at < large.size(); at += 500) {
    ASSERT_TRUE(pass_time(server.session, server.now, server.now + 80s)) << at;
    ASSERT_TRUE(
        server.feed(ByteSpan(large).subspan(at, std::min<std::size_t>(500, large.size() - at))));
    take_output(server.session);
  }
  EXPECT_EQ(take_events(server.session).size(), 1u);
}

TEST(PeerSession, AsksNobodyWhoSpeaks) {
  OpenServer server;
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(pass_time(server.session, server.now, server.now + 29s));
    ASSERT_TRUE(server.feed(frame(FrameType::kAck)));
  }
  EXPECT_EQ(server.session.stats().pings_sent, 0u);
}

TEST(PeerSession, MeasuresTheRoundTripOfAPing) {
  OpenServer server;
  ASSERT_TRUE(pass_time(server.session, server.now, kConduitStart + 30s, Peer::kDoesNotRead));
  EXPECT_EQ(types_of(said(server.session)), Types{FrameType::kPing});
  server.now += 20ms;
  ASSERT_TRUE(server.feed(frame(FrameType::kPong)));
  ASSERT_TRUE(server.feed(frame(FrameType::kPong))) << "nobody asked";
  EXPECT_EQ(server.session.stats().latency.current, std::optional<Duration>(20ms));
  EXPECT_EQ(server.session.stats().pongs_received, 2u);
}

TEST(PeerSession, MovesItsDeadlineNotWithTraffic) {
  OpenServer server;
  const auto deadline = server.session.deadline();
  server.now += 1s;
  ASSERT_TRUE(server.feed(message("m")));
  server.session.send(share(message("m")));
  EXPECT_EQ(server.session.deadline(), deadline);
  EXPECT_TRUE(server.session.deadline_passed(server.now)) << "too early: nothing";
  EXPECT_EQ(server.session.deadline(), deadline);
}

TEST(PeerSession, AsksBeforeItGivesUpWithATimeoutBelowTheInterval) {
  SessionLimits limits;
  limits.heartbeat_interval = 30s;
  limits.heartbeat_timeout = 10s;
  OpenServer server(limits);
  ASSERT_TRUE(pass_time(server.session, server.now, kConduitStart + 5s, Peer::kDoesNotRead));
  EXPECT_EQ(types_of(said(server.session)), Types{FrameType::kPing});
  ASSERT_TRUE(pass_time(server.session, server.now, kConduitStart + 10s - Duration(1)));
  EXPECT_FALSE(pass_time(server.session, server.now, kConduitStart + 10s));
}

// The process was stopped, or the machine slept: what the peer said meanwhile is not read yet.
TEST(PeerSession, AsksAfterALongAbsenceOfItsOwn) {
  OpenServer server;
  server.now += 1h;
  ASSERT_TRUE(server.session.deadline_passed(server.now));
  EXPECT_EQ(types_of(said(server.session)), Types{FrameType::kPing});
  // Asked, and away again: no answer could be read.
  server.now += 1h;
  ASSERT_TRUE(server.session.deadline_passed(server.now));
  EXPECT_EQ(types_of(said(server.session)), Types{FrameType::kPing});
  EXPECT_FALSE(pass_time(server.session, server.now, server.now + 60s)) << "now it had the time";
}

TEST(PeerSession, BlamesNobodyForSilenceWhileItDoesNotListen) {
  SessionLimits limits;
  limits.receive_queue = 1;
  OpenServer server(limits);
  ASSERT_TRUE(server.feed(call(1, "slow") + call(2, "waits")));
  take_output(server.session);
  ASSERT_TRUE(pass_time(server.session, server.now, server.now + 10min));
  server.session.answer(1, share(reply(1)));
  take_output(server.session);
  // It has just begun to listen.
  ASSERT_TRUE(pass_time(server.session, server.now, *server.session.deadline()));
  EXPECT_TRUE(server.session.is_open());
  ASSERT_TRUE(server.fed.show(server.now));
  server.session.answer(2, share(reply(2)));
  take_output(server.session);
  EXPECT_FALSE(pass_time(server.session, server.now, server.now + 3min));
}

TEST(PeerSession, BlamesNobodyForSilenceInARestForTheRate) {
  OpenServer server(rated(1e9, 10));
  server.now += 1min;
  ASSERT_TRUE(server.feed(message("m", std::string(5000, 'x'))));
  ASSERT_GT(*server.session.rests_until() - server.now, 8min);
  ASSERT_TRUE(pass_time(server.session, server.now, *server.session.rests_until()));
  EXPECT_EQ(server.session.stats().pings_sent, 0u);
}

TEST(PeerSession, NeverAsksWithoutHeartbeats) {
  SessionLimits limits;
  limits.heartbeat_interval = 0s;
  OpenServer server(limits);
  ASSERT_TRUE(pass_time(server.session, server.now, server.now + 24h));
  limits.connection_timeout = 0s;
  OpenServer timeless(limits);
  EXPECT_EQ(timeless.session.deadline(), std::nullopt);
  limits.heartbeat_interval = Duration::max();
  limits.heartbeat_timeout = Duration::max();
  limits.connection_timeout = Duration::max();
  OpenServer patient(limits);
  ASSERT_TRUE(pass_time(patient.session, patient.now, patient.now + 24h));
}

TEST(PeerSession, GivesUpAPeerThatTakesNothing) {
  for (const Duration timeout : {Duration(1s), Duration(30s), Duration(5min)}) {
    SessionLimits limits;
    limits.connection_timeout = timeout;
    OpenServer server(limits);
    server.session.send(share(message("m")));
    const auto sent_at = server.now;
    Status status;
    while (status && server.now < sent_at + 1h) {
      ASSERT_TRUE(server.feed(frame(FrameType::kAck))) << "it speaks, but does not read";
      status = pass_time(server.session, server.now, server.now + timeout / 10, Peer::kDoesNotRead);
    }
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, ErrorCode::kTimeout);
    EXPECT_THAT(status.error().message, HasSubstr("read nothing"));
    EXPECT_GE(server.now - sent_at, timeout);
    EXPECT_LE(server.now - sent_at, 3 * timeout / 2 + timeout / 10);
  }
}

TEST(PeerSession, IsPatientWithAPeerThatReadsSlowly) {
  OpenServer server;
  server.session.send(share(message("m", std::string(60'000, 'x'))));
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(server.feed(frame(FrameType::kAck)));
    ASSERT_TRUE(pass_time(server.session, server.now, server.now + 20s, Peer::kDoesNotRead)) << i;
    server.session.output().consume(1);
  }
}

TEST(PeerSession, CountsOnTheUnixClockFromItsStart) {
  OpenServer server;
  EXPECT_EQ(server.session.unix_ms(kConduitStart + 1500ms), 1'700'000'001'500u);
  EXPECT_EQ(server.session.unix_ms(TimePoint{}), 1'700'000'000'000u - 3'600'000);
}

// ---- the end

TEST(PeerSession, AcknowledgesAClose) {
  OpenServer server;
  ASSERT_TRUE(server.feed(frame(FrameType::kClose, Map{{"reason", "done"}}) + message("late")));
  EXPECT_EQ(take_events(server.session), (Events{PeerClosed{"done"}}));
  EXPECT_EQ(types_of(said(server.session)), Types{FrameType::kCloseAck});
  EXPECT_EQ(server.session.transition(), Transition::kClose);
  EXPECT_THAT(server.fed.pending, IsEmpty());
}

TEST(PeerSession, TakesACloseWithoutAReason) {
  for (const auto& payload : {Value(), Value(7), Value(Map{{"reason", 7}}), Value("text")}) {
    OpenServer server;
    ASSERT_TRUE(server.feed(frame(FrameType::kClose, payload)));
    EXPECT_EQ(take_events(server.session), (Events{PeerClosed{}}));
  }
  OpenServer server;
  ASSERT_TRUE(server.feed(
      frame(FrameType::kClose, Map{{"reason", std::string(kReasonBytesMax, 'x') + "y"}})));
  EXPECT_EQ(take_events(server.session), (Events{PeerClosed{std::string(kReasonBytesMax, 'x')}}));
}

TEST(PeerSession, ClosesWithAReasonBehindAllThatWaits) {
  OpenServer server;
  const auto large = message("m", std::string(kOutputAheadBytes, 'x'));
  server.session.send(share(large));
  server.session.send(share(message("waits")));
  server.session.say_close("shutting down");
  EXPECT_EQ(take_output(server.session),
            large + message("waits") +
                make_frame(FrameType::kClose, Map{{"reason", "shutting down"}},
                           {.timestamp_ms = 1'700'000'000'000}));
  server.session.say_close("again");
  EXPECT_THAT(take_output(server.session), IsEmpty());
  EXPECT_EQ(server.session.transition(), Transition::kClose);
}

TEST(PeerSession, SendsAPausedPeerNothingButTheClose) {
  OpenServer server;
  ASSERT_TRUE(server.feed(frame(FrameType::kPause)));
  server.session.send(share(message("waits")));
  server.session.say_close("bye");
  EXPECT_EQ(types_of(said(server.session)), Types{FrameType::kClose});
}

TEST(PeerSession, TellsTheOtherSideWhyItCloses) {
  SessionPair pair;
  pair.run();
  take_events(pair.client);
  pair.server.say_close("maintenance");
  pair.run();
  EXPECT_EQ(take_events(pair.client), (Events{PeerClosed{"maintenance"}}));
  EXPECT_EQ(pair.client.transition(), Transition::kClose);
  EXPECT_FALSE(pair.server_error || pair.client_error);
}

TEST(PeerSession, OutlivesWhatIsHandledAfterTheEnd) {
  SessionLimits limits;
  limits.receive_queue = 5;
  OpenServer server(limits);
  ASSERT_TRUE(server.feed(call(1, "a") + call(0, "b") + call(2, "c") + message("m") +
                          frame(FrameType::kNack, {}, 2)));
  server.session.say_close("bye");
  take_output(server.session);
  EXPECT_EQ(server.session.rests_until(), std::nullopt);
  server.session.answer(1, share(reply(1)));
  server.session.answer(0, share(reply(0)));
  server.session.answer(2, share(reply(2)));
  server.session.answer(1, share(reply(1)));
  server.session.message_handled();
  EXPECT_EQ(server.session.send(share(message("m"))), Sent::kClosed);
  EXPECT_EQ(server.session.offer(share(message("m")), 1, TopicPolicy::kBlock), Sent::kClosed);
  EXPECT_FALSE(server.session.cancel(9));
  server.session.writable(server.now, 0);
  EXPECT_TRUE(server.session.deadline_passed(server.now + 24h));
  EXPECT_EQ(server.session.deadline(), std::nullopt);
  EXPECT_THAT(take_output(server.session), IsEmpty());
}

TEST(PeerSession, SendsNothingOfItsQueueAfterTheEnd) {
  OpenServer server;
  ASSERT_TRUE(server.feed(frame(FrameType::kPause)));
  server.session.send(share(message("waits")));
  ASSERT_FALSE(server.feed(frame(FrameType::kAuthRequest)));
  take_output(server.session);
  server.session.writable(server.now, 0);
  EXPECT_THAT(take_output(server.session), IsEmpty());
}

TEST(PeerSession, CountsWhatPasses) {
  OpenServer server;
  const auto before = server.session.stats();
  ASSERT_TRUE(server.feed(frame(FrameType::kPing) + frame(FrameType::kPong) +
                          frame(FrameType::kPause) + frame(FrameType::kResume)));
  server.session.send(share(message("m")));
  const auto stats = server.session.stats();
  EXPECT_EQ(stats.frames_in - before.frames_in, 4u);
  EXPECT_EQ(stats.frames_out - before.frames_out, 2u);
  EXPECT_EQ(stats.pings_received, 1u);
  EXPECT_EQ(stats.pongs_received, 1u);
  EXPECT_EQ(stats.pauses_received, 1u);
  EXPECT_EQ(stats.resumes_received, 1u);
}

}  // namespace
}  // namespace oriel::conduit
