#pragma once
// The process that `oriel session start` leaves behind: one connection to a desktop, kept for the
// commands that come, who speak to it by the conduit over a Unix socket.

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "oriel/app/agent/agent_error.h"
#include "oriel/app/client/connection_options.h"

namespace oriel::cli {

inline constexpr std::chrono::seconds kSessionIdle{600};

struct SessionServerOptions {
  client::ConnectionOptions connection;
  std::string socket;  // path of the Unix socket; made with mode 0600
  // So long without a command: it ends; nothing: never.
  std::optional<std::chrono::milliseconds> idle = kSessionIdle;
};

// Connects, tells `ready` what came of it, and serves until it is stopped, idle, or the connection
// is lost. Blocks.
void run_session_server(SessionServerOptions options,
                        const std::function<void(const agent::AgentStatus&)>& ready);

}  // namespace oriel::cli
