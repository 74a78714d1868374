// Pictures: the whole screen, a part of it, smaller for a model, and as files of several formats.
//
//   client_screenshots TARGET FOLDER

#include <cstdio>
#include <string>

#include "examples/complain.h"
#include "oriel/app/agent/sync_agent.h"
#include "oriel/app/client/connection.h"

int main(int count, char** arguments) {
  if (count != 3) {
    std::fprintf(stderr, "usage: client_screenshots TARGET FOLDER\n");
    return 2;
  }
  const std::string folder = std::string(arguments[2]) + "/";
  oriel::client::Connection connection(
      {.target = arguments[1], .password = example::environment("ORIEL_PASSWORD")});
  if (const auto connected = connection.connect(); !connected)
    return example::complain(connected.error());
  oriel::agent::Agent agent(connection.target());

  // Comes at once, also from a screen that does not change.
  const auto screen = agent.screenshot().capture();
  if (!screen) return example::complain(screen.error());
  std::printf("the first pixel is #%06x\n", screen->frame.at(0, 0));

  // A region is cheaper and sharper than the whole screen.
  const auto corner = agent.screenshot().capture_region(0, 0, 64, 32);
  if (!corner) return example::complain(corner.error());
  std::printf("a corner: %d x %d\n", corner->frame.size().width, corner->frame.size().height);

  // A model sees it smaller, and names places on what it saw.
  const auto small = agent.screenshot().capture({.long_edge_px = 400});
  if (!small) return example::complain(small.error());
  const auto size = small->frame.size();
  const oriel::image::Point middle{size.width / 2, size.height / 2};
  const auto place = small->scale.to_screen(middle);
  std::printf("%d x %d; its middle is at %d,%d of the screen\n", size.width, size.height, place.x,
              place.y);

  for (const char* name : {"screen.png", "screen.jpg", "screen.webp", "screen.bmp"}) {
    const auto saved = agent.screenshot().save(folder + name, {.has_cursor = true});
    if (!saved) return example::complain(saved.error());
    std::printf("saved %s\n", name);
  }
  return 0;
}
