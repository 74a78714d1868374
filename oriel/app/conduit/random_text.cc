#include "oriel/app/conduit/random_text.h"

#include <openssl/rand.h>

#include "oriel/base/bytes.h"
#include "oriel/base/check.h"

namespace oriel::conduit {

std::string random_hex(std::size_t bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  Bytes random(bytes);
  ORIEL_CHECK(RAND_bytes(random.data(), static_cast<int>(random.size())) == 1);
  std::string hex;
  hex.reserve(2 * bytes);
  for (const auto byte : random) {
    hex += kDigits[byte >> 4];
    hex += kDigits[byte & 15];
  }
  return hex;
}

std::string random_uuid() {
  auto text = random_hex(16);
  text[12] = '4';                                                              // the version
  text[16] = "89ab"[(text[16] <= '9' ? text[16] - '0' : text[16] - 'a') & 3];  // the variant
  for (const std::size_t dash : {8, 13, 18, 23}) text.insert(dash, 1, '-');
  return text;
}

}  // namespace oriel::conduit
