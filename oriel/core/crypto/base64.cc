#include "oriel/core/crypto/base64.h"

#include <openssl/evp.h>

#include <algorithm>

#include "oriel/base/check.h"

namespace oriel::crypto {

namespace {

constexpr std::size_t kChunk = 48 * 1024;  // OpenSSL counts in int; a multiple of 3

std::size_t encoded_bytes(std::size_t bytes) { return (bytes + 2) / 3 * 4; }

}  // namespace

std::string base64(ByteSpan bytes) {
  std::string text;
  text.reserve(encoded_bytes(bytes.size()));
  while (!bytes.empty()) {
    const auto chunk = bytes.first(std::min(bytes.size(), kChunk));
    const auto start = text.size();
    const auto size = encoded_bytes(chunk.size());
    text.resize(start + size + 1);  // it ends with NUL
    EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data() + start), chunk.data(),
                    static_cast<int>(chunk.size()));
    text.resize(start + size);
    bytes = bytes.subspan(chunk.size());
  }
  return text;
}

Result<Bytes> from_base64(std::string_view text) {
  Bytes bytes;
  bytes.reserve(text.size() / 4 * 3);
  for (auto rest = text; !rest.empty();) {
    const auto chunk = rest.substr(0, encoded_bytes(kChunk));
    const auto start = bytes.size();
    bytes.resize(start + (chunk.size() + 3) / 4 * 3);
    const auto size = EVP_DecodeBlock(bytes.data() + start, as_bytes(chunk).data(),
                                      static_cast<int>(chunk.size()));
    if (size < 0) return fail(ErrorCode::kInvalid, "it is not base64");
    bytes.resize(start + static_cast<std::size_t>(size));
    rest.remove_prefix(chunk.size());
  }
  // OpenSSL gives zeros for the padding, and skips white space and more.
  if (text.ends_with("==") && !bytes.empty()) bytes.pop_back();
  if (text.ends_with('=') && !bytes.empty()) bytes.pop_back();
  if (base64(bytes) != text) return fail(ErrorCode::kInvalid, "it is not base64 in its one form");
  return bytes;
}

}  // namespace oriel::crypto
