// Any text as JSON, and any MessagePack as JSON: what is read can be written and read again.
//
//   input := JSON or MessagePack

#include <cstddef>
#include <cstdint>
#include <utility>

#include "fuzz/fuzzer.h"
#include "oriel/base/check.h"
#include "oriel/core/conduit/json.h"
#include "oriel/core/conduit/message_pack.h"

namespace {

using namespace oriel;
using namespace oriel::conduit;

// All doubles are 0 in it: Boost.JSON 1.81 reads some of the 17 digits that it writes as the
// double next to it.
Value without_doubles(Value value) {
  if (value.if_double() != nullptr) return 0.0;
  if (auto* array = value.if_array())
    for (auto& element : *array) element = without_doubles(std::move(element));
  Map map;
  if (value.if_map() == nullptr) return value;
  for (const auto& [key, member] : *value.if_map()) map.append(key, without_doubles(member));
  return map;
}

}  // namespace

ORIEL_FUZZER(conduit_json, bytes, size) {
  if (const auto parsed = parse_json(as_text({bytes, size}))) {
    const auto value = without_doubles(*parsed);
    ORIEL_CHECK(parse_json(to_json_text(value)) == value);
  }
  if (const auto unpacked = unpack({bytes, size})) {
    ORIEL_CHECK(!to_json_text(*unpacked).empty());
    const auto text = to_json_text(without_doubles(*unpacked));
    // A map of another program's own may look like bytes without being any.
    const auto again = parse_json(text);
    ORIEL_CHECK(again ? to_json_text(*again) == text : text.find("{\"$") != text.npos);
  }
  return 0;
}
