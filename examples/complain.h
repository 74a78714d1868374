#pragma once
// How the client's examples end when something went wrong: as `oriel shot` does.

#include <cstdio>
#include <cstdlib>
#include <string>

#include "oriel/app/agent/agent_error.h"

namespace example {

// The environment variable, or an empty text.
inline std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

// Prints it, and gives the program's exit code (docs/exit_codes.md).
inline int complain(const oriel::agent::AgentError& error) {
  using Kind = oriel::agent::ErrorKind;
  std::fprintf(stderr, "%s: %s\n", error_kind_name(error.kind), error.message.c_str());
  switch (error.kind) {
    case Kind::kConnection:
      return 10;
    case Kind::kTimeout:
      return 40;
    case Kind::kAuthentication:
      return 3;
    case Kind::kProtocol:
      return 20;
    case Kind::kInput:
      return 2;
    case Kind::kState:
    case Kind::kAction:
      return 30;
    case Kind::kInternal:
      break;
  }
  return 1;
}

}  // namespace example
