// What goes wrong, by category: what a program does about it depends on the category alone, over
// TCP as over a WebSocket.
//
//   client_errors [TARGET ...]

#include <cstdio>
#include <string>

#include "examples/complain.h"
#include "oriel/app/agent/sync_agent.h"
#include "oriel/app/client/connection.h"

namespace {

using oriel::agent::ErrorKind;

const char* what_to_do(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kConnection:
      return "is it running, is the name right, is its certificate trusted?";
    case ErrorKind::kTimeout:
      return "try again, with more time";
    case ErrorKind::kAuthentication:
      return "ask for another password or ticket";
    case ErrorKind::kProtocol:
      return "this is not VNC, or none that we know";
    case ErrorKind::kInput:
      return "mend the program: it asks for what cannot be";
    case ErrorKind::kState:
      return "mend the program: connect first, and once";
    case ErrorKind::kAction:
      return "look at the screen: it was done and had no effect";
    case ErrorKind::kInternal:
      break;
  }
  return "report it";
}

template <typename Result>
void tell(const char* what, const Result& result) {
  if (result)
    std::printf("%s: good\n", what);
  else
    std::printf("%s: %s (%s)\n  -> %s\n", what, error_kind_name(result.error().kind),
                result.error().message.c_str(), what_to_do(result.error().kind));
}

}  // namespace

int main(int count, char** arguments) {
  using namespace std::chrono_literals;
  for (int i = 1; i < count; ++i) {
    oriel::client::Connection connection({.target = arguments[i],
                                          .password = example::environment("ORIEL_PASSWORD"),
                                          .timeout = 5s});
    std::printf("== %s\n", arguments[i]);
    oriel::agent::Agent agent(connection.target());
    tell("a click before connecting", agent.mouse().left_click(1, 1));
    const auto connected = connection.connect();
    tell("connecting", connected);
    if (!connected) continue;
    tell("connecting again", connection.connect());
    tell("a click beside the screen", agent.mouse().left_click(99'999, 1));
    tell("an unknown key", agent.keyboard().press_key("no such key"));
    tell("a negative amount", agent.scroll().down(-1));
    tell("a wait for what does not come",
         agent.wait().colour({.at = {1, 1}, .colour = 0x123456, .timeout = 100ms}));
    connection.disconnect();
    tell("a picture after disconnecting", agent.screenshot().capture());
  }
  return 0;
}
