#include "oriel/core/crypto/diffie_hellman.h"

#include <openssl/bn.h>
#include <openssl/evp.h>

#include <memory>

#include "oriel/base/check.h"

namespace oriel::crypto {
namespace {

struct Deleter {
  void operator()(BIGNUM* number) const { BN_clear_free(number); }
  void operator()(BN_CTX* context) const { BN_CTX_free(context); }
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Number = std::unique_ptr<BIGNUM, Deleter>;

constexpr int kModulusBitsMin = 64;

Number number(ByteSpan bytes) {
  Number number(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
  ORIEL_CHECK(number);
  return number;
}

}  // namespace

Result<Bytes> modular_power(ByteSpan base, ByteSpan exponent, ByteSpan modulus) {
  const auto b = number(base), e = number(exponent), m = number(modulus);
  if (BN_is_odd(m.get()) == 0 || BN_num_bits(m.get()) < kModulusBitsMin)
    return fail(ErrorCode::kInvalid, "Diffie-Hellman: a modulus that is no prime, or a short one");
  const Number last(BN_dup(m.get()));
  ORIEL_CHECK(last && BN_sub_word(last.get(), 1) == 1);
  if (BN_cmp(b.get(), BN_value_one()) <= 0 || BN_cmp(b.get(), last.get()) >= 0)
    return fail(ErrorCode::kInvalid, "Diffie-Hellman: a number that gives the secret away");
  const std::unique_ptr<BN_CTX, Deleter> context(BN_CTX_new());
  const Number power(BN_new());
  ORIEL_CHECK(context && power);
  BN_set_flags(e.get(), BN_FLG_CONSTTIME);
  ORIEL_CHECK(BN_mod_exp_mont_consttime(power.get(), b.get(), e.get(), m.get(), context.get(),
                                        nullptr) == 1);
  Bytes bytes(modulus.size());
  ORIEL_CHECK(BN_bn2binpad(power.get(), bytes.data(), static_cast<int>(bytes.size())) >= 0);
  return bytes;
}

Result<Bytes> encrypt_by_md5_of(ByteSpan secret, ByteSpan blocks) {
  ORIEL_CHECK(blocks.size() % 16 == 0);
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> key{};
  unsigned key_size = 0;
  if (EVP_Digest(secret.data(), secret.size(), key.data(), &key_size, EVP_md5(), nullptr) != 1)
    return fail(ErrorCode::kUnavailable, "MD5 is not available in this OpenSSL");
  const std::unique_ptr<EVP_CIPHER_CTX, Deleter> context(EVP_CIPHER_CTX_new());
  ORIEL_CHECK(context);
  if (EVP_EncryptInit_ex(context.get(), EVP_aes_128_ecb(), nullptr, key.data(), nullptr) != 1)
    return fail(ErrorCode::kUnavailable, "AES is not available in this OpenSSL");
  EVP_CIPHER_CTX_set_padding(context.get(), 0);
  Bytes out(blocks.size());
  int written = 0;
  ORIEL_CHECK(EVP_EncryptUpdate(context.get(), out.data(), &written, blocks.data(),
                                static_cast<int>(blocks.size())) == 1 &&
              written == static_cast<int>(out.size()));
  return out;
}

}  // namespace oriel::crypto
