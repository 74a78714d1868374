// The first steps: connects to any VNC server, moves, clicks, drags, types and scrolls.
//
//   client_basic [TARGET]      localhost:1, vnc://HOST:5900, wss://HOST/websockify; ORIEL_PASSWORD

#include <cstdio>

#include "examples/arguments.h"
#include "examples/complain.h"
#include "oriel/app/agent/sync_agent.h"
#include "oriel/app/client/connection.h"

int main(int count, char** arguments) {
  using namespace std::chrono_literals;
  oriel::client::Connection connection({
      .target = example::argument(count, arguments, 1, "localhost:1"),
      .password = example::environment("ORIEL_PASSWORD"),
      .timeout = 30s,
  });
  if (const auto connected = connection.connect(); !connected)
    return example::complain(connected.error());

  oriel::agent::Agent agent(connection.target());
  // Each call returns when it is done, and says what was wrong. `delay` is a rest after it.
  if (auto clicked = agent.mouse().left_click(100, 100); !clicked)
    return example::complain(clicked.error());
  const oriel::agent::AgentStatus done[] = {
      agent.mouse().move_to(200, 200, 50ms),
      agent.mouse().drag_to(300, 300, {.duration = 200ms}),
      agent.mouse().double_click(300, 300),
      agent.keyboard().type_text("Hello, κόσμε!"),
      agent.keyboard().press_key("return"),
      agent.keyboard().hotkey({"ctrl", "a"}),
      agent.scroll().up(3),
      agent.scroll().down(5),
  };
  for (const auto& status : done)
    if (!status) return example::complain(status.error());

  const auto position = agent.mouse().position();
  if (!position) return example::complain(position.error());
  std::printf("the pointer is at %d,%d\n", position->x, position->y);
  return 0;
}
