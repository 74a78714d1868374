#pragma once
// What can go wrong while a desktop is driven, in the categories that callers tell apart.

#include <expected>
#include <string>
#include <utility>

namespace oriel::agent {

enum class ErrorKind {
  kConnection,      // no way to the desktop, a certificate that is not trusted, or it was lost
  kTimeout,         // a deadline passed, whoever set it
  kAuthentication,  // a password, a ticket or a certificate of ours that the desktop did not take
  kProtocol,        // the other side says what it must not, or nothing that we understand
  kInput,           // a coordinate, key, amount or text that cannot be
  kState,           // not connected, already connected, already recording
  kAction,          // it was done, but what was expected was not seen
  kInternal,        // a bug, or this machine could not give what was needed
};

// The word for people and for JSON, such as "authentication".
constexpr const char* error_kind_name(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kConnection:
      return "connection";
    case ErrorKind::kTimeout:
      return "timeout";
    case ErrorKind::kAuthentication:
      return "authentication";
    case ErrorKind::kProtocol:
      return "protocol";
    case ErrorKind::kInput:
      return "input";
    case ErrorKind::kState:
      return "state";
    case ErrorKind::kAction:
      return "action";
    case ErrorKind::kInternal:
      return "internal";
  }
  return "unknown";
}

// `message` is one sentence without a final period. Never a secret.
struct AgentError {
  ErrorKind kind = ErrorKind::kInternal;
  std::string message;
  friend bool operator==(const AgentError&, const AgentError&) = default;
};

template <typename T>
using AgentResult = std::expected<T, AgentError>;
using AgentStatus = AgentResult<void>;

inline std::unexpected<AgentError> failure(ErrorKind kind, std::string message) {
  return std::unexpected<AgentError>(AgentError{kind, std::move(message)});
}

}  // namespace oriel::agent
