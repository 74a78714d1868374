#include "oriel/app/cli/drive_target.h"

#include <fmt/format.h>

#include <utility>

#include "oriel/app/client/connection_plan.h"

namespace oriel::cli {

using boost::asio::awaitable;

std::string shown_target_of(const client::ConnectionOptions& options) {
  const auto plan = client::plan_connection(options, net::process_environment);
  return plan ? plan->shown : !options.target.empty() ? "the target" : options.preset;
}

awaitable<void> run_calls(client::RemoteScreen& screen, agent::AsyncAgent& agent,
                          std::vector<agent::VerbCall> calls, OnOutput on_output,
                          DriveOutcome& outcome) {
  const bool has_places = calls.size() > 1;
  for (auto& call : calls) {
    const auto where = fmt::format("line {}, column {}", call.line, call.column);
    auto result = co_await agent::run(std::move(call), agent);
    if (!result) {
      outcome.error = std::move(result.error());
      if (has_places) outcome.error_where = where;
      co_return;
    }
    outcome.outputs.push_back(output_of(std::move(*result), screen.info()));
    if (on_output) on_output(outcome.outputs.back());
  }
}

awaitable<DriveOutcome> drive_target(boost::asio::any_io_executor executor,
                                     client::ConnectionOptions options,
                                     std::vector<agent::VerbCall> calls, OnOutput on_output) {
  DriveOutcome outcome;
  outcome.target = shown_target_of(options);
  client::RemoteScreen screen(std::move(executor), std::move(options));
  auto connected = co_await screen.connect();
  if (!connected) {
    outcome.error = std::move(connected.error());
    co_return outcome;
  }
  outcome.has_connected = true;
  {
    agent::AsyncAgent agent(screen);
    co_await run_calls(screen, agent, std::move(calls), std::move(on_output), outcome);
  }
  co_await screen.disconnect();
  co_return outcome;
}

}  // namespace oriel::cli
