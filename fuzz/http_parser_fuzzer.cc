// Any bytes as requests of HTTP, one after the other on one connection: the same requests come out
// however they are cut, and what has to be kept is bounded.
//
//   input := U8 choice, what the client says
//   choice: bit 0: small limits; bits 1 to 7: bytes of a piece less 1

#include <strings.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "fuzz/fuzzer.h"
#include "oriel/base/check.h"
#include "oriel/io/net/http_parser.h"

namespace {

using namespace oriel;
using net::HttpLimits;
using net::HttpParser;
using net::HttpRequest;

struct Outcome {
  std::vector<HttpRequest> requests;
  int refusal = 0;  // status of the response, if one ended the connection
};

bool is_same(const HttpRequest& a, const HttpRequest& b) {
  return a.method == b.method && a.path == b.path && a.query == b.query && a.fields == b.fields &&
         a.body == b.body && a.is_head == b.is_head && a.is_keep_alive == b.is_keep_alive &&
         a.is_http_1_0 == b.is_http_1_0;
}

void check_request(const HttpRequest& request, const HttpLimits& limits) {
  ORIEL_CHECK(request.path.starts_with('/'));
  ORIEL_CHECK(request.body.size() <= limits.body_bytes);
  std::size_t fields_bytes = 0;
  int hosts = 0, origins = 0;
  for (const auto& field : request.fields) {
    fields_bytes += field.name.size() + field.value.size();
    ORIEL_CHECK(!field.name.empty());
    constexpr std::string_view kLineEnds("\r\n\0", 3);
    ORIEL_CHECK(field.name.find_first_of(kLineEnds) == std::string::npos);
    ORIEL_CHECK(field.value.find_first_of(kLineEnds) == std::string::npos);
    hosts += strcasecmp(field.name.c_str(), "Host") == 0;
    origins += strcasecmp(field.name.c_str(), "Origin") == 0;
  }
  ORIEL_CHECK(hosts <= 1 && origins <= 1);
  ORIEL_CHECK(fields_bytes + request.path.size() <= 2 * limits.header_bytes);
}

Outcome run(ByteSpan bytes, std::size_t step_bytes, const HttpLimits& limits) {
  Outcome outcome;
  Bytes unread;
  std::optional<HttpParser> parser(std::in_place, limits);
  while (!bytes.empty()) {
    const auto piece = bytes.first(std::min(step_bytes, bytes.size()));
    bytes = bytes.subspan(piece.size());
    unread.insert(unread.end(), piece.begin(), piece.end());
    while (!unread.empty()) {
      // A block of their own, so that ASan sees reads past the end.
      const Bytes shown(unread.begin(), unread.end());
      const auto count = parser->put(shown);
      if (!count) {
        outcome.refusal = count.error().status;
        ORIEL_CHECK(outcome.refusal >= 400 && !count.error().content().empty());
        return outcome;
      }
      ORIEL_CHECK(*count <= unread.size());
      unread.erase(unread.begin(), unread.begin() + static_cast<std::ptrdiff_t>(*count));
      if (!parser->is_done()) break;
      (void)parser->take_continue();
      outcome.requests.push_back(parser->take_request());
      check_request(outcome.requests.back(), limits);
      parser.emplace(limits);
    }
    ORIEL_CHECK(unread.size() <= limits.header_bytes);
  }
  return outcome;
}

}  // namespace

ORIEL_FUZZER(http_parser, bytes, size) {
  if (size < 1) return 0;
  HttpLimits limits;
  if (bytes[0] & 1) {
    limits.header_bytes = 256;
    limits.body_bytes = 16;
  }
  const ByteSpan said(bytes + 1, size - 1);
  Bytes ended(said.begin(), said.end());
  for (char c : std::string_view("\r\n\r\n")) ended.push_back(static_cast<std::uint8_t>(c));
  const auto whole = run(said, size, limits);
  for (const std::size_t step : {std::size_t{1}, std::size_t{1} + (bytes[0] >> 1)}) {
    const auto cut = run(said, step, limits);
    ORIEL_CHECK(std::ranges::equal(whole.requests, cut.requests, is_same));
    // Which of two faults is told depends on which is seen first, and one in a head that arrives in
    // pieces is told at the end of the head only.
    ORIEL_CHECK(whole.refusal != 0 || cut.refusal == 0);
    if (whole.refusal != 0 && cut.refusal == 0) ORIEL_CHECK(run(ended, step, limits).refusal != 0);
  }
  return 0;
}
