#pragma once
// Does verbs at one target: in the session that keeps a connection to it, else on a connection of
// their own.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "oriel/app/agent/async_agent.h"
#include "oriel/app/cli/drive_report.h"
#include "oriel/app/cli/session_client.h"
#include "oriel/app/client/connection_options.h"
#include "oriel/app/client/remote_screen.h"

namespace oriel::cli {

// Hears of each output as it comes.
using OnOutput = std::function<void(const VerbOutput&)>;

// Does the calls one after another, up to the first that fails.
boost::asio::awaitable<void> run_calls(client::RemoteScreen& screen, agent::AsyncAgent& agent,
                                       std::vector<agent::VerbCall> calls, OnOutput on_output,
                                       DriveOutcome& outcome);

struct DriveTask {
  client::ConnectionOptions connection;
  std::vector<agent::VerbCall> calls;
  OnOutput on_output;
  std::optional<std::chrono::milliseconds> time = {};  // for all of it
  std::stop_token stop = {};  // requested on the loop: lets go of what is held, and ends
  // The calls for a session; nothing: it is left aside.
  std::optional<SessionCalls> session = {};
  // Hears what a session keeps the user waiting for.
  std::function<void(std::string)> notice = {};
};

boost::asio::awaitable<DriveOutcome> drive_target(boost::asio::any_io_executor executor,
                                                  DriveTask task);

// Where the options lead, or what they say about it when they lead nowhere; without secrets.
std::string shown_target_of(const client::ConnectionOptions& options);

}  // namespace oriel::cli
