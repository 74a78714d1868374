#include "oriel/core/crypto/des_challenge.h"

#include <openssl/evp.h>

#include <memory>

#include "oriel/base/check.h"

namespace oriel::crypto {
namespace {

std::uint8_t reverse_bits(std::uint8_t byte) {
  std::uint8_t reversed = 0;
  for (int bit = 0; bit < 8; ++bit)
    reversed = static_cast<std::uint8_t>(reversed << 1 | (byte >> bit & 1));
  return reversed;
}

}  // namespace

Challenge des_challenge_response(const Challenge& challenge, std::string_view password) {
  // OpenSSL 3 keeps single DES in a provider that may be missing. Triple DES with one key thrice is
  // single DES.
  std::array<std::uint8_t, 24> key{};
  for (std::size_t i = 0; i < 8 && i < password.size(); ++i)
    key[i] = key[i + 8] = key[i + 16] = reverse_bits(static_cast<std::uint8_t>(password[i]));

  std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(EVP_CIPHER_CTX_new(),
                                                                          EVP_CIPHER_CTX_free);
  Challenge response{};
  int written = 0;
  ORIEL_CHECK(context && EVP_EncryptInit_ex(context.get(), EVP_des_ede3_ecb(), nullptr, key.data(),
                                            nullptr) == 1);
  EVP_CIPHER_CTX_set_padding(context.get(), 0);
  ORIEL_CHECK(EVP_EncryptUpdate(context.get(), response.data(), &written, challenge.data(),
                                challenge.size()) == 1 &&
              written == static_cast<int>(response.size()));
  return response;
}

}  // namespace oriel::crypto
