// On the program's own loop, without threads: the same as coroutines.
//
//   client_coroutine TARGET TARGET ...

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <string>

#include "examples/complain.h"
#include "oriel/app/agent/async_agent.h"
#include "oriel/app/client/remote_screen.h"

namespace {

using oriel::agent::AsyncAgent;

boost::asio::awaitable<void> look_at(boost::asio::io_context& loop, std::string target,
                                     int& exit_code) {
  oriel::client::ConnectionOptions options;
  options.target = target;
  options.password = example::environment("ORIEL_PASSWORD");
  oriel::client::RemoteScreen screen(loop.get_executor(), options);
  const auto connected = co_await screen.connect();
  if (!connected) {
    exit_code = example::complain(connected.error());
    co_return;
  }
  AsyncAgent agent(screen);
  const oriel::image::Point place{50, 50};
  const auto clicked = co_await agent.mouse().left_click(place);
  oriel::agent::StillOptions options_of_wait;  // g++ 12 wants a variable
  options_of_wait.since = agent.last_action();
  const auto still = co_await agent.wait().still(options_of_wait);
  if (clicked && still)
    std::printf("%s: clicked, %zu boxes have changed\n", target.c_str(), still->boxes.size());
  else
    exit_code = example::complain(clicked ? still.error() : clicked.error());
  co_await screen.disconnect();
}

}  // namespace

int main(int count, char** arguments) {
  boost::asio::io_context loop{1};
  int exit_code = 0;
  for (int i = 1; i < count; ++i)
    boost::asio::co_spawn(loop, look_at(loop, arguments[i], exit_code), boost::asio::detached);
  loop.run();
  return exit_code;
}
