// The small languages inside of requests: percent-encoding, cookies and lists of entity tags.

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "fuzz/fuzzer.h"
#include "oriel/app/api/router.h"
#include "oriel/app/api/session_cookie.h"
#include "oriel/app/web/asset_response.h"
#include "oriel/base/check.h"

namespace {

std::string percent_encode(std::string_view text) {
  std::string encoded;
  for (const unsigned char c : text) encoded += fmt::format("%{:02x}", c);
  return encoded;
}

}  // namespace

ORIEL_FUZZER(http_words, data, size) {
  using namespace oriel;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto decoded = api::percent_decode(text)) {
    ORIEL_CHECK(decoded->size() <= text.size());
    ORIEL_CHECK(text.contains('%') || *decoded == text);
  }
  const auto again = api::percent_decode(percent_encode(text));
  ORIEL_CHECK(again && *again == text);

  const auto value = api::cookie_value(text, "oriel_session");
  ORIEL_CHECK(value.empty() || text.contains(fmt::format("oriel_session={}", value)));
  ORIEL_CHECK(!value.contains(';'));
  // A cookie that is put first is the one that is found.
  ORIEL_CHECK(api::cookie_value(fmt::format("oriel_session=mine; {}", text), "oriel_session") ==
              "mine");
  // Adding to a list takes nothing from it, unless the text is a quotation that does not end.
  const std::string tag = "\"tag\"";
  ORIEL_CHECK(web::names_etag(fmt::format("{}, {}", tag, text), tag));
  (void)web::names_etag(text, tag);
  return 0;
}
