// Any messages to both halves of SCRAM: nobody is let in who does not know the password, and no
// server is believed that does not.
//
//   input := half (1 byte), first message, NUL, final message

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "fuzz/fuzzer.h"
#include "oriel/base/check.h"
#include "oriel/core/crypto/scram.h"

namespace {

using namespace oriel;
using namespace oriel::crypto;

constexpr const char* kNonce = "rOprNGfwEbeRWgbNEkqO";
constexpr std::uint32_t kIterationsMax = 4096;

const ScramClient::Salted& salted() {
  static const ScramClient::Salted kept = [] {
    const Bytes salt{1, 2, 3};
    return ScramClient::Salted{salt, kIterationsMax,
                               scram_salted_password("pencil", salt, kIterationsMax)};
  }();
  return kept;
}

void feed_server(std::string_view first, std::string_view final) {
  static const auto keys = scram_keys(salted().password);
  ScramServer server({&keys, 1}, salted().salt, kIterationsMax, kNonce);
  const auto challenge = server.challenge(first);
  ORIEL_CHECK(challenge || !challenge.error().message.empty());
  const auto success = server.verify(final);
  ORIEL_CHECK(!success && !success.error().message.empty());
  if (!challenge) return;
  const auto nonce_at = challenge->find(kNonce);
  ORIEL_CHECK(challenge->starts_with("r=") && nonce_at != challenge->npos);
}

void feed_client(std::string_view first, std::string_view final) {
  ScramClient client("user", "pencil", kNonce);
  client.remember(salted());
  const auto answer = client.answer(first, kIterationsMax);
  ORIEL_CHECK(answer || !answer.error().message.empty());
  ORIEL_CHECK(!client.check(final));
}

}  // namespace

ORIEL_FUZZER(scram, bytes, size) {
  if (size == 0) return 0;
  const auto text = as_text({bytes + 1, size - 1});
  const auto end = text.find('\0');
  const auto first = text.substr(0, end);
  const auto final = end == text.npos ? std::string_view() : text.substr(end + 1);
  if (bytes[0] % 2 == 0)
    feed_server(first, final);
  else
    feed_client(first, final);
  return 0;
}
