#pragma once
// What an agent types, and how: keys by name, and texts. Plain values.

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "oriel/app/agent/action.h"
#include "oriel/app/agent/agent_error.h"
#include "oriel/app/agent/limits.h"

namespace oriel::agent {

// Keys as programs name them: "Return", "ctrl+shift+t", {"ctrl", "+"}, or a keysym. The names are
// those of core/keys/key_name.h.
class KeyNames {
 public:
  KeyNames(const char* combination) : KeyNames(std::string_view(combination)) {}
  KeyNames(std::string_view combination);
  KeyNames(const std::string& combination) : KeyNames(std::string_view(combination)) {}
  KeyNames(const std::vector<std::string>& names);
  KeyNames(std::initializer_list<const char*> names);
  KeyNames(std::uint32_t keysym) : keysyms_(Keysyms{keysym}) {}

  // kInput names what is no key.
  const AgentResult<Keysyms>& keysyms() const { return keysyms_; }

 private:
  AgentResult<Keysyms> keysyms_;
};

enum class TypeMethod {
  kKeys,   // key by key
  kPaste,  // through the clipboard
};

struct TypeOptions {
  TypeMethod method = TypeMethod::kKeys;
  milliseconds interval{};  // after each key; only where the desktop is slow
  // Shift is pressed for capitals and for what is above digits and signs on an American keyboard,
  // as people do: for programs and servers that look at keys, not at characters. A target that
  // wants it (desktop::InputSink::wants_shift) gets it anyway.
  bool with_shift = false;
  KeyNames paste_keys = "ctrl+v";
  milliseconds delay{};  // after it
};

}  // namespace oriel::agent
