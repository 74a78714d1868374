#pragma once
// Takes a command line apart into flags and words, for the commands that have a list of flags of
// their own; which flags there are is theirs to say. Pure.

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "oriel/base/result.h"

namespace oriel::cli {

struct Argument {
  std::string_view text;                       // all of it, as it was typed
  std::string_view name = {};                  // of a flag: "--ca", "-v"; empty for a word
  std::optional<std::string_view> value = {};  // of "--ca=FILE"
};

class FlagReader {
 public:
  // `arguments` are lent.
  explicit FlagReader(std::span<const char* const> arguments) : rest_(arguments) {}

  // The next one; nothing at the end. "--" is left out, and all behind it are words, as "-" is.
  std::optional<Argument> next();

  // The value of the flag that `argument` names: its own, or the argument behind it. An empty
  // `value_name` is that of a switch, which takes none and has an empty one. kInvalid, one
  // sentence.
  Result<std::string_view> value_of(const Argument& argument, std::string_view value_name);

 private:
  std::span<const char* const> rest_;
  bool has_flags_ = true;  // until "--"
};

}  // namespace oriel::cli
