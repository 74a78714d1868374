// Acting and knowing what came of it, without sleeping: one call acts, waits until the screen is
// still, and answers with what has changed.
//
//   client_waits [TARGET]

#include <cstdio>

#include "examples/arguments.h"
#include "examples/complain.h"
#include "oriel/app/agent/sync_agent.h"
#include "oriel/app/client/connection.h"

int main(int count, char** arguments) {
  using namespace std::chrono_literals;
  using namespace oriel::agent;
  oriel::client::Connection connection(
      {.target = example::argument(count, arguments, 1, "localhost:1"),
       .password = example::environment("ORIEL_PASSWORD")});
  if (const auto connected = connection.connect(); !connected)
    return example::complain(connected.error());
  Agent agent(connection.target());

  ActRequest request;
  request.actions = {Click{.at = {100, 100}}, PressKeys{{'h'}}};
  request.reply = ActReply::kDelta;
  const auto report = agent.act(request);
  if (!report) return example::complain(report.error());
  std::printf("%s; %zu boxes have changed, %zu pictures\n",
              report->has_settled ? "the screen is still" : report->unsettled.c_str(),
              report->boxes.size(), report->pictures.size());
  if (!report->had_effect()) std::printf("nothing happened: did the click miss?\n");

  // Step by step. `since` looks back, so that what was faster than this program is not missed.
  if (auto clicked = agent.mouse().left_click(200, 200); !clicked)
    return example::complain(clicked.error());
  const auto change = agent.wait().change({.since = agent.last_action(), .timeout = 5s});
  if (!change) return example::complain(change.error());
  const auto still = agent.wait().still({.quiet = 200ms, .since = agent.last_action()});
  if (!still) return example::complain(still.error());
  std::printf("a change at %d,%d, and then it was still\n", change->picture_at.x,
              change->picture_at.y);
  return 0;
}
