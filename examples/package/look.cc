// Takes a picture of a desktop: what a program outside of Oriel's own folder needs for it.
//
//   look TARGET FILE

#include <cstdio>
#include <cstdlib>

#include "oriel/app/agent/sync_agent.h"
#include "oriel/app/client/connection.h"

int main(int count, char** arguments) {
  if (count != 3) {
    std::fprintf(stderr, "usage: look TARGET FILE\n");
    return 2;
  }
  const char* password = std::getenv("ORIEL_PASSWORD");
  oriel::client::Connection connection(
      {.target = arguments[1], .password = password != nullptr ? password : ""});
  if (const auto connected = connection.connect(); !connected) {
    std::fprintf(stderr, "%s\n", connected.error().message.c_str());
    return 10;
  }
  oriel::agent::Agent agent(connection.target());
  const auto picture = agent.screenshot().save(arguments[2]);
  if (!picture) {
    std::fprintf(stderr, "%s\n", picture.error().message.c_str());
    return 30;
  }
  std::printf("%s: %d x %d\n", arguments[2], picture->frame.size().width,
              picture->frame.size().height);
  return 0;
}
