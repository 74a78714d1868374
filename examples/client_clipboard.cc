// The clipboard: sets it, pastes, reads what programs copy, and remembers.
//
//   client_clipboard [TARGET]

#include <cstdio>

#include "examples/arguments.h"
#include "examples/complain.h"
#include "oriel/app/agent/sync_agent.h"
#include "oriel/app/client/connection.h"

int main(int count, char** arguments) {
  using namespace std::chrono_literals;
  oriel::client::Connection connection(
      {.target = example::argument(count, arguments, 1, "localhost:1"),
       .password = example::environment("ORIEL_PASSWORD")});
  if (const auto connected = connection.connect(); !connected)
    return example::complain(connected.error());
  oriel::agent::Agent agent(connection.target());

  if (auto set = agent.clipboard().set("from the client: ✓"); !set)
    return example::complain(set.error());
  // A long text is pasted faster than it is typed, and no keyboard layout can spoil it.
  const oriel::agent::TypeOptions paste{.method = oriel::agent::TypeMethod::kPaste};
  if (auto pasted = agent.keyboard().type_text("pasted, not typed", paste); !pasted) {
    if (pasted.error().kind != oriel::agent::ErrorKind::kAction)
      return example::complain(pasted.error());
    std::puts("no program has taken it");
  }
  const auto text = agent.clipboard().get(5s);
  if (!text) return example::complain(text.error());
  std::printf("on the clipboard: %s\n", text->c_str());
  const auto history = agent.clipboard().history();
  if (!history) return example::complain(history.error());
  for (const auto& entry : *history) std::printf("before: %s\n", entry.text.c_str());
  return 0;
}
