#pragma once
// The keyboard of an agent: text in any script, keys by name.

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "oriel/app/agent/agent_parts.h"

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
  // wants it (AgentTarget::wants_shift) gets it anyway.
  bool with_shift = false;
  KeyNames paste_keys = "ctrl+v";
  milliseconds delay{};  // after it
};

// Lives as long as its agent, on the same loop.
class KeyboardControl {
 public:
  using Done = boost::asio::awaitable<AgentStatus>;

  explicit KeyboardControl(AgentParts& parts) : parts_(parts) {}

  // UTF-8; line ends are Return. kInput for an empty text, and for what no key types.
  Done type_text(std::string text, TypeOptions options = {});
  // One key or a combination, `count` times.
  Done press_key(KeyNames keys, int count = 1, milliseconds delay = {});
  Done hotkey(KeyNames keys, milliseconds delay = {}) {
    return press_key(std::move(keys), 1, delay);
  }
  // Until key_up(), or the end of the agent.
  Done key_down(KeyNames keys, milliseconds delay = {});
  Done key_up(KeyNames keys, milliseconds delay = {});
  Done hold(KeyNames keys, milliseconds duration, milliseconds delay = {});

 private:
  AgentParts& parts_;
};

}  // namespace oriel::agent
