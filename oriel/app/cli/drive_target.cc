#include "oriel/app/cli/drive_target.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "oriel/app/cli/bounded_work.h"
#include "oriel/app/client/connection_plan.h"
#include "oriel/app/client/vnc_target.h"

namespace oriel::cli {

using boost::asio::awaitable;

namespace {

awaitable<void> connect_and_drive(boost::asio::any_io_executor executor, DriveTask task,
                                  DriveOutcome& outcome) {
  client::RemoteScreen screen(std::move(executor), std::move(task.connection));
  auto connected = co_await screen.connect();
  if (!connected) {
    outcome.error = std::move(connected.error());
    co_return;
  }
  outcome.has_connected = true;
  {
    agent::AsyncAgent agent(screen);
    co_await run_calls(screen, agent, std::move(task.calls), std::move(task.on_output), outcome);
  }
  co_await screen.disconnect();
}

// Whether a session did it.
awaitable<void> do_in_session(boost::asio::any_io_executor executor, DriveTask task,
                              DriveOutcome& outcome, bool& is_done) {
  auto doing = run_in_session(std::move(executor), std::move(task.connection),
                              *std::move(task.session), task.time, std::move(task.notice));
  auto done = co_await std::move(doing);
  if (!done) co_return;
  outcome = *std::move(done);
  is_done = true;
  if (task.on_output)
    for (const auto& output : outcome.outputs) task.on_output(output);
}

}  // namespace

std::string shown_target_of(const client::ConnectionOptions& options) {
  if (const auto plan = client::plan_connection(options, net::process_environment))
    return plan->shown;
  if (!options.target.empty()) return client::masked_target(options.target);
  return options.preset.empty() ? client::masked_target(options.url_template)
                                : "the preset " + options.preset;
}

awaitable<void> run_calls(client::RemoteScreen& screen, agent::AsyncAgent& agent,
                          std::vector<agent::VerbCall> calls, OnOutput on_output,
                          DriveOutcome& outcome) {
  const bool has_places = calls.size() > 1;
  agent::VerbRun verbs(agent);
  for (auto& call : calls) {
    outcome.under_way = call.verb->name;
    if (has_places) outcome.error_where = fmt::format("line {}, column {}", call.line, call.column);
    auto result = co_await verbs.next(std::move(call));
    if (!result) {
      outcome.error = std::move(result.error());
      co_return;
    }
    outcome.under_way.clear();
    outcome.error_where.clear();
    outcome.outputs.push_back(output_of(std::move(*result), screen.info()));
    if (on_output) on_output(outcome.outputs.back());
  }
}

awaitable<DriveOutcome> drive_target(boost::asio::any_io_executor executor, DriveTask task) {
  DriveOutcome outcome;
  outcome.target = shown_target_of(task.connection);
  const auto time = task.time;
  const auto stop = task.stop;
  const auto until = time ? std::optional(Clock::now() + *time) : std::nullopt;
  if (task.session) {
    bool is_done = false;
    auto in_session = do_in_session(executor, task, outcome, is_done);
    // A session keeps to the time by itself.
    auto bounded = run_bounded(std::move(in_session), std::nullopt, stop);
    const auto end = co_await std::move(bounded);
    if (is_done || end == WorkEnd::kStopped) co_return outcome;
  }
  if (time) task.connection.timeout = std::min(task.connection.timeout, *time);
  auto work = connect_and_drive(std::move(executor), std::move(task), outcome);
  auto bounded = run_bounded(std::move(work), until, stop);
  const auto end = co_await std::move(bounded);
  // What had ended just before is over, not late.
  if (end == WorkEnd::kTimeout && (!outcome.under_way.empty() || !outcome.has_connected))
    set_timed_out(outcome, *time);
  co_return outcome;
}

}  // namespace oriel::cli
