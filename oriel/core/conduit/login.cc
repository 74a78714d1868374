#include "oriel/core/conduit/login.h"

#include "oriel/core/conduit/limits.h"
#include "oriel/core/conduit/utf8.h"
#include "oriel/core/crypto/constant_time.h"

namespace oriel::conduit {
namespace {

// Tells our own programs from others; a number, so that there can be a next one.
constexpr std::string_view kOrielKey = "oriel";
constexpr std::int64_t kOrielRevision = 1;
constexpr std::string_view kMaxMessageKey = "max_message_bytes";
constexpr std::string_view kErrorNumbersKey = "error_numbers";

std::string text_of(const Value* facts, std::string_view key,
                    std::size_t bytes_max = kFactBytesMax) {
  const auto* value = facts != nullptr ? facts->find(key) : nullptr;
  const auto* text = value != nullptr ? value->if_text() : nullptr;
  return text != nullptr ? cut_utf8(*text, bytes_max) : std::string();
}

std::size_t size_of(const Value* facts, std::string_view key) {
  const auto* value = facts != nullptr ? facts->find(key) : nullptr;
  const auto* number = value != nullptr ? value->if_integer() : nullptr;
  return number != nullptr && *number > 0 ? static_cast<std::size_t>(*number) : 0;
}

}  // namespace

Value write_program_facts(const ProgramFacts& facts) {
  Map map{{"name", facts.name}, {"version", facts.version}};
  if (!facts.description.empty()) map.append("description", facts.description);
  if (facts.is_oriel) map.append(std::string(kOrielKey), kOrielRevision);
  if (facts.max_message_bytes > 0) map.append(std::string(kMaxMessageKey), facts.max_message_bytes);
  if (facts.error_numbers)
    map.append(std::string(kErrorNumbersKey), error_numbers_name(*facts.error_numbers));
  return map;
}

ProgramFacts read_program_facts(const Value* facts) {
  const auto* revision = facts != nullptr ? facts->find(kOrielKey) : nullptr;
  return {.name = text_of(facts, "name"),
          .version = text_of(facts, "version"),
          .is_oriel = revision != nullptr && revision->if_integer() != nullptr,
          .description = text_of(facts, "description", kDescriptionBytesMax),
          .max_message_bytes = size_of(facts, kMaxMessageKey),
          .error_numbers = find_error_numbers(text_of(facts, kErrorNumbersKey))};
}

std::string password_hash(std::string_view password) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  for (const auto byte : crypto::sha256(as_bytes(password))) {
    hex += kDigits[byte >> 4];
    hex += kDigits[byte & 15];
  }
  return hex;
}

LoginBook::LoginBook(std::span<const Password> passwords, Bytes salt, std::uint32_t iterations)
    : salt_(std::move(salt)), iterations_(iterations) {
  for (const auto& [identity, password] : passwords) {
    identities_.push_back(identity);
    hashes_.push_back(password_hash(password));
    keys_.push_back(
        crypto::scram_keys(crypto::scram_salted_password(password, salt_, iterations_)));
  }
}

const std::string* LoginBook::find_hash(std::string_view hex) const {
  const std::string* found = nullptr;
  for (std::size_t key = 0; key < hashes_.size(); ++key)
    if (crypto::equal_constant_time(as_bytes(hashes_[key]), as_bytes(hex)))
      found = &identities_[key];
  return found;
}

crypto::ScramServer LoginBook::scram(std::string nonce) const {
  return {keys_, salt_, iterations_, std::move(nonce)};
}

}  // namespace oriel::conduit
