#pragma once
// What went wrong on the way to a server or in talking with it, in the categories of agent_error.h
// and in words that people search for. Pure; any thread.

#include <string>
#include <string_view>

#include "oriel/app/agent/agent_error.h"
#include "oriel/app/net/connector.h"
#include "oriel/base/result.h"
#include "oriel/core/rfb/client_session.h"

namespace oriel::client {

// On the way to it.
agent::AgentError failure_of(const net::ConnectError& error);

// In talking: how `session` ended, with the target as logs show it.
agent::AgentError failure_of(const Error& error, const rfb::ClientSession& session,
                             const std::string& shown);

// The deadline of a whole connection passed while this was waited for.
agent::AgentError connection_timeout(const std::string& shown, std::string_view waiting_for);

}  // namespace oriel::client
