// Any bytes as messages of a client: what is read is written again to the same value in as many
// bytes, and every truncation of it asks for more. Their first 12 bytes are a version, too.

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "fuzz/fuzzer.h"
#include "oriel/base/check.h"
#include "oriel/core/rfb/client_message.h"
#include "oriel/core/rfb/version.h"

namespace {

using namespace oriel;

constexpr std::size_t kTruncationsMax = 64;  // keeps one input fast

void check_round_trip(const rfb::ClientMessage& message, std::size_t consumed,
                      const rfb::Limits& limits) {
  Bytes written;
  ByteWriter writer(written);
  rfb::write_client_message(message, writer);
  ORIEL_CHECK(written.size() == consumed);
  rfb::ClientMessage again;
  ORIEL_CHECK(rfb::parse_client_message(written, limits, rfb::PointerForm::kPlain, again) ==
              (Need{consumed, 1}));
  ORIEL_CHECK(again == message);
  for (std::size_t size = 1; size < std::min(consumed, kTruncationsMax); ++size) {
    const Bytes cut(written.begin(), written.begin() + static_cast<std::ptrdiff_t>(size));
    const auto need = rfb::parse_client_message(cut, limits, rfb::PointerForm::kPlain, again);
    ORIEL_CHECK(need && need->consumed == 0 && need->wanted > size && need->wanted <= consumed);
  }
}

}  // namespace

ORIEL_FUZZER(client_message, data, size) {
  ByteSpan bytes(data, size);
  if (size >= rfb::kVersionSize) {
    if (const auto version = rfb::choose_version(bytes.first(rfb::kVersionSize))) {
      const auto again = rfb::choose_version(as_bytes((*version)->line));
      ORIEL_CHECK(again == version);
    } else {
      ORIEL_CHECK(version.error().message.find('\n') == std::string::npos);
    }
  }
  rfb::Limits limits;
  limits.encodings_max = 100;
  const std::size_t kept_max = 4 + 4 * limits.encodings_max;
  while (!bytes.empty()) {
    rfb::ClientMessage message;
    const auto need = rfb::parse_client_message(bytes, limits, rfb::PointerForm::kPlain, message);
    if (!need) break;
    ORIEL_CHECK(need->consumed <= bytes.size());
    if (need->consumed == 0) {
      ORIEL_CHECK(need->wanted > bytes.size() && need->wanted <= kept_max);
      break;
    }
    check_round_trip(message, need->consumed, limits);
    bytes = bytes.subspan(need->consumed);
  }
  return 0;
}
