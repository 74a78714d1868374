#include "oriel/app/conduit/unique_id.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/rand.h>

#include <array>
#include <cstdint>
#include <vector>

#include "oriel/base/check.h"

namespace oriel::conduit {

std::string make_uuid() {
  std::array<std::uint8_t, 16> bytes{};
  ORIEL_CHECK(RAND_bytes(bytes.data(), bytes.size()) == 1);
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | 0x40);  // the version
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80);  // the variant
  std::string uuid;
  for (std::size_t index = 0; index < bytes.size(); ++index) {
    if (index == 4 || index == 6 || index == 8 || index == 10) uuid += '-';
    uuid += fmt::format("{:02x}", bytes[index]);
  }
  return uuid;
}

std::string random_hex(std::size_t bytes) {
  std::vector<std::uint8_t> random(bytes);
  ORIEL_CHECK(RAND_bytes(random.data(), static_cast<int>(random.size())) == 1);
  return fmt::format("{:02x}", fmt::join(random, ""));
}

}  // namespace oriel::conduit
