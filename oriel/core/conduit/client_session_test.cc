#include "oriel/core/conduit/client_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "oriel/testing/conduit/session_pair.h"

namespace oriel::conduit {
namespace {

using namespace oriel::testing;
using ::testing::HasSubstr;

using Events = std::vector<SessionEvent>;
using Types = std::vector<FrameType>;

struct Lonely {
  explicit Lonely(ClientSessionConfig config = client_config())
      : session(std::move(config), {kConduitStart, 0}) {
    first = said(session);
  }

  Status feed(ByteSpan bytes) { return fed.feed(bytes, kConduitStart); }

  ClientSession session;
  Fed fed{session};
  std::vector<ReadFrame> first;
};

Bytes success(Map more = {}) {
  more.set("session_token", "t");
  more.set("server_info", Map{{"name", "s"}, {"version", "1"}});
  return frame(FrameType::kAuthSuccess, std::move(more));
}

TEST(ClientSession, SpeaksFirstAndInOnePiece) {
  Lonely client(client_config(LoginMethod::kBareHash));
  EXPECT_EQ(
      client.first,
      (std::vector<ReadFrame>{{FrameType::kAuthRequest,
                               Map{{"password_hash", password_hash("secret")},
                                   {"client_info", Map{{"name", "client"},
                                                       {"version", "3.4"},
                                                       {"oriel", 1},
                                                       {"max_message_bytes", kMessageBytes}}}},
                               0}}));
}

TEST(ClientSession, SaysNoPasswordAndNoHashInScram) {
  Lonely client;
  ASSERT_EQ(types_of(client.first), Types{FrameType::kAuthRequest});
  const auto& payload = client.first[0].payload;
  EXPECT_EQ(payload.find("password_hash"), nullptr);
  EXPECT_EQ(*payload.find("mechanism"), Value("SCRAM-SHA-256"));
  EXPECT_EQ(*payload.find("message"), Value("n,,n=conduit,r=client-nonce-0123456789"));
}

TEST(ClientSession, OpensWithARealServer) {
  Lonely client(client_config(LoginMethod::kBareHash));
  ASSERT_TRUE(client.feed(success()));
  EXPECT_EQ(take_events(client.session),
            (Events{Opened{.peer = {.name = "s", .version = "1"}, .token = "t"}}));
  EXPECT_TRUE(client.session.is_open());
}

TEST(ClientSession, RefusesAServerThatProvesNothing) {
  // Without asking for a proof; with one of its own; after the challenge; with what is none.
  Lonely at_once;
  const auto status = at_once.feed(success());
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kRefused);
  Lonely invented;
  EXPECT_FALSE(invented.feed(success(Map{{"message", "v=AAAA"}})));
  for (const auto& message : {Value(), Value("v=AAAA"), Value("e=other-error"), Value(7)}) {
    SessionPair pair;
    pair.pass_to_server();
    pair.pass_to_client();
    take_output(pair.client);
    const auto refused = pair.to_client.feed(success(Map{{"message", message}}), kConduitStart);
    ASSERT_FALSE(refused);
    EXPECT_FALSE(pair.client.is_open());
    EXPECT_TRUE(take_events(pair.client).empty());
    EXPECT_EQ(pair.client.transition(), Transition::kClose);
  }
}

TEST(ClientSession, AnswersNoChallengeThatItDidNotAskFor) {
  Lonely client(client_config(LoginMethod::kBareHash));
  const auto status = client.feed(frame(
      FrameType::kAuthRequest, Map{{"mechanism", "SCRAM-SHA-256"}, {"message", "r=x,s=AA==,i=1"}}));
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().message, HasSubstr("not offered"));
}

TEST(ClientSession, AnswersOneChallengeOnly) {
  SessionPair pair;
  pair.pass_to_server();
  const auto challenge = take_output(pair.server);
  ASSERT_TRUE(pair.to_client.feed(challenge, kConduitStart));
  EXPECT_EQ(types_of(said(pair.client)), Types{FrameType::kAuthRequest});
  EXPECT_FALSE(pair.to_client.feed(challenge, kConduitStart));
}

TEST(ClientSession, DoesNotHashForEverBecauseAServerSaysSo) {
  Lonely client;
  const auto status = client.feed(
      frame(FrameType::kAuthRequest,
            Map{{"message", "r=client-nonce-0123456789server,s=AAAAAAAAAAA=,i=4000000000"}}));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kTooLarge);
}

TEST(ClientSession, RefusesWrongTypesInEveryFieldOfTheChallenge) {
  for (const auto& other : {Value(), Value(true), Value(7), Value(Bytes{1}), Value(Array{}),
                            Value(Map{}), Value("nonsense")}) {
    for (const auto& payload : {other, Value(Map{{"message", other}})}) {
      Lonely client;
      EXPECT_FALSE(client.feed(frame(FrameType::kAuthRequest, payload)));
      EXPECT_FALSE(client.session.is_open());
    }
  }
}

TEST(ClientSession, LeavesOutWrongTypesInWhatTheServerSaysOfItself) {
  for (const auto& other : {Value(), Value(true), Value(7), Value(Bytes{1}), Value(Array{})}) {
    Lonely client(client_config(LoginMethod::kBareHash));
    ASSERT_TRUE(client.feed(
        frame(FrameType::kAuthSuccess, Map{{"session_token", other}, {"server_info", other}})));
    EXPECT_EQ(take_events(client.session), Events{Opened{}});
    Lonely bare(client_config(LoginMethod::kBareHash));
    ASSERT_TRUE(bare.feed(frame(FrameType::kAuthSuccess, other)));
    EXPECT_EQ(take_events(bare.session), Events{Opened{}});
  }
}

TEST(ClientSession, TellsARealServerThatRefusesFromOneOfOurs) {
  Lonely real;
  ASSERT_TRUE(real.feed(frame(FrameType::kAuthFailure, Map{{"reason", "Invalid authentication"}})));
  EXPECT_EQ(take_events(real.session),
            (Events{LoginRefused{.reason = "Invalid authentication", .may_try_hash = true}}));
  Lonely ours;
  ASSERT_TRUE(ours.feed(frame(FrameType::kAuthFailure,
                              Map{{"reason", "no"}, {"mechanisms", Array{"SCRAM-SHA-256"}}})));
  EXPECT_EQ(take_events(ours.session), Events{LoginRefused{.reason = "no"}});
  Lonely with_hash(client_config(LoginMethod::kBareHash));
  ASSERT_TRUE(with_hash.feed(frame(FrameType::kAuthFailure, Map{{"reason", "no"}})));
  EXPECT_EQ(take_events(with_hash.session), Events{LoginRefused{.reason = "no"}});
}

TEST(ClientSession, TakesARefusalWithoutAReason) {
  for (const auto& payload : {Value(), Value(7), Value(Map{{"reason", 7}})}) {
    Lonely client(client_config(LoginMethod::kBareHash));
    ASSERT_TRUE(client.feed(frame(FrameType::kAuthFailure, payload)));
    EXPECT_EQ(take_events(client.session), Events{LoginRefused{.reason = "no reason was given"}});
  }
}

TEST(ClientSession, CutsALongReason) {
  Lonely client;
  ASSERT_TRUE(client.feed(frame(
      FrameType::kAuthFailure,
      Map{{"reason", std::string(kReasonBytesMax - 1, 'r') + "\u00e9"}, {"mechanisms", Array{}}})));
  EXPECT_EQ(take_events(client.session),
            Events{LoginRefused{.reason = std::string(kReasonBytesMax - 1, 'r')}});
}

TEST(ClientSession, TellsWhyAServerClosesInsteadOfAnswering) {
  Lonely client;
  const auto status = client.feed(frame(FrameType::kClose, Map{{"reason", "no room"}}));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error(), (Error{ErrorCode::kClosed, "the server closes: no room"}));
  EXPECT_TRUE(said(client.session).empty());
}

TEST(ClientSession, TakesNothingElseBeforeTheAnswer) {
  for (const auto type : {FrameType::kMessage, FrameType::kRpcRequest, FrameType::kRpcResponse,
                          FrameType::kPing, FrameType::kPong, FrameType::kPause, FrameType::kResume,
                          FrameType::kAck, FrameType::kNack}) {
    Lonely client;
    EXPECT_FALSE(client.feed(frame(type, Map{{"type", "x"}})));
    EXPECT_TRUE(take_events(client.session).empty());
  }
}

TEST(ClientSession, TellsWhatIsNotTheConduit) {
  Lonely client;
  const auto status = client.feed(as_bytes("HTTP/1.1 400 Bad Request\r\n"));
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().message, HasSubstr("HTTP"));
  EXPECT_TRUE(take_output(client.session).empty());
}

TEST(ClientSession, KeepsWhatHashingMadeForTheNextTime) {
  SessionPair pair;
  EXPECT_TRUE(pair.client.salted().salt.empty());
  pair.run();
  ASSERT_TRUE(pair.client.is_open());
  auto config = client_config();
  config.salted = pair.client.salted();
  EXPECT_EQ(config.salted.iterations, 4096u);
  // That it is used shows: it stands for another password.
  config.password = "wrong";
  SessionPair again(server_config(), std::move(config));
  again.run();
  EXPECT_TRUE(again.client.is_open());
}

TEST(ClientSession, HashesAnewForAnotherSalt) {
  auto config = client_config();
  config.salted = {.salt = {9, 9, 9}, .iterations = 4096, .password = {}};
  SessionPair pair(server_config(), std::move(config));
  pair.run();
  EXPECT_TRUE(pair.client.is_open());
}

TEST(ClientSession, GivesUpAServerThatDoesNotAnswer) {
  Lonely client;
  EXPECT_EQ(client.session.deadline(), kConduitStart + kAuthTimeout);
  EXPECT_FALSE(client.session.deadline_passed(kConduitStart + kAuthTimeout));
  EXPECT_EQ(client.session.transition(), Transition::kClose);
}

TEST(ClientSession, SendsNothingBeforeItIsOpen) {
  Lonely client;
  EXPECT_EQ(client.session.send(share(message("a"))), Sent::kClosed);
  EXPECT_EQ(client.session.offer(share(message("a")), 1, TopicPolicy::kKeepLatest), Sent::kClosed);
  EXPECT_FALSE(client.session.has_room());
  client.session.answer(1, share(reply(1)));
  EXPECT_FALSE(client.session.cancel(1));
  EXPECT_TRUE(take_output(client.session).empty());
}

}  // namespace
}  // namespace oriel::conduit
