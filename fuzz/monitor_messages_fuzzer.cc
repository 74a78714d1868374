// Any message of a subscriber, and any two documents of a server: what is read can be written and
// read again, and a delta makes one document of the other.
//
//   input := text, NUL, text; each read as a request and as a document

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "fuzz/fuzzer.h"
#include "oriel/base/check.h"
#include "oriel/core/monitor/limits.h"
#include "oriel/core/monitor/messages.h"

namespace {

using namespace oriel::monitor;

void feed_request(std::string_view text) {
  const auto request = parse_request(text);
  if (!request) {
    ORIEL_CHECK(!request.error().message.empty());
    return;
  }
  if (const auto* subscribe = std::get_if<Subscribe>(&*request)) {
    ORIEL_CHECK(!subscribe->metrics.is_empty());
    ORIEL_CHECK(subscribe->interval >= kIntervalMin && subscribe->interval <= kIntervalMax);
    ORIEL_CHECK(subscribe->top_processes >= 1 && subscribe->top_processes <= kTopProcessesMax);
  }
}

}  // namespace

ORIEL_FUZZER(monitor_messages, bytes, size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const auto end = text.find('\0');
  const auto first = text.substr(0, end);
  const auto second = end == std::string_view::npos ? text : text.substr(end + 1);
  feed_request(first);
  feed_request(second);
  const auto before = parse_json(first, size), after = parse_json(second, size);
  if (!after) return 0;
  const auto written = to_json(*after);
  ORIEL_CHECK(parse_json(written, written.size()).has_value());
  if (!before || before->object() == nullptr || after->object() == nullptr) return 0;
  // As a patch of nothing a document loses its nulls, which say the same as missing members do.
  const auto made = patched({}, patched(*before, merge_patch(*before, *after)));
  const auto wanted = patched({}, *after);
  ORIEL_CHECK(merge_patch(made, wanted) == Value(Object{}));
  ORIEL_CHECK(merge_patch(wanted, made) == Value(Object{}));
  return 0;
}
