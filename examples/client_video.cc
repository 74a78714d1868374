// Records what happens on a screen, as pictures and, where ffmpeg is installed, as a film.
//
//   client_video TARGET FOLDER [SECONDS]

#include <cstdio>
#include <string>

#include "examples/arguments.h"
#include "examples/complain.h"
#include "oriel/app/agent/sync_agent.h"
#include "oriel/app/client/connection.h"

int main(int count, char** arguments) {
  if (count < 3) {
    std::fprintf(stderr, "usage: client_video TARGET FOLDER [SECONDS]\n");
    return 2;
  }
  const std::string folder = arguments[2];
  oriel::client::Connection connection(
      {.target = arguments[1], .password = example::environment("ORIEL_PASSWORD")});
  if (const auto connected = connection.connect(); !connected)
    return example::complain(connected.error());
  oriel::agent::Agent agent(connection.target());

  // In the background, while something is done ...
  if (auto started = agent.video().start({.frames_per_second = 10}); !started)
    return example::complain(started.error());
  for (int step = 1; step <= 5; ++step)
    if (auto clicked = agent.mouse().left_click(step * 20, step * 20); !clicked)
      return example::complain(clicked.error());
  const auto clicks = agent.video().stop();
  if (!clicks) return example::complain(clicks.error());
  const auto saved = agent.video().save_frames(*clicks, folder);
  if (!saved) return example::complain(saved.error());
  std::printf("%zu frames in %s\n", *saved, folder.c_str());

  // ... or for a time, and until something is seen.
  const auto duration = example::seconds(example::argument(count, arguments, 3, "1"));
  const auto watched = agent.video().record(duration, {.frames_per_second = 10});
  if (!watched) return example::complain(watched.error());
  std::printf("%zu frames in %.1f s\n", watched->frames.size(),
              std::chrono::duration<double>(watched->duration).count());
  if (auto film = agent.video().save_video(*watched, folder + "/screen.mp4"); film)
    std::printf("screen.mp4\n");
  else
    std::printf("no film: %s\n", film.error().message.c_str());
  return 0;
}
