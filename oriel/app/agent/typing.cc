#include "oriel/app/agent/typing.h"

#include <fmt/format.h>

#include <utility>

#include "oriel/core/keys/key_name.h"

namespace oriel::agent {
namespace {

template <typename T>
AgentResult<T> as_input(Result<T> result) {
  if (result) return *std::move(result);
  return failure(ErrorKind::kInput, std::move(result).error().message);
}

AgentResult<Keysyms> keysyms_of_names(const auto& names) {
  Keysyms keysyms;
  for (const auto& name : names) {
    ORIEL_TRY(const auto keysym, as_input(keys::keysym_of_name(name)));
    keysyms.push_back(keysym);
  }
  if (keysyms.empty() || keysyms.size() > keys::kCombinationKeysMax)
    return failure(ErrorKind::kInput, fmt::format("{} keys at once, 1 to {} are possible",
                                                  keysyms.size(), keys::kCombinationKeysMax));
  return keysyms;
}

}  // namespace

KeyNames::KeyNames(std::string_view combination)
    : keysyms_(as_input(keys::keysyms_of_combination(combination))) {}

KeyNames::KeyNames(const std::vector<std::string>& names) : keysyms_(keysyms_of_names(names)) {}

KeyNames::KeyNames(std::initializer_list<const char*> names) : keysyms_(keysyms_of_names(names)) {}

}  // namespace oriel::agent
