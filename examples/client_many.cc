// Several machines at once, each with one connection that stays for all that is done there.
//
//   client_many TARGET TARGET ...

#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include "examples/complain.h"
#include "oriel/app/agent/sync_agent.h"
#include "oriel/app/client/connection.h"

namespace {

int work_at(const std::string& target) {
  oriel::client::Connection connection(
      {.target = target, .password = example::environment("ORIEL_PASSWORD")});
  if (const auto connected = connection.connect(); !connected)
    return example::complain(connected.error());
  oriel::agent::Agent agent(connection.target());
  for (int step = 0; step < 10; ++step) {
    if (auto moved = agent.mouse().move_to(step * 10, step * 10); !moved)
      return example::complain(moved.error());
    if (auto typed = agent.keyboard().type_text("Step " + std::to_string(step)); !typed)
      return example::complain(typed.error());
  }
  const auto facts = connection.info();
  std::printf("%s: 10 steps, %llu bytes sent\n", target.c_str(),
              static_cast<unsigned long long>(facts.bytes_out));
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  const std::vector<std::string> targets(arguments + 1, arguments + count);
  std::vector<int> codes(targets.size());
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < targets.size(); ++i)
    threads.emplace_back([&codes, &targets, i] { codes[i] = work_at(targets[i]); });
  for (auto& thread : threads) thread.join();
  for (const int code : codes)
    if (code != 0) return code;
  return 0;
}
