#include "oriel/core/conduit/server_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "oriel/core/conduit/message_pack.h"
#include "oriel/testing/conduit/session_pair.h"

namespace oriel::conduit {
namespace {

using namespace oriel::testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Events = std::vector<SessionEvent>;
using Types = std::vector<FrameType>;

struct Lonely {
  explicit Lonely(ServerSessionConfig config = server_config())
      : session(std::move(config), login_book(), {kConduitStart, 0}) {}

  Status feed(ByteSpan bytes) { return fed.feed(bytes, kConduitStart); }

  ServerSession session;
  Fed fed{session};
};

Bytes hash_request(std::string_view password, Value client_info = nullptr) {
  return frame(FrameType::kAuthRequest, Map{{"password_hash", password_hash(password)},
                                            {"client_info", std::move(client_info)}});
}

// The reason of the AUTH_FAILURE that is all it says.
std::string refusal(ServerSession& session) {
  const auto frames = said(session);
  EXPECT_EQ(types_of(frames), Types{FrameType::kAuthFailure});
  EXPECT_EQ(session.transition(), Transition::kClose);
  const auto* reason = frames.at(0).payload.find("reason");
  return reason != nullptr && reason->if_text() != nullptr ? *reason->if_text() : "";
}

TEST(ServerSession, LetsARealClientIn) {
  Lonely server;
  ASSERT_TRUE(server.feed(hash_request("geheim", Map{{"name", "x"}, {"version", "1"}})));
  EXPECT_EQ(
      said(server.session),
      (std::vector<ReadFrame>{{FrameType::kAuthSuccess,
                               Map{{"session_token", "token"},
                                   {"server_info", Map{{"name", "server"},
                                                       {"version", "1.2"},
                                                       {"oriel", 1},
                                                       {"max_message_bytes", kMessageBytes}}}},
                               0}}));
  EXPECT_EQ(
      take_events(server.session),
      (Events{Opened{.peer = {.name = "x", .version = "1"}, .token = "token", .identity = "ben"}}));
  EXPECT_TRUE(server.session.is_open());
}

TEST(ServerSession, MeetsAClientAtEverySplit) {
  for (const auto method : {LoginMethod::kScram, LoginMethod::kBareHash})
    for (std::size_t step = 1; step <= 300; step += step < 70 ? 1 : 17) {
      SessionPair pair(server_config(), client_config(method), step);
      pair.run();
      const bool is_mutual = method == LoginMethod::kScram;
      ASSERT_EQ(take_events(pair.server),
                (Events{Opened{.peer = {.name = "client",
                                        .version = "3.4",
                                        .is_oriel = true,
                                        .max_message_bytes = kMessageBytes},
                               .token = "token",
                               .identity = "ann",
                               .is_mutual = is_mutual}}))
          << step;
      ASSERT_EQ(take_events(pair.client),
                (Events{Opened{.peer = {.name = "server",
                                        .version = "1.2",
                                        .is_oriel = true,
                                        .max_message_bytes = kMessageBytes},
                               .token = "token",
                               .is_mutual = is_mutual}}))
          << step;
    }
}

TEST(ServerSession, TellsWhosePasswordItWas) {
  for (const auto method : {LoginMethod::kScram, LoginMethod::kBareHash})
    for (const auto& [password, identity] : {std::pair("secret", "ann"), {"geheim", "ben"}}) {
      SessionPair pair(server_config(), client_config(method, password));
      pair.run();
      const auto events = take_events(pair.server);
      ASSERT_EQ(events.size(), 1u);
      EXPECT_EQ(std::get<Opened>(events[0]).identity, identity);
    }
}

TEST(ServerSession, RefusesAWrongPasswordAsTheRealOneDoes) {
  for (const auto method : {LoginMethod::kScram, LoginMethod::kBareHash}) {
    SessionPair pair(server_config(), client_config(method, "wrong"));
    pair.run();
    EXPECT_EQ(take_events(pair.server),
              (Events{LoginRefused{.reason = "Invalid password", .is_wrong_password = true}}));
    EXPECT_EQ(take_events(pair.client), (Events{LoginRefused{.reason = "Invalid password"}}));
    EXPECT_FALSE(pair.server_error || pair.client_error);
    EXPECT_EQ(pair.server.transition(), Transition::kClose);
    EXPECT_EQ(pair.client.transition(), Transition::kClose);
    EXPECT_FALSE(pair.server.is_open() || pair.client.is_open());
  }
}

TEST(ServerSession, LetsAnybodyInWhereThereIsNoPassword) {
  auto config = server_config();
  config.takes_anyone = true;
  Lonely server(std::move(config));
  ASSERT_TRUE(server.feed(hash_request("whatever")));
  EXPECT_TRUE(server.session.is_open());
}

TEST(ServerSession, SaysNothingToARealClientThatMightLoseIt) {
  Lonely server;
  ASSERT_TRUE(server.feed(hash_request("geheim")));
  (void)said(server.session);
  EXPECT_EQ(server.session.send(std::make_shared<const Bytes>(frame(FrameType::kMessage, Map{}))),
            Sent::kQueued);
  EXPECT_TRUE(server.session.output().empty());
  EXPECT_EQ(server.session.deadline(), kConduitStart + kQuietAfterLogin);
  EXPECT_TRUE(server.session.deadline_passed(kConduitStart + kQuietAfterLogin));
  EXPECT_EQ(types_of(said(server.session)), Types{FrameType::kMessage});
}

TEST(ServerSession, EndsItsQuietWhenTheClientSpeaks) {
  Lonely server;
  ASSERT_TRUE(server.feed(hash_request("geheim")));
  (void)said(server.session);
  (void)server.session.send(std::make_shared<const Bytes>(frame(FrameType::kMessage, Map{})));
  ASSERT_TRUE(server.feed(frame(FrameType::kPing)));
  EXPECT_EQ(types_of(said(server.session)), (Types{FrameType::kMessage, FrameType::kPong}));
}

TEST(ServerSession, LooksAtNothingOfALockedOutPeer) {
  for (const auto method : {LoginMethod::kScram, LoginMethod::kBareHash}) {
    auto config = server_config();
    config.lock_out = "too many wrong passwords; try again in 60 s";
    SessionPair pair(std::move(config), client_config(method));
    pair.run();
    const LoginRefused refused{.reason = "too many wrong passwords; try again in 60 s"};
    EXPECT_EQ(take_events(pair.server), Events{refused});
    EXPECT_EQ(take_events(pair.client), Events{refused}) << "and it is no reason to try the hash";
  }
}

TEST(ServerSession, TakesNoBareHashOnAnOpenChannel) {
  auto config = server_config();
  config.takes_bare_hash = false;
  Lonely server(config);
  ASSERT_TRUE(server.feed(hash_request("secret")));
  const auto frames = said(server.session);
  ASSERT_EQ(types_of(frames), Types{FrameType::kAuthFailure});
  EXPECT_EQ(*frames[0].payload.find("mechanisms"), Value(Array{"SCRAM-SHA-256"}));
  const auto events = take_events(server.session);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_FALSE(std::get<LoginRefused>(events[0]).is_wrong_password);
}

TEST(ServerSession, SaysWhichMechanismsItTakes) {
  Lonely server;
  ASSERT_TRUE(server.feed(hash_request("wrong")));
  const auto frames = said(server.session);
  ASSERT_EQ(types_of(frames), Types{FrameType::kAuthFailure});
  EXPECT_EQ(*frames[0].payload.find("mechanisms"), Value(Array{"SCRAM-SHA-256", "password_hash"}));
}

TEST(ServerSession, AnswersACallThatCameInTheSamePieceAsTheLogIn) {
  Lonely server;
  auto bytes = hash_request("secret");
  for (const auto& more : {call(1, "add"), message("chat", "hello")})
    bytes.insert(bytes.end(), more.begin(), more.end());
  ASSERT_TRUE(server.feed(bytes));
  const auto events = take_events(server.session);
  ASSERT_EQ(events.size(), 3u);
  EXPECT_TRUE(std::holds_alternative<Opened>(events[0]));
  EXPECT_EQ(std::get<CallReceived>(events[1]), (CallReceived{.correlation = 1, .method = "add"}));
  EXPECT_EQ(std::get<MessageReceived>(events[2]), (MessageReceived{"chat", "hello"}));
}

// What is pipelined behind the log-in may be as large as any message.
TEST(ServerSession, HasTheLimitsOfAGuestOnlyUntilTheLogIn) {
  Lonely server;
  auto bytes = hash_request("secret");
  const auto large = message("chat", std::string(kLoginBytes + 1, 'x'));
  bytes.insert(bytes.end(), large.begin(), large.end());
  EXPECT_TRUE(server.feed(bytes));
  EXPECT_EQ(take_events(server.session).size(), 2u);
}

TEST(ServerSession, TakesNothingElseFirst) {
  for (int number = 1; number <= 0x10; ++number) {
    const auto type = static_cast<FrameType>(number);
    if (type == FrameType::kAuthRequest) continue;
    Lonely server;
    const auto status = server.feed(frame(type, Map{{"type", "chat"}}));
    ASSERT_FALSE(status);
    EXPECT_THAT(status.error().message, HasSubstr("expected AUTH_REQUEST first"));
    EXPECT_EQ(types_of(said(server.session)), Types{FrameType::kClose});
    EXPECT_TRUE(take_events(server.session).empty());
    EXPECT_EQ(server.session.transition(), Transition::kClose);
  }
}

TEST(ServerSession, TellsWhatIsNotTheConduitFromTheFirstBytes) {
  const std::pair<std::string_view, std::string_view> openings[] = {
      {"GET / HTTP/1.1\r\n", "HTTP"},
      {"PRI * HTTP/2.0", "HTTP"},
      {"\x16\x03\x01\x02", "TLS"},
      {"RFB 003.008\n", "VNC"},
      {"CNDS", "something else"},
      {"X", "something else"},
      {std::string_view("\0", 1), "something else"}};
  for (const auto& [bytes, speaker] : openings) {
    Lonely server;
    const auto status = server.feed(as_bytes(bytes));
    ASSERT_FALSE(status) << bytes;
    EXPECT_EQ(status.error().code, ErrorCode::kInvalid);
    EXPECT_THAT(status.error().message, HasSubstr(std::string(speaker)));
    EXPECT_TRUE(take_output(server.session).empty()) << "it would not be understood";
    EXPECT_EQ(server.session.transition(), Transition::kClose);
  }
}

TEST(ServerSession, WaitsForARestOfAHeader) {
  Lonely server;
  const auto request = hash_request("secret");
  for (std::size_t size = 1; size < request.size(); ++size) {
    Lonely cut;
    ASSERT_TRUE(cut.feed(ByteSpan(request).first(size))) << size;
    EXPECT_TRUE(take_events(cut.session).empty());
    EXPECT_EQ(cut.fed.wanted, size >= 4 && size < kHeaderBytes ? kHeaderBytes : size + 1);
  }
}

TEST(ServerSession, RefusesAnotherVersionAndUnknownTypesWithAReason) {
  auto version = hash_request("secret");
  version[4] = 2;
  auto type = hash_request("secret");
  type[7] = 0x11;
  auto no_type = hash_request("secret");
  no_type[7] = 0;
  for (const auto& bytes : {version, type, no_type}) {
    Lonely server;
    const auto status = server.feed(bytes);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, ErrorCode::kUnsupported);
    const auto frames = said(server.session);
    ASSERT_EQ(types_of(frames), Types{FrameType::kClose});
    EXPECT_EQ(*frames[0].payload.find("reason"), Value(status.error().message));
  }
}

TEST(ServerSession, TakesNoMoreThanTheLimitOfAGuest) {
  Lonely server;
  // Told from the header alone, however much is announced.
  for (const std::uint32_t bytes : {std::uint32_t{kLoginBytes + 1}, 0xFFFF'FFFFu}) {
    Lonely guest;
    const auto status =
        guest.feed(raw_frame({.type = FrameType::kAuthRequest, .payload_bytes = bytes}, {}));
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, ErrorCode::kTooLarge);
    EXPECT_EQ(types_of(said(guest.session)), Types{FrameType::kClose});
  }
  ASSERT_TRUE(
      server.feed(raw_frame({.type = FrameType::kAuthRequest, .payload_bytes = kLoginBytes}, {})));
  EXPECT_EQ(server.fed.wanted, kHeaderBytes + 1);
}

TEST(ServerSession, InflatesNoBombOfAGuest) {
  Lonely server;
  auto bytes = bomb(10'000'000);
  ASSERT_LT(bytes.size(), kLoginBytes);
  bytes[7] = static_cast<std::uint8_t>(FrameType::kAuthRequest);
  const auto status = server.feed(bytes);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kTooLarge);
}

TEST(ServerSession, RefusesEveryFieldOfAnotherType) {
  const Value others[] = {nullptr,          true, 7, 1.5, Bytes{1}, Array{"SCRAM-SHA-256"}, Map{},
                          Extension{1, {2}}};
  for (const auto& other : others) {
    const Value requests[] = {
        other,
        Map{{"password_hash", other}},
        Map{{"mechanism", other}, {"message", "n,,n=conduit,r=0123456789012345678"}},
        Map{{"mechanism", "SCRAM-SHA-256"}, {"message", other}},
    };
    for (const auto& request : requests) {
      Lonely server;
      ASSERT_TRUE(server.feed(frame(FrameType::kAuthRequest, request)));
      EXPECT_THAT(refusal(server.session), HasSubstr("password_hash"));
      EXPECT_EQ(take_events(server.session).size(), 1u);
    }
    // What it says of itself is no reason to refuse.
    Lonely server;
    ASSERT_TRUE(server.feed(hash_request("secret", other)));
    EXPECT_TRUE(server.session.is_open());
  }
}

TEST(ServerSession, RefusesAnotherMechanism) {
  Lonely server;
  ASSERT_TRUE(server.feed(
      frame(FrameType::kAuthRequest, Map{{"mechanism", "PLAIN"}, {"message", "secret"}})));
  EXPECT_EQ(refusal(server.session), "expected the mechanism SCRAM-SHA-256");
}

TEST(ServerSession, RefusesAMalformedScramMessageAndDoesNotCountItAsAGuess) {
  for (const auto* message : {"", "n", "n,,", "p=tls-unique,,n=conduit,r=0123456789012345678"}) {
    Lonely server;
    ASSERT_TRUE(server.feed(
        frame(FrameType::kAuthRequest, Map{{"mechanism", "SCRAM-SHA-256"}, {"message", message}})));
    EXPECT_NE(refusal(server.session), "");
    const auto events = take_events(server.session);
    ASSERT_EQ(events.size(), 1u);
    EXPECT_FALSE(std::get<LoginRefused>(events[0]).is_wrong_password);
  }
}

TEST(ServerSession, TakesOnlyTheProofOfTheChallengeThatItGave) {
  const Value seconds[] = {nullptr, Map{}, Map{{"message", 7}}, Map{{"message", "nonsense"}},
                           Map{{"password_hash", password_hash("secret")}}};
  for (const auto& second : seconds) {
    SessionPair pair;
    pair.pass_to_server();
    ASSERT_EQ(types_of(said(pair.server)), Types{FrameType::kAuthRequest});
    ASSERT_TRUE(pair.to_server.feed(frame(FrameType::kAuthRequest, second), kConduitStart));
    EXPECT_NE(refusal(pair.server), "");
    EXPECT_FALSE(pair.server.is_open());
  }
}

// Whoever heard one log-in cannot log in with it: the nonce is another.
TEST(ServerSession, RefusesAReplay) {
  SessionPair pair;
  pair.pass_to_server();
  pair.pass_to_client();
  const auto proof = take_output(pair.client);
  auto config = server_config();
  config.nonce = "another-nonce-0123456789";
  SessionPair later(std::move(config));
  later.pass_to_server();
  take_output(later.server);
  ASSERT_TRUE(later.to_server.feed(proof, kConduitStart));
  EXPECT_NE(refusal(later.server), "");
}

TEST(ServerSession, EndsWhenNobodyLogsInInTime) {
  Lonely server;
  EXPECT_EQ(server.session.deadline(), kConduitStart + kAuthTimeout);
  // Bytes do not prolong it.
  ASSERT_TRUE(server.fed.feed(ByteSpan(hash_request("secret")).first(10),
                              kConduitStart + kAuthTimeout - std::chrono::seconds(1)));
  EXPECT_EQ(server.session.deadline(), kConduitStart + kAuthTimeout);
  EXPECT_TRUE(server.session.deadline_passed(kConduitStart + kAuthTimeout - Duration(1)));
  const auto status = server.session.deadline_passed(kConduitStart + kAuthTimeout);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error(), (Error{ErrorCode::kTimeout, "no log-in within 10 s"}));
  EXPECT_EQ(types_of(said(server.session)), Types{FrameType::kClose});
  EXPECT_EQ(server.session.deadline(), std::nullopt);
  EXPECT_TRUE(server.session.deadline_passed(kConduitStart + 2 * kAuthTimeout));
}

TEST(ServerSession, TakesNothingMoreAfterARefusal) {
  Lonely server;
  auto bytes = hash_request("wrong");
  const auto again = hash_request("secret");
  bytes.insert(bytes.end(), again.begin(), again.end());
  ASSERT_TRUE(server.feed(bytes));
  EXPECT_TRUE(server.fed.pending.empty());
  EXPECT_FALSE(server.session.is_open());
  EXPECT_EQ(refusal(server.session), "Invalid password");
}

}  // namespace
}  // namespace oriel::conduit
