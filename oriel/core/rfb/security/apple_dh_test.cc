#include "oriel/core/rfb/security/apple_dh.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <charconv>
#include <memory>

#include "oriel/base/byte_writer.h"
#include "oriel/core/crypto/diffie_hellman.h"

namespace oriel::rfb {
namespace {

using ::testing::HasSubstr;

Bytes from_hex(std::string_view hex) {
  Bytes bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    std::uint8_t byte = 0;
    std::from_chars(hex.data() + i, hex.data() + i + 2, byte, 16);
    bytes.push_back(byte);
  }
  return bytes;
}

// The second Oakley group (RFC 2409, 6.2), whose generator is 2.
const Bytes kPrime = from_hex(
    "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22"
    "514a08798e3404ddef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6"
    "f44c42e9a637ed6b0bff5cb6f406b7edee386bfb5a899fa5ae9f24117c4b1fe649286651ece65381"
    "ffffffffffffffff");
constexpr std::uint16_t kGenerator = 2;

SecurityClientConfig config(std::string user = "user", std::string password = "geheim") {
  SecurityClientConfig config{std::move(password), std::move(user)};
  for (std::size_t i = 0; i < config.entropy.size(); ++i)
    config.entropy[i] = static_cast<std::uint8_t>(i * 7 + 3);
  return config;
}

Bytes offer(const Bytes& prime, const Bytes& theirs) {
  Bytes bytes;
  ByteWriter(bytes)
      .u16(kGenerator)
      .u16(static_cast<std::uint16_t>(prime.size()))
      .bytes(prime)
      .bytes(theirs);
  return bytes;
}

Bytes take_output(OutputQueue& output) {
  Bytes all;
  ByteSpan piece[1];
  while (output.gather(piece) > 0) {
    all.insert(all.end(), piece[0].begin(), piece[0].end());
    output.consume(piece[0].size());
  }
  return all;
}

// The server's half.
struct Server {
  Bytes private_number = Bytes(48, 0x35);

  Bytes offer() const {
    return rfb::offer(kPrime, *crypto::modular_power(Bytes{kGenerator}, private_number, kPrime));
  }
  // What it understands: both fields.
  std::pair<std::string, std::string> open(const Bytes& answer) const {
    const auto theirs = ByteSpan(answer).subspan(128);
    const auto secret = *crypto::modular_power(theirs, private_number, kPrime);
    std::array<std::uint8_t, 16> key;
    EXPECT_EQ(EVP_Digest(secret.data(), secret.size(), key.data(), nullptr, EVP_md5(), nullptr), 1);
    const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(
        EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
    EVP_DecryptInit_ex(context.get(), EVP_aes_128_ecb(), nullptr, key.data(), nullptr);
    EVP_CIPHER_CTX_set_padding(context.get(), 0);
    std::array<char, 128> plain;
    int written = 0;
    EVP_DecryptUpdate(context.get(), reinterpret_cast<std::uint8_t*>(plain.data()), &written,
                      answer.data(), 128);
    EXPECT_EQ(written, 128);
    return {plain.data(), plain.data() + 64};
  }
};

// Computed with Python's integers, hashlib and the openssl program.
TEST(AppleDh, AnswersAsComputedElsewhere) {
  const auto theirs = from_hex(
      "d45667a37a74bf24b2769872354064f51fc26e5dbd8c376726aa1a415eca14d236bf60467e64f048"
      "9d8d6ec4a5f983c48ea58ade3493336e00c9c6b4421828220017700d77039c0e090ded7807c9e9bc"
      "28e42fb2939ebb9d1ac4af10a7b2bef1356cb6f6b21eba5c8191ba982955698d860bb25fdfa60569"
      "adc75a68d160536e");
  const auto client = make_apple_dh_client(config());
  OutputQueue output;
  ASSERT_TRUE(client->receive(offer(kPrime, theirs), output));
  EXPECT_EQ(
      take_output(output),
      from_hex("a6d78f43a98306665ac0ad8b025f5bb3348a4657ca61d46e183898abf54d4f20d3fe8c12ee741091"
               "145884fdafb0d3c9cb3fd7af6c02493679b2b9bb4be7e16e1443d1db1f1265af18349223c7b66bac"
               "6bac9456710a9bd6a6d8ad94141def7338ab0fa299606e9c135ce52936684565eab72f4f4a30ad9f"
               "ff730d6182ceb6a4dbf5c3ca2adc9253be9f7efb4da2a3024ad48da97257b14ea3c2e1828982a308"
               "b9350dc0c1238375b499d41aea4cf2ba90b77bd7ed486ded003eb5afafbe3eb6837c357c87428adf"
               "91e6d531b7ae595139357bb58030cb2b6ae30f78a1bd73667ad9d531faa2b44c18374dde73b87d8f"
               "073cab02fc78d498974486b9b77431ba"));
}

TEST(AppleDh, TellsItsServerUserAndPasswordAtEverySplit) {
  const Server server;
  const auto offer = server.offer();
  for (std::size_t step = 1; step < 300; step += 13) {
    const auto client = make_apple_dh_client(config("jörg", "geheim"));
    OutputQueue output;
    Bytes pending;
    for (std::size_t at = 0; at < offer.size(); at += step) {
      EXPECT_FALSE(client->is_done());
      const auto piece = ByteSpan(offer).subspan(at, std::min(step, offer.size() - at));
      pending.insert(pending.end(), piece.begin(), piece.end());
      const auto need = client->receive(pending, output);
      ASSERT_TRUE(need);
      EXPECT_EQ(need->consumed, pending.size() == offer.size() ? offer.size() : 0);
      EXPECT_GT(need->wanted + need->consumed, pending.size());
    }
    ASSERT_TRUE(client->is_done());
    EXPECT_EQ(server.open(take_output(output)),
              (std::pair<std::string, std::string>("jörg", "geheim")));
  }
}

struct Refused {
  std::string_view test_name;
  Bytes offer;
  SecurityClientConfig config;
  ErrorCode code;
  std::string_view message;
};

std::vector<Refused> refused() {
  Bytes one(128), last = kPrime, even = kPrime;
  one.back() = 1;
  --last.back();
  --even.back();
  Bytes two(128);
  two.back() = 2;
  return {
      {"ShortPrime", offer(Bytes(127, 0xff), Bytes(127, 2)), config(), ErrorCode::kUnsupported,
       "a prime of 127 bytes, expected 128 to 512"},
      {"LongPrime", offer(Bytes(513, 0xff), Bytes(513, 2)), config(), ErrorCode::kUnsupported,
       "a prime of 513 bytes"},
      {"EvenPrime", offer(even, two), config(), ErrorCode::kInvalid, "no prime"},
      {"PrimeOfZeros", offer(Bytes(128), two), config(), ErrorCode::kInvalid, "no prime"},
      {"NumberZero", offer(kPrime, Bytes(128)), config(), ErrorCode::kInvalid, "gives the secret"},
      {"NumberOne", offer(kPrime, one), config(), ErrorCode::kInvalid, "gives the secret"},
      {"NumberLast", offer(kPrime, last), config(), ErrorCode::kInvalid, "gives the secret"},
      {"NumberPrime", offer(kPrime, kPrime), config(), ErrorCode::kInvalid, "gives the secret"},
      {"NoUser", offer(kPrime, two), config("", "geheim"), ErrorCode::kRefused, "not both"},
      {"NoPassword", offer(kPrime, two), config("user", ""), ErrorCode::kRefused, "not both"},
      {"LongUser", offer(kPrime, two), config(std::string(64, 'u')), ErrorCode::kTooLarge,
       "more than 63 bytes"},
  };
}

class AppleDhRefuses : public ::testing::TestWithParam<Refused> {};

TEST_P(AppleDhRefuses, AndSaysNothing) {
  const auto client = make_apple_dh_client(GetParam().config);
  OutputQueue output;
  const auto need = client->receive(GetParam().offer, output);
  ASSERT_FALSE(need);
  EXPECT_EQ(need.error().code, GetParam().code);
  EXPECT_THAT(need.error().message, HasSubstr(GetParam().message));
  EXPECT_TRUE(output.empty());
}

INSTANTIATE_TEST_SUITE_P(Offers, AppleDhRefuses, ::testing::ValuesIn(refused()),
                         [](const auto& row) { return std::string(row.param.test_name); });

TEST(AppleDh, TakesTheLongestUserAndPassword) {
  const Server server;
  const std::string user(63, 'u'), password(63, 'p');
  const auto client = make_apple_dh_client(config(user, password));
  OutputQueue output;
  ASSERT_TRUE(client->receive(server.offer(), output));
  EXPECT_EQ(server.open(take_output(output)), std::pair(user, password));
}

}  // namespace
}  // namespace oriel::rfb
