#include "oriel/app/conduit/file_checksum.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <cstdint>
#include <memory>

#include "oriel/base/bytes.h"
#include "oriel/base/check.h"

namespace oriel::conduit {
namespace {

constexpr std::size_t kChecksumBytes = 64;

}  // namespace

bool is_checksum(std::string_view text) {
  return text.size() == kChecksumBytes &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Result<std::string> file_checksum(const files::File& file) {
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> digest(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  ORIEL_CHECK(digest && EVP_DigestInit_ex(digest.get(), EVP_sha256(), nullptr) == 1);
  Bytes buffer(256 * 1024);
  for (std::uint64_t offset = 0;;) {
    ORIEL_TRY(const auto count, file.read_at(offset, buffer));
    if (count == 0) break;
    ORIEL_CHECK(EVP_DigestUpdate(digest.get(), buffer.data(), count) == 1);
    offset += count;
  }
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> hash{};
  unsigned size = 0;
  ORIEL_CHECK(EVP_DigestFinal_ex(digest.get(), hash.data(), &size) == 1);
  return fmt::format("{:02x}", fmt::join(hash.begin(), hash.begin() + size, ""));
}

}  // namespace oriel::conduit
