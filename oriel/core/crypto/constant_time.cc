#include "oriel/core/crypto/constant_time.h"

#include <openssl/crypto.h>

namespace oriel::crypto {

bool equal_constant_time(ByteSpan a, ByteSpan b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace oriel::crypto
