#include "oriel/app/cli/flag_reader.h"

#include <fmt/format.h>

#include "oriel/app/config/suggestion.h"

namespace oriel::cli {

std::optional<Argument> FlagReader::next() {
  if (rest_.empty()) return std::nullopt;
  Argument argument{.text = rest_.front()};
  rest_ = rest_.subspan(1);
  if (!has_flags_) return argument;
  if (argument.text == "--") {
    has_flags_ = false;
    return next();
  }
  if (argument.text.size() < 2 || !argument.text.starts_with('-')) return argument;
  argument.name = argument.text;
  if (!argument.name.starts_with("--")) return argument;
  const auto equals = argument.text.find('=');
  if (equals == argument.text.npos) return argument;
  argument.name = argument.text.substr(0, equals);
  argument.value = argument.text.substr(equals + 1);
  return argument;
}

Result<std::string_view> FlagReader::value_of(const Argument& argument,
                                              std::string_view value_name) {
  if (value_name.empty()) {
    if (!argument.value) return std::string_view();
    return fail(ErrorCode::kInvalid, fmt::format("{} takes no value, got {}", argument.name,
                                                 config::printable(argument.text)));
  }
  if (argument.value) return *argument.value;
  if (rest_.empty())
    return fail(ErrorCode::kInvalid,
                fmt::format("{} needs a value: {} {}", argument.name, argument.name, value_name));
  const std::string_view value = rest_.front();
  rest_ = rest_.subspan(1);
  return value;
}

}  // namespace oriel::cli
