// The handshakes of a ClientSession with servers that are scripts: every security type, version and
// refusal, cut into pieces of every size.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <variant>

#include "oriel/base/byte_writer.h"
#include "oriel/core/rfb/client_session.h"
#include "oriel/core/rfb/security/security_number.h"

namespace oriel::rfb {
namespace {

using ::testing::HasSubstr;

const TimePoint kStart{};

// What a server says, what the client must have said by then, and TLS.
struct Says {
  Bytes bytes;
};
struct Hears {
  Bytes bytes;
};
struct StartsTls {
  Transition kind;
};
using Step = std::variant<Says, Hears, StartsTls>;
using Script = std::vector<Step>;

Says says(std::string_view text) { return {Bytes(as_bytes(text).begin(), as_bytes(text).end())}; }
Hears hears(std::string_view text) { return {Bytes(as_bytes(text).begin(), as_bytes(text).end())}; }

Bytes take_output(Session& session) {
  Bytes all;
  ByteSpan piece[1];
  while (session.output().gather(piece) > 0) {
    all.insert(all.end(), piece[0].begin(), piece[0].end());
    session.output().consume(piece[0].size());
  }
  return all;
}

// The client of one script.
struct Meeting {
  explicit Meeting(SecurityClientConfig config = {}, std::size_t step_bytes = 1000)
      : session({std::move(config), true, {}}, kStart), step(step_bytes) {}

  void play(const Script& script) {
    for (const auto& part : script) {
      if (error) return;
      std::visit([this](const auto& known) { on(known); }, part);
    }
  }
  void on(const Says& part) {
    for (std::size_t at = 0; at < part.bytes.size() && !error; at += step) {
      ASSERT_EQ(session.transition(), Transition::kNone) << "it waits for TLS";
      const auto piece = ByteSpan(part.bytes).subspan(at, std::min(step, part.bytes.size() - at));
      pending.insert(pending.end(), piece.begin(), piece.end());
      const auto need = session.receive(pending, kStart);
      if (!need) {
        error = need.error();
        return;
      }
      pending.erase(pending.begin(), pending.begin() + static_cast<std::ptrdiff_t>(need->consumed));
    }
  }
  void on(const Hears& part) { EXPECT_EQ(take_output(session), part.bytes); }
  void on(const StartsTls& part) {
    EXPECT_EQ(session.transition(), part.kind);
    EXPECT_TRUE(pending.empty());
    if (const auto status = session.tls_started({"AB:CD", true}, kStart); !status)
      error = status.error();
    EXPECT_EQ(session.transition(), Transition::kNone);
  }

  ClientSession session;
  std::size_t step;
  Bytes pending;
  std::optional<Error> error;
};

Script operator+(Script a, const Script& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

Bytes server_init() {
  Bytes bytes;
  ByteWriter writer(bytes);
  writer.u16(16).u16(8);
  image::write_pixel_format(image::kBgrx, writer);
  writer.u32(4).bytes(as_bytes("desk"));
  return bytes;
}

Script version(std::string_view server = "RFB 003.008\n",
               std::string_view client = "RFB 003.008\n") {
  return {says(server), hears(client)};
}
// SecurityResult, ClientInit, ServerInit.
const Script kLetIn{Says{{0, 0, 0, 0}}, Hears{{1}}, Says{server_init()}};
const Bytes kChallenge{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

Bytes response(std::string_view password) {
  crypto::Challenge challenge;
  std::ranges::copy(kChallenge, challenge.begin());
  const auto response = crypto::des_challenge_response(challenge, password);
  return Bytes(response.begin(), response.end());
}
// VeNCrypt 0.2 with one subtype, up to the client's choice of it.
Script vencrypt(std::uint8_t low_byte) {
  return {Says{{1, 19}},
          Hears{{19}},
          Says{{0, 2}},
          Hears{{0, 2}},
          Says{{0}},
          Says{{1, 0, 0, 1, low_byte}},
          Hears{{0, 0, 1, low_byte}}};
}
const Bytes kUserAndPassword{0,   0,   0,   4,   0,   0,   0,   6,   'u',
                             's', 'e', 'r', 'g', 'e', 'h', 'e', 'i', 'm'};

struct Case {
  std::string_view test_name;
  Script script;
  std::string_view security;
};

std::vector<Case> cases() {
  const auto anonymous = StartsTls{Transition::kStartTlsClientAnonymous};
  const auto verified = StartsTls{Transition::kStartTlsClient};
  const Script vnc{Says{kChallenge}, Hears{response("geheim")}};
  const Script plain{Hears{kUserAndPassword}};
  const Script tight{Says{{1, 16}}, Hears{{16}}};
  const Script no_tunnels{Says{{0, 0, 0, 0}}};
  const Script tunnels{says(std::string_view("\0\0\0\1\0\0\0\0TGHTNOTUNNEL", 20)),
                       Hears{{0, 0, 0, 0}}};
  const Script no_result{Hears{{1}}, Says{server_init()}};
  Bytes interaction = server_init();
  ByteWriter(interaction).u16(1).u16(2).u16(1).u16(0).zeros(4 * 16);
  const Script let_in_with_interaction{Says{{0, 0, 0, 0}}, Hears{{1}}, Says{interaction}};
  Bytes empty_interaction = server_init();
  ByteWriter(empty_interaction).zeros(8);
  const auto v3 = version("RFB 003.003\n", "RFB 003.003\n");
  const auto v7 = version("RFB 003.007\n", "RFB 003.007\n");
  return {
      {"None38", version() + Script{Says{{1, 1}}, Hears{{1}}} + kLetIn, "none"},
      {"None37", v7 + Script{Says{{1, 1}}, Hears{{1, 1}}, Says{server_init()}}, "none"},
      {"None33", v3 + Script{Says{{0, 0, 0, 1}}} + no_result, "none"},
      {"NoneOfApple", version("RFB 003.889\n") + Script{Says{{1, 1}}, Hears{{1}}} + kLetIn, "none"},
      {"NoneOf41", version("RFB 004.001\n") + Script{Says{{1, 1}}, Hears{{1}}} + kLetIn, "none"},
      {"NoneOf5", version("RFB 005.000\n") + Script{Says{{1, 1}}, Hears{{1}}} + kLetIn, "none"},
      {"None35", version("RFB 003.005\n", "RFB 003.003\n") + Script{Says{{0, 0, 0, 1}}} + no_result,
       "none"},
      {"Vnc38", version() + Script{Says{{3, 5, 1, 2}}, Hears{{2}}} + vnc + kLetIn, "vnc"},
      {"Vnc37", v7 + Script{Says{{1, 2}}, Hears{{2}}} + vnc + kLetIn, "vnc"},
      {"Vnc33", v3 + Script{Says{{0, 0, 0, 2}}} + vnc + kLetIn, "vnc"},
      {"TlsNone", version() + vencrypt(1) + Script{Says{{1}}, anonymous} + kLetIn, "tls-none"},
      {"TlsVnc", version() + vencrypt(2) + Script{Says{{1}}, anonymous} + vnc + kLetIn, "tls-vnc"},
      {"TlsPlain", version() + vencrypt(3) + Script{Says{{1}}, anonymous} + plain + kLetIn,
       "tls-plain"},
      {"X509None", version() + vencrypt(4) + Script{Says{{1}}, verified} + kLetIn, "x509-none"},
      {"X509Vnc", version() + vencrypt(5) + Script{Says{{1}}, verified} + vnc + kLetIn, "x509-vnc"},
      {"X509Plain", version() + vencrypt(6) + Script{Says{{1}}, verified} + plain + kLetIn,
       "x509-plain"},
      // The oldest with a result also for a type without a password.
      {"TlsNone37", v7 + vencrypt(1) + Script{Says{{1}}, anonymous} + kLetIn, "tls-none"},
      {"VncInVencrypt",
       version() +
           Script{Says{{1, 19}}, Hears{{19}}, Says{{0, 2}}, Hears{{0, 2}},
                  Says{{0, 2, 0, 0, 1, 0, 0, 0, 0, 2}}, Hears{{0, 0, 0, 2}}} +
           vnc + kLetIn,
       "vnc"},
      {"TlsOfVino",
       version() + Script{Says{{2, 18, 5}}, Hears{{18}}, anonymous, Says{{2, 1, 2}}, Hears{{2}}} +
           vnc + kLetIn,
       "tls"},
      {"TlsOfVinoWithNone",
       version() + Script{Says{{1, 18}}, Hears{{18}}, anonymous, Says{{1, 1}}, Hears{{1}}} + kLetIn,
       "tls"},
      {"TlsOfVinoWithoutAChoice",
       version() + Script{Says{{1, 18}}, Hears{{18}}, anonymous, Says{{0}}} + kLetIn, "tls"},
      {"TightNothing38",
       version() + tight + no_tunnels + Script{Says{{0, 0, 0, 0}}} + let_in_with_interaction,
       "tight"},
      {"TightNothing37",
       v7 + tight + no_tunnels + Script{Says{{0, 0, 0, 0}}, Hears{{1}}, Says{empty_interaction}},
       "tight"},
      {"TightVncBehindTunnels",
       version() + tight + tunnels +
           Script{says(std::string_view("\0\0\0\2\0\0\0\1STDVNOAUTH__\0\0\0\2STDVVNCAUTH_", 36)),
                  Hears{{0, 0, 0, 2}}} +
           vnc + let_in_with_interaction,
       "tight"},
      {"TightNone",
       version() + tight + no_tunnels +
           Script{says(std::string_view("\0\0\0\1\0\0\0\1STDVNOAUTH__", 20)), Hears{{0, 0, 0, 1}}} +
           let_in_with_interaction,
       "tight"},
  };
}

class EveryHandshake : public ::testing::TestWithParam<Case> {};

TEST_P(EveryHandshake, ComesInAtEverySplit) {
  for (std::size_t step = 1; step < 40; ++step) {
    Meeting meeting({"geheim", "user"}, step);
    meeting.play(GetParam().script);
    ASSERT_FALSE(meeting.error) << meeting.error->message;
    ASSERT_TRUE(meeting.session.is_connected()) << "step " << step;
    EXPECT_TRUE(meeting.pending.empty());
    EXPECT_EQ(meeting.session.security_name(), GetParam().security);
    EXPECT_EQ(meeting.session.refusal(), Refusal::kNone);
    EXPECT_EQ(meeting.session.take_events(),
              (std::vector<ClientEvent>{Connected{{16, 8}, image::kBgrx, "desk"}}));
  }
}

// A server that stops anywhere is named by what it owes.
TEST_P(EveryHandshake, SaysWhatIsMissingWhenTheServerStops) {
  const auto& script = GetParam().script;
  for (std::size_t parts = 0; parts < script.size(); ++parts) {
    Meeting meeting({"geheim", "user"});
    meeting.play(Script(script.begin(), script.begin() + static_cast<std::ptrdiff_t>(parts)));
    if (meeting.session.is_connected()) continue;
    const auto due = *meeting.session.deadline();
    const auto status = meeting.session.deadline_passed(due);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, ErrorCode::kTimeout);
    EXPECT_THAT(status.error().message, HasSubstr("from the server within 10 s"));
    EXPECT_EQ(status.error().message.find("nothing"), std::string::npos);
  }
}

INSTANTIATE_TEST_SUITE_P(Scripts, EveryHandshake, ::testing::ValuesIn(cases()),
                         [](const auto& row) { return std::string(row.param.test_name); });

// ---- choices ----

TEST(ClientSecurity, SendsAUnixLoginOfTightOnlyWhereNobodyReadsAlong) {
  const Script script =
      version() + Script{Says{{1, 16}}, Hears{{16}}, Says{{0, 0, 0, 0}},
                         says(std::string_view("\0\0\0\1\0\0\0\201TGHTULGNAUTH", 20))};
  Meeting open({"geheim", "user"});
  open.play(script);
  ASSERT_TRUE(open.error);
  EXPECT_EQ(open.error->code, ErrorCode::kUnsupported);
  EXPECT_THAT(open.error->message, HasSubstr("129"));

  SecurityClientConfig config{"geheim", "user"};
  config.allows_plain_password = true;
  Meeting alone(config);
  Bytes said{0, 0, 0, 129};
  said.insert(said.end(), kUserAndPassword.begin(), kUserAndPassword.end());
  Bytes interaction = server_init();
  ByteWriter(interaction).zeros(8);
  alone.play(script + Script{Hears{said}, Says{{0, 0, 0, 0}}, Hears{{1}}, Says{interaction}});
  EXPECT_TRUE(alone.session.is_connected());
}

TEST(ClientSecurity, SendsAPlainPasswordOnlyWhereNobodyReadsAlong) {
  const Script script = version() + vencrypt(0);
  Meeting open({"geheim", "user"});
  open.play({script.begin(), script.end() - 1});
  ASSERT_TRUE(open.error);
  EXPECT_EQ(open.error->code, ErrorCode::kUnsupported);
  EXPECT_THAT(open.error->message, HasSubstr("plain (256)"));

  SecurityClientConfig config{"geheim", "user"};
  config.allows_plain_password = true;
  Meeting alone(config);
  Bytes said{0, 0, 1, 0};
  said.insert(said.end(), kUserAndPassword.begin(), kUserAndPassword.end());
  alone.play(Script(script.begin(), script.end() - 1) + Script{Hears{said}} + kLetIn);
  EXPECT_TRUE(alone.session.is_connected());
  EXPECT_EQ(alone.session.security_name(), "plain");
}

TEST(ClientSecurity, TakesTheBestOfVencryptsSubtypes) {
  Meeting meeting({"geheim"});
  meeting.play(version() + Script{Says{{3, 2, 1, 19}}, Hears{{19}}, Says{{0, 2}}, Hears{{0, 2}},
                                  Says{{0, 4, 0, 0, 1, 2, 0, 0, 1, 3, 0, 0, 1, 6, 0, 0, 1, 5}},
                                  Hears{{0, 0, 1, 5}}, Says{{1}}});
  EXPECT_EQ(meeting.session.transition(), Transition::kStartTlsClient);
}

TEST(ClientSecurity, RefusesAServerThatDoesNotEncryptWhenThatIsAskedFor) {
  SecurityClientConfig config{"geheim"};
  config.requires_encryption = true;
  Meeting meeting(config);
  meeting.play(version() + Script{Says{{3, 2, 1, 16}}});
  ASSERT_TRUE(meeting.error);
  EXPECT_EQ(meeting.error->code, ErrorCode::kUnsupported);
  EXPECT_EQ(meeting.error->message,
            "no security type of the server is known and allowed: it offers vnc (2), none (1), "
            "tight (16)");
}

TEST(ClientSecurity, NamesWhatAServerOffersThatItDoesNotKnow) {
  Meeting meeting;
  meeting.play(version() + Script{Says{{3, 5, 129, 77}}});
  ASSERT_TRUE(meeting.error);
  EXPECT_EQ(
      meeting.error->message,
      "no security type of the server is known: it offers RA2 (5), RA2 of 256 bits (129), 77");
  Meeting old;
  old.play(version("RFB 003.003\n", "RFB 003.003\n") + Script{Says{{0, 0, 0, 77}}});
  ASSERT_TRUE(old.error);
  EXPECT_EQ(old.error->code, ErrorCode::kUnsupported);
}

// What a server says before TLS has begun is left to the driver, which ends it.
TEST(ClientSecurity, TakesNothingBetweenTheConsentAndTls) {
  Meeting meeting({"geheim", "user"});
  meeting.play(version() + vencrypt(1));
  const auto need = meeting.session.receive(Bytes{1, 0, 0, 0, 0}, kStart);
  ASSERT_TRUE(need);
  EXPECT_EQ(need->consumed, 1u);
  EXPECT_EQ(meeting.session.transition(), Transition::kStartTlsClientAnonymous);
  EXPECT_EQ(meeting.session.receive(Bytes{0, 0, 0, 0}, kStart), (Need{0, 1}));
}

TEST(ClientSecurity, KeepsWhomTlsHasShown) {
  Meeting meeting({"geheim", "user"});
  meeting.play(version() + vencrypt(4) + Script{Says{{1}}, StartsTls{Transition::kStartTlsClient}} +
               kLetIn);
  EXPECT_EQ(meeting.session.tls_peer(), (TlsPeer{"AB:CD", true}));
}

// ---- refusals ----

struct RefusedCase {
  std::string_view test_name;
  Script script;
  SecurityClientConfig config;
  Refusal refusal;
  ErrorCode code;
  std::string_view message;
};

std::vector<RefusedCase> refused_cases() {
  const Script vnc =
      version() + Script{Says{{1, 2}}, Hears{{2}}, Says{kChallenge}, Hears{response("geheim")}};
  const auto reason = says(std::string_view("\0\0\0\2no", 6));
  const SecurityClientConfig password{"geheim"};
  return {
      {"BeforeSecurity",
       version() + Script{Says{{0}}, reason},
       {},
       Refusal::kTurnedAway,
       ErrorCode::kRefused,
       "the server refused: no"},
      {"BeforeSecurity33",
       version("RFB 003.003\n", "RFB 003.003\n") + Script{Says{{0, 0, 0, 0}}, reason},
       {},
       Refusal::kTurnedAway,
       ErrorCode::kRefused,
       "the server refused: no"},
      {"AlthoughNothingIsAsked",
       version() + Script{Says{{1, 1}}, Hears{{1}}, Says{{0, 0, 0, 1}}, reason},
       {},
       Refusal::kTurnedAway,
       ErrorCode::kRefused,
       "the server refused: no"},
      {"WrongPassword", vnc + Script{Says{{0, 0, 0, 1}}, reason}, password,
       Refusal::kWrongCredentials, ErrorCode::kRefused, "the server refused the password: no"},
      {"WrongPassword37",
       version("RFB 003.007\n", "RFB 003.007\n") +
           Script{Says{{1, 2}}, Hears{{2}}, Says{kChallenge}, Hears{response("geheim")},
                  Says{{0, 0, 0, 1}}},
       password, Refusal::kWrongCredentials, ErrorCode::kRefused,
       "the server refused the password"},
      {"TooManyAttempts", vnc + Script{Says{{0, 0, 0, 2}}, Says{{0, 0, 0, 0}}}, password,
       Refusal::kTooManyAttempts, ErrorCode::kRefused,
       "the server refused: too many attempts to authenticate; wait some minutes, each attempt "
       "before may make it longer"},
      {"TooManySecurityFailures",
       version() +
           Script{Says{{0}}, says(std::string_view("\0\0\0\x1aToo many security failures", 30))},
       {},
       Refusal::kTooManyAttempts,
       ErrorCode::kRefused,
       "the server refused: Too many security failures; wait some minutes, each attempt before may "
       "make it longer"},
      {"TooManyAuthenticationFailures",
       vnc + Script{Says{{0, 0, 0, 1}},
                    says(std::string_view("\0\0\0\x20Too many authentication failures", 36))},
       password, Refusal::kTooManyAttempts, ErrorCode::kRefused,
       "the server refused: Too many authentication failures; wait some minutes, each attempt "
       "before may make it longer"},
      {"TooManyViewers",
       version() + Script{Says{{0}}, says(std::string_view("\0\0\0\x10Too many viewers", 20))},
       {},
       Refusal::kTurnedAway,
       ErrorCode::kRefused,
       "the server refused: Too many viewers"},
      {"ReasonOfFourGibibytes",
       version() + Script{Says{{0}}, Says{{0xff, 0xff, 0xff, 0xff}}},
       {},
       Refusal::kTurnedAway,
       ErrorCode::kTooLarge,
       "reason of a refusal: 4294967295 bytes, at most 4096"},
      {"ReasonThatWouldDisturbATerminal",
       vnc + Script{Says{{0, 0, 0, 1}}, Says{{0, 0, 0, 5, 'a', 27, '[', 'm', '\n'}}}, password,
       Refusal::kWrongCredentials, ErrorCode::kRefused, "the server refused the password: a [m"},
      {"NoPassword",
       version() + Script{Says{{1, 2}}, Hears{{2}}, Says{kChallenge}},
       {},
       Refusal::kNoCredentials,
       ErrorCode::kRefused,
       "the server asks for a password, and none was given"},
      {"NoPasswordForAUser",
       version() + vencrypt(6) + Script{Says{{1}}, StartsTls{Transition::kStartTlsClient}},
       {},
       Refusal::kNoCredentials,
       ErrorCode::kRefused,
       "the server asks for a user and a password, and no password was given"},
      {"OldVencrypt",
       version() + Script{Says{{1, 19}}, Hears{{19}}, Says{{0, 1}}},
       {},
       Refusal::kNone,
       ErrorCode::kUnsupported,
       "VeNCrypt: version 0.1, expected 0.2"},
      {"VencryptVersionDenied",
       version() + Script{Says{{1, 19}}, Hears{{19}}, Says{{0, 2}}, Hears{{0, 2}}, Says{{255}}},
       {},
       Refusal::kNone,
       ErrorCode::kUnsupported,
       "VeNCrypt: the server does not agree to version 0.2 (255)"},
      {"NoSubtypes",
       version() + Script{Says{{1, 19}}, Hears{{19}}, Says{{0, 2}}, Hears{{0, 2}}, Says{{0, 0}}},
       {},
       Refusal::kNone,
       ErrorCode::kUnsupported,
       "the server offers only subtypes of VeNCrypt that are not spoken here or not allowed: "
       "nothing"},
      {"TlsDenied",
       version() + vencrypt(1) + Script{Says{{0}}},
       {},
       Refusal::kNone,
       ErrorCode::kUnsupported,
       "VeNCrypt: the server refuses to start TLS for tls-none (0)"},
      {"NoTypeInTls",
       version() + Script{Says{{1, 18}}, Hears{{18}},
                          StartsTls{Transition::kStartTlsClientAnonymous}, Says{{1, 5}}},
       {},
       Refusal::kNone,
       ErrorCode::kUnsupported,
       "the server offers no security type in TLS that is spoken here: RA2 (5)"},
      {"TightListTooLong",
       version() + Script{Says{{1, 16}}, Hears{{16}}, Says{{0, 0, 0, 65}}},
       {},
       Refusal::kNone,
       ErrorCode::kTooLarge,
       "Tight security: a list of 65, at most 64"},
  };
}

class EveryRefusal : public ::testing::TestWithParam<RefusedCase> {};

TEST_P(EveryRefusal, IsToldApartAtEverySplit) {
  for (std::size_t step = 1; step < 20; ++step) {
    Meeting meeting(GetParam().config, step);
    meeting.play(GetParam().script);
    ASSERT_TRUE(meeting.error) << "step " << step;
    EXPECT_EQ(meeting.error->code, GetParam().code);
    EXPECT_EQ(meeting.error->message, GetParam().message);
    EXPECT_EQ(meeting.session.refusal(), GetParam().refusal);
  }
}

INSTANTIATE_TEST_SUITE_P(Scripts, EveryRefusal, ::testing::ValuesIn(refused_cases()),
                         [](const auto& row) { return std::string(row.param.test_name); });

// It closes without the reason that version 3.8 demands.
TEST(ClientSecurity, KnowsOfTheRefusalBeforeItsReason) {
  Meeting meeting({"geheim"});
  meeting.play(version() + Script{Says{{1, 2}}, Hears{{2}}, Says{kChallenge}, Says{{0, 0, 0, 1}}});
  EXPECT_FALSE(meeting.error);
  EXPECT_EQ(meeting.session.refusal(), Refusal::kWrongCredentials);
}

}  // namespace
}  // namespace oriel::rfb
