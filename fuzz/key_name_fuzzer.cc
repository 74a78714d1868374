// Any text as a key, as a combination of keys and as text to type: keysyms, or a sentence.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "fuzz/fuzzer.h"
#include "oriel/base/check.h"
#include "oriel/core/keys/key_name.h"

ORIEL_FUZZER(key_name, data, size) {
  using namespace oriel::keys;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto key = keysym_of_name(text)) {
    ORIEL_CHECK(*key != 0);
    // One key is a combination of one, unless a '+' in it parts it.
    const auto alone = keysyms_of_combination(text);
    if (!text.contains('+')) ORIEL_CHECK(alone && alone->size() == 1 && alone->front() == *key);
  } else {
    ORIEL_CHECK(!key.error().message.empty());
  }
  if (const auto keys = keysyms_of_combination(text))
    ORIEL_CHECK(!keys->empty() && keys->size() <= kCombinationKeysMax);
  if (const auto keys = keysyms_of_text(text)) {
    ORIEL_CHECK(keys->size() <= text.size());
    for (const auto key : *keys) ORIEL_CHECK(key != 0);
  }
  return 0;
}
