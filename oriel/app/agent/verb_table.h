#pragma once
// THE list of what one can do to a desktop by name: in a line of text, as a command, or called by
// another program. Adding a verb is one row in verb_table.cc and one function in verb_actions.cc.

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "oriel/app/agent/async_agent.h"
#include "oriel/app/agent/verb_call.h"

namespace oriel::agent {

enum class ArgumentType {
  kInteger,   // 42
  kNumber,    // 0.5
  kText,      // any, in quotes when it has spaces
  kKeys,      // Return, ctrl+shift+t
  kPlace,     // 100,200
  kPath,      // 10,10 60,80 ...: the rest of the positional words, each a place
  kRegion,    // x,y,WIDTHxHEIGHT
  kDuration,  // 150ms, 2s, 1.5; a number alone is seconds
  kColour,    // #ff8800
  kChoice,    // one of `choices`
  kFlag,      // named alone
  kFile,      // a path of a file; "-" is standard output where it is written
};
std::string_view name_of(ArgumentType type);

struct IntegerRange {
  std::int64_t least = std::numeric_limits<std::int64_t>::min();
  std::int64_t most = std::numeric_limits<std::int64_t>::max();
};

struct VerbArgument {
  std::string_view name;
  ArgumentType type = ArgumentType::kText;
  std::string_view help;
  bool is_positional = false;  // may be given by place; all may be given by name
  bool is_required = false;
  std::string_view choices = {};    // "left|middle|right"
  std::string_view otherwise = {};  // what it is when it is left out, as it is written
  IntegerRange range = {};          // of integers
};

struct Verb {
  std::string_view name;  // one word, or two: "wait still"
  std::string_view help;
  std::string_view example;  // a line
  std::span<const VerbArgument> arguments;
  // `values` have been checked against the arguments. Lives on the loop of the agent.
  boost::asio::awaitable<AgentResult<VerbResult>> (*run)(AsyncAgent& agent, VerbValues values);
  bool is_wait = false;
  bool only_looks = false;  // sends nothing that the desktop could notice, so others may act along
};

// Sorted as help shows them.
std::span<const Verb> verb_table();
// By name or by another common name ("sleep", "wait color"); null when there is none.
const Verb* find_verb(std::string_view name);
// Other names of verbs, and the verb.
std::span<const std::pair<std::string_view, std::string_view>> verb_aliases();

// "click [X] [Y] [button=left|middle|right] ...".
std::string usage_of(const Verb& verb);

// `text` as a value of the argument. kInput says what was expected.
AgentResult<VerbValue> parse_value(const VerbArgument& argument, std::string_view text);
// Checks that everything that is required is there. kInput names what is missing.
AgentStatus check_values(const Verb& verb, const VerbValues& values);

// Does it and stamps the result.
boost::asio::awaitable<AgentResult<VerbResult>> run(VerbCall call, AsyncAgent& agent);

// Verbs that belong together, such as those of one `oriel do`, on an agent that others may use too:
// a wait that says nothing else looks back to the last action of its own run, never to one of
// theirs. Lives on the loop of the agent, which outlives it.
class VerbRun {
 public:
  explicit VerbRun(AsyncAgent& agent) : agent_(agent) {}
  // One after another. Only one run acts at a time.
  boost::asio::awaitable<AgentResult<VerbResult>> next(VerbCall call);

 private:
  AsyncAgent& agent_;
  bool has_acted_ = false;
};

}  // namespace oriel::agent
