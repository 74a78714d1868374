// Any text as verbs, and its lines as words of a command line: calls that fit their rows, or a
// sentence with its place; and any table of words that were read in a picture.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/fuzzer.h"
#include "oriel/app/agent/text_reader.h"
#include "oriel/app/agent/verb_line.h"
#include "oriel/base/check.h"

namespace {

using namespace oriel::agent;

void check(const VerbCall& call) {
  ORIEL_CHECK(call.verb != nullptr && check_values(*call.verb, call.values));
  for (const auto& [name, value] : call.values) {
    bool is_known = false;
    for (const auto& argument : call.verb->arguments) is_known |= argument.name == name;
    ORIEL_CHECK(is_known);
  }
}

}  // namespace

ORIEL_FUZZER(verb_line, data, size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto calls = parse_verbs(text)) {
    for (const auto& call : *calls) check(call);
  } else {
    ORIEL_CHECK(calls.error().kind == ErrorKind::kInput);
    ORIEL_CHECK(calls.error().message.starts_with("line "));
  }
  std::vector<std::string> words(1);
  for (const char c : text)
    if (c == '\n')
      words.emplace_back();
    else
      words.back().push_back(c);
  if (const auto call = parse_verb_words(words))
    check(*call);
  else
    ORIEL_CHECK(!call.error().message.empty());
  for (const auto& line : parse_words(text, 2)) ORIEL_CHECK(!line.empty());
  return 0;
}
