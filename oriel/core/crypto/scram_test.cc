#include "oriel/core/crypto/scram.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "oriel/core/crypto/base64.h"

namespace oriel::crypto {
namespace {

using ::testing::HasSubstr;

// RFC 7677, 3.
constexpr auto kClientNonce = "rOprNGfwEbeRWgbNEkqO";
constexpr auto kServerNonce = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
constexpr auto kClientFirst = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO";
constexpr auto kServerFirst =
    "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
constexpr auto kClientFinal =
    "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
    "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
constexpr auto kServerFinal = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";
constexpr std::uint32_t kMany = 1'000'000;

Bytes salt() { return from_base64("W22ZaJ0SNY7soEsUEjb6gQ==").value(); }

std::vector<ScramKeys> keys_of(const std::vector<std::string>& passwords) {
  std::vector<ScramKeys> keys;
  for (const auto& password : passwords)
    keys.push_back(scram_keys(scram_salted_password(password, salt(), 4096)));
  return keys;
}

const std::vector<ScramKeys>& pencil() {
  static const auto keys = keys_of({"pencil"});
  return keys;
}

ScramServer server(std::span<const ScramKeys> keys = pencil()) {
  return {keys, salt(), 4096, kServerNonce};
}

ScramClient client(std::string password = "pencil") {
  return {"user", std::move(password), kClientNonce};
}

// Remembers what the vector's client would find out at some cost.
ScramClient quick_client() {
  static const auto salted = scram_salted_password("pencil", salt(), 4096);
  auto quick = client("not asked for");
  quick.remember({salt(), 4096, salted});
  return quick;
}

template <typename T>
Error error_of(const Result<T>& result) {
  return result ? Error{ErrorCode::kUnavailable, "there is none"} : result.error();
}

TEST(Sha256, AgreesWithFips180) {
  const auto digest = sha256(as_bytes("abc"));
  EXPECT_EQ(base64(digest), "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
}

TEST(Scram, SpeaksAsTheVectorOfTheRfc) {
  auto client_half = client();
  auto server_half = server();
  EXPECT_EQ(client_half.first(), kClientFirst);
  EXPECT_EQ(server_half.challenge(kClientFirst), kServerFirst);
  EXPECT_EQ(client_half.answer(kServerFirst, kMany), kClientFinal);
  const auto success = server_half.verify(kClientFinal);
  ASSERT_TRUE(success) << success.error().message;
  EXPECT_EQ(success->key, 0u);
  EXPECT_EQ(success->message, kServerFinal);
  EXPECT_TRUE(client_half.check(kServerFinal));
}

TEST(Scram, TellsWhichOfSeveralPasswordsItIs) {
  const auto keys = keys_of({"wrong", "pencil", "other", "pencil"});
  auto server_half = server(keys);
  ASSERT_TRUE(server_half.challenge(kClientFirst));
  EXPECT_EQ(server_half.verify(kClientFinal).value().key, 1u);
}

TEST(Scram, RefusesAWrongPassword) {
  auto server_half = server();
  auto client_half = client("pencils");
  const auto final =
      client_half.answer(server_half.challenge(client_half.first()).value(), kMany).value();
  EXPECT_EQ(error_of(server_half.verify(final)),
            (Error{ErrorCode::kRefused, "the password is wrong"}));
  EXPECT_EQ(error_of(client_half.check(kServerFinal)),
            (Error{ErrorCode::kRefused, "the server does not know the password"}));
}

TEST(Scram, RefusesAllWithoutAPassword) {
  auto server_half = server({});
  ASSERT_TRUE(server_half.challenge(kClientFirst));
  EXPECT_EQ(error_of(server_half.verify(kClientFinal)).code, ErrorCode::kRefused);
}

TEST(Scram, TakesNoMessageThatIsCutShort) {
  const std::string_view first = kClientFirst, challenge = kServerFirst, final = kClientFinal,
                         end = kServerFinal;
  // A nonce that is cut is one; all before it is needed.
  for (std::size_t size = 0; size <= first.find(",r=") + 3; ++size)
    EXPECT_FALSE(server().challenge(first.substr(0, size))) << size;
  for (std::size_t size = 0; size < challenge.size(); ++size)
    EXPECT_FALSE(quick_client().answer(challenge.substr(0, size), kMany)) << size;
  auto server_half = server();
  ASSERT_TRUE(server_half.challenge(first));
  for (std::size_t size = 0; size < final.size(); ++size)
    EXPECT_FALSE(server_half.verify(final.substr(0, size))) << size;
  auto client_half = quick_client();
  ASSERT_TRUE(client_half.answer(challenge, kMany));
  for (std::size_t size = 0; size < end.size(); ++size)
    EXPECT_FALSE(client_half.check(end.substr(0, size))) << size;
}

TEST(Scram, TakesNoMessageWithAByteChanged) {
  auto server_half = server();
  ASSERT_TRUE(server_half.challenge(kClientFirst));
  for (std::size_t i = 0; i < std::string_view(kClientFinal).size(); ++i) {
    std::string final = kClientFinal;
    final[i] ^= 1;
    EXPECT_FALSE(server_half.verify(final)) << final;
  }
  auto client_half = quick_client();
  ASSERT_TRUE(client_half.answer(kServerFirst, kMany));
  for (std::size_t i = 0; i < std::string_view(kServerFinal).size(); ++i) {
    std::string end = kServerFinal;
    end[i] ^= 1;
    EXPECT_FALSE(client_half.check(end)) << end;
  }
}

TEST(Scram, NeedsAChallengeFirst) {
  EXPECT_EQ(error_of(server().verify(kClientFinal)).code, ErrorCode::kInvalid);
  EXPECT_EQ(error_of(client().check(kServerFinal)).code, ErrorCode::kInvalid);
  auto server_half = server();
  ASSERT_TRUE(server_half.challenge(kClientFirst));
  ASSERT_FALSE(server_half.challenge("n,,"));
  EXPECT_FALSE(server_half.verify(kClientFinal));
}

struct FirstMessage {
  const char* text;
  ErrorCode code;
};

class ScramFirst : public ::testing::TestWithParam<FirstMessage> {};
INSTANTIATE_TEST_SUITE_P(
    Wrong, ScramFirst,
    ::testing::Values(FirstMessage{"p=tls-unique,,n=user,r=abc", ErrorCode::kUnsupported},
                      FirstMessage{"n,a=root,n=user,r=abc", ErrorCode::kUnsupported},
                      FirstMessage{"n,,m=x,n=user,r=abc", ErrorCode::kUnsupported},
                      FirstMessage{"n,,n=user,r=abc,m=x", ErrorCode::kUnsupported},
                      FirstMessage{"x,,n=user,r=abc", ErrorCode::kInvalid},
                      FirstMessage{"nn,,n=user,r=abc", ErrorCode::kInvalid},
                      FirstMessage{"n,,r=abc,n=user", ErrorCode::kInvalid},
                      FirstMessage{"n,,n=user", ErrorCode::kInvalid},
                      FirstMessage{"n,,n=us=er,r=abc", ErrorCode::kInvalid},
                      FirstMessage{"n,,n=user=2,r=abc", ErrorCode::kInvalid},
                      FirstMessage{"n,,n=user,r=", ErrorCode::kInvalid},
                      FirstMessage{"n,,n=user,r=a b", ErrorCode::kInvalid},
                      FirstMessage{"n,,n=user,r=a\xc3\xa9", ErrorCode::kInvalid},
                      FirstMessage{"n,,n=user,r=abc,", ErrorCode::kInvalid},
                      FirstMessage{"n,,n=user,r=abc,x", ErrorCode::kInvalid},
                      FirstMessage{"n,,n=user,r=abc,x=", ErrorCode::kInvalid},
                      FirstMessage{"n,,n=user,r=abc,1=x", ErrorCode::kInvalid}));

TEST_P(ScramFirst, IsRefused) {
  EXPECT_EQ(error_of(server().challenge(GetParam().text)).code, GetParam().code);
}

// "y": the client could bind to a channel, but takes it that the server cannot, which is so.
TEST(Scram, AcceptsAClientThatCouldBind) {
  auto server_half = server();
  ASSERT_TRUE(server_half.challenge("y,,n=user,r=rOprNGfwEbeRWgbNEkqO"));
  EXPECT_THAT(error_of(server_half.verify(kClientFinal)).message, HasSubstr("another header"));
  std::string final = kClientFinal;
  final.replace(0, 6, "c=eSws");  // the proof is over the header too
  EXPECT_EQ(error_of(server_half.verify(final)).code, ErrorCode::kRefused);
}

TEST(Scram, IgnoresOptionalExtensions) {
  auto server_half = server();
  EXPECT_EQ(server_half.challenge("n,,n=user,r=rOprNGfwEbeRWgbNEkqO,x=1,Y=2"), kServerFirst);
  EXPECT_TRUE(quick_client().answer(std::string(kServerFirst) + ",x=1", kMany));
}

TEST(Scram, EscapesTheUsersName) {
  ScramClient odd("a,b=c", "pencil", kClientNonce);
  EXPECT_EQ(odd.first(), "n,,n=a=2Cb=3Dc,r=rOprNGfwEbeRWgbNEkqO");
  EXPECT_TRUE(server().challenge(odd.first()));
  EXPECT_TRUE(server().challenge(ScramClient("", "pencil", kClientNonce).first()));
}

std::string server_first(std::string_view nonce, std::string_view salt_text, std::string_view i) {
  return "r=" + std::string(nonce) + ",s=" + std::string(salt_text) + ",i=" + std::string(i);
}

TEST(Scram, ChecksTheServersNonce) {
  const auto error = [](std::string_view nonce) {
    return error_of(
        quick_client().answer(server_first(nonce, "W22ZaJ0SNY7soEsUEjb6gQ==", "4096"), kMany));
  };
  EXPECT_THAT(error(kClientNonce).message, HasSubstr("does not continue ours"));
  EXPECT_THAT(error(kServerNonce).message, HasSubstr("does not continue ours"));
  EXPECT_THAT(error("rOprNGfwEbeRWgbNEkqP123").message, HasSubstr("does not continue ours"));
  EXPECT_THAT(error("").message, HasSubstr("has no nonce"));
  EXPECT_THAT(error("rOprNGfwEbeRWgbNEkqO 1").message, HasSubstr("has no nonce"));
}

TEST(Scram, RefusesTheClientsFinalWithAnotherNonce) {
  auto server_half = server();
  ASSERT_TRUE(server_half.challenge("n,,n=user,r=another"));
  EXPECT_THAT(error_of(server_half.verify(kClientFinal)).message, HasSubstr("another nonce"));
}

TEST(Scram, CountsIterationsWithinLimits) {
  const auto error = [](std::string_view iterations) {
    auto client_half = client();
    return error_of(client_half.answer(
        server_first("rOprNGfwEbeRWgbNEkqO1", "W22ZaJ0SNY7soEsUEjb6gQ==", iterations), 5000));
  };
  EXPECT_EQ(error("4095").code, ErrorCode::kUnsupported);
  EXPECT_EQ(error("4096").message, "there is none");
  EXPECT_EQ(error("5000").message, "there is none");
  EXPECT_EQ(error("5001").code, ErrorCode::kTooLarge);
  EXPECT_EQ(error("99999999999999999999").code, ErrorCode::kTooLarge);
  for (const auto* text : {"", "0", "04096", "+4096", "-1", "4096x", " 4096"})
    EXPECT_EQ(error(text).code, ErrorCode::kInvalid) << text;
}

TEST(Scram, RefusesMandatoryExtensionsAndBadSaltsOfTheServer) {
  EXPECT_EQ(error_of(client().answer(std::string("m=x,") + kServerFirst, kMany)).code,
            ErrorCode::kUnsupported);
  EXPECT_EQ(error_of(client().answer(std::string(kServerFirst) + ",m=x", kMany)).code,
            ErrorCode::kUnsupported);
  for (const auto* text : {"", "W", "W22ZaJ0SNY7soEsUEjb6gQ", "####"})
    EXPECT_THAT(
        error_of(client().answer(server_first("rOprNGfwEbeRWgbNEkqO1", text, "4096"), kMany))
            .message,
        HasSubstr("no salt"));
}

TEST(Scram, SaysWhyTheServerRefuses) {
  auto client_half = quick_client();
  ASSERT_TRUE(client_half.answer(kServerFirst, kMany));
  EXPECT_EQ(error_of(client_half.check("e=invalid-proof")),
            (Error{ErrorCode::kRefused, "the server refuses the login: invalid-proof"}));
  EXPECT_EQ(error_of(client_half.check("e=\x1b[2J")).message, "the server refuses the login: ?[2J");
}

TEST(Scram, RemembersASaltedPassword) {
  auto first = client();
  ASSERT_TRUE(first.answer(kServerFirst, kMany));
  EXPECT_EQ(first.salted().salt, salt());
  EXPECT_EQ(first.salted().iterations, 4096u);
  EXPECT_EQ(quick_client().answer(kServerFirst, kMany), kClientFinal);
}

}  // namespace
}  // namespace oriel::crypto
