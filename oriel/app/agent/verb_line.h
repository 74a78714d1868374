#pragma once
// Verbs as text: what `oriel do` takes. Pure.
//
//   click 100 200; type "hello \"world\"\n"; key Return   # a comment
//   wait still quiet=300ms
//   shot out.png region=0,0,640x480 cursor
//
// ';' and line ends part verbs. Words are parted by spaces; "..." knows \n \t \r \\ \" and
// \u{1F600}, '...' is as it is; both may be part of a word. NAME=VALUE and --NAME=VALUE name an
// argument, other words are arguments by place; a flag is its name alone, or --NAME.

#include <string_view>
#include <vector>

#include "oriel/app/agent/verb_table.h"

namespace oriel::agent {

inline constexpr std::size_t kVerbTextBytesMax = std::size_t{4} << 20;
inline constexpr std::size_t kVerbCallsMax = 10'000;

// All verbs of `text`, UTF-8, in their order. kInput begins with "line L, column C: " and says what
// was expected there.
AgentResult<std::vector<VerbCall>> parse_verbs(std::string_view text);

// One verb of words that are parted already, as a command line has them: the verb's name is in one
// or two of them. kInput without a place.
AgentResult<VerbCall> parse_verb_words(const std::vector<std::string>& words);

}  // namespace oriel::agent
