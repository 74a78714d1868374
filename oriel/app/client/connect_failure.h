#pragma once
// What went wrong on the way to a server or in talking with it, in the categories of agent_error.h
// and in words that people search for. Pure; any thread.

#include <string>

#include "oriel/app/agent/agent_error.h"
#include "oriel/app/net/connector.h"
#include "oriel/base/result.h"

namespace oriel::client {

// On the way to it: `shown` is the target as logs show it.
agent::AgentError failure_of(const net::ConnectError& error);

// How far the conversation had come.
enum class Progress {
  kBeforeLogin,  // nothing of ours was refused yet
  kLogin,        // the server has been told who we are
  kOpen,         // the handshake is over
};

// In talking: how a session ended.
agent::AgentError failure_of(const Error& error, Progress progress, const std::string& shown);

// The deadline of a whole connection passed while this was waited for.
agent::AgentError connection_timeout(const std::string& shown, std::string_view waiting_for);

}  // namespace oriel::client
