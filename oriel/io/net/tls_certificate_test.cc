#include "oriel/io/net/tls_certificate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "oriel/io/net/limits.h"

namespace oriel::net {
namespace {

using std::chrono::days;
using std::chrono::system_clock;
using ::testing::HasSubstr;

const std::vector<std::string> kNames{"desk", "localhost", "127.0.0.1", "::1"};

PemPair made(const std::vector<std::string>& names = kNames) {
  auto pem = make_self_signed(names, system_clock::now());
  EXPECT_TRUE(pem) << pem.error().message;
  return *std::move(pem);
}

TEST(TlsCertificate, OfOurOwnCoversItsNamesAndAddressesAndNoOthers) {
  const auto pair = parse_pem_pair(made());
  ASSERT_TRUE(pair) << pair.error().message;
  for (const auto& name : kNames) EXPECT_TRUE(covers(*pair->certificate, name)) << name;
  for (const auto* other : {"127.0.0.2", "::2", "desk.example.org", "example.org", ""})
    EXPECT_FALSE(covers(*pair->certificate, other)) << other;
  EXPECT_EQ(names_of(*pair->certificate), kNames);
}

TEST(TlsCertificate, OfOurOwnIsAP256KeyForThePromisedDays) {
  const auto now = system_clock::now();
  const auto pair = parse_pem_pair(*make_self_signed({"desk"}, now));
  ASSERT_TRUE(pair);
  char group[32] = "";
  EVP_PKEY_get_utf8_string_param(pair->key.get(), "group", group, sizeof group, nullptr);
  EXPECT_STREQ(group, "prime256v1");
  const auto expiry = expiry_of(*pair->certificate);
  EXPECT_LE(expiry, now + days(kSelfSignedDays - 1));
  EXPECT_GT(expiry, now + days(kSelfSignedDays - 1) - std::chrono::seconds(2));
}

TEST(TlsCertificate, HasAFingerprintOfItsOwn) {
  const auto a = parse_pem_pair(made()), b = parse_pem_pair(made());
  ASSERT_TRUE(a && b);
  const auto fingerprint = fingerprint_of(*a->certificate);
  EXPECT_EQ(fingerprint.size(), 32u * 3 - 1);
  EXPECT_EQ(fingerprint[2], ':');
  EXPECT_NE(fingerprint, fingerprint_of(*b->certificate));
}

TEST(TlsCertificate, TakesAChainAndAKeyFromOneFile) {
  const auto ours = made(), other = made();
  const auto all = ours.key + ours.certificate + "a comment\n" + other.certificate;
  const auto pair = parse_pem_pair({all, all});
  ASSERT_TRUE(pair) << pair.error().message;
  EXPECT_EQ(pair->chain.size(), 1u);
}

struct BadPair {
  PemPair pem;
  const char* sentence;
};

TEST(TlsCertificate, SaysWhatIsWrongWithAPair) {
  const auto ours = made(), other = made();
  std::string chain;
  for (std::size_t i = 0; i <= kTlsChainMax; ++i) chain += ours.certificate;
  const auto half = ours.certificate.substr(0, ours.certificate.size() / 2);
  const BadPair bad[] = {
      {{ours.certificate, other.key}, "the private key is not that of the certificate"},
      {{"", ours.key}, "there is no certificate in PEM form"},
      {{half, ours.key}, "there is no certificate in PEM form"},
      {{ours.certificate + half, ours.key}, "not every certificate is in PEM form"},
      {{ours.certificate, ""}, "there is no private key in PEM form"},
      {{ours.certificate, ours.certificate}, "there is no private key in PEM form"},
      {{chain, ours.key}, "more than 16 certificates"},
  };
  for (const auto& [pem, sentence] : bad) {
    const auto pair = parse_pem_pair(pem);
    ASSERT_FALSE(pair) << sentence;
    EXPECT_THAT(pair.error().message, HasSubstr(sentence));
  }
}

TEST(TlsCertificate, ReadsAllAuthoritiesOfASystem) {
  constexpr std::size_t kAuthorities = 200;
  const auto one = made();
  std::string bundle;
  for (std::size_t i = 0; i < kAuthorities; ++i) bundle += "# Authority\n" + one.certificate;
  const auto authorities = parse_pem_certificates(bundle);
  ASSERT_TRUE(authorities) << authorities.error().message;
  EXPECT_EQ(authorities->size(), kAuthorities);
}

TEST(TlsCertificate, DoesNotAskTheTerminalForThePassphraseOfAnEncryptedKey) {
  const auto ours = made();
  const auto pair = parse_pem_pair(ours);
  ASSERT_TRUE(pair);
  const BioPointer bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PKCS8PrivateKey(bio.get(), pair->key.get(), EVP_aes_128_cbc(), "secret", 6, nullptr,
                                nullptr);
  char* text = nullptr;
  const auto size = BIO_get_mem_data(bio.get(), &text);
  const auto refused =
      parse_pem_pair({ours.certificate, std::string(text, static_cast<std::size_t>(size))});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("the private key is encrypted"));
}

}  // namespace
}  // namespace oriel::net
