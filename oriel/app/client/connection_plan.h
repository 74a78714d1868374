#pragma once
// What the options of a connection come to, before anything is done. Pure; any thread.

#include <cstdint>
#include <string>
#include <vector>

#include "oriel/app/agent/agent_error.h"
#include "oriel/app/client/connection_options.h"
#include "oriel/app/net/proxy.h"
#include "oriel/app/net/stream_connector.h"

namespace oriel::client {

struct ConnectionPlan {
  net::StreamTarget target;
  std::string shown;  // for people and logs: no secrets
  net::StreamConnectOptions connect;
  std::string user;
  std::string password;
  std::vector<std::int32_t> encodings;  // for SetEncodings
};

// Errors: kInput names what is missing, unknown or malformed, and repeats no secret.
agent::AgentResult<ConnectionPlan> plan_connection(const ConnectionOptions& options,
                                                   const net::Environment& environment);

}  // namespace oriel::client
