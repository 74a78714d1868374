#pragma once
// What can go wrong for a client, by kind, and how the errors of calls fall into the kinds. The
// names in brackets are the exceptions of the real programs (row N036).

#include <expected>
#include <span>
#include <string>
#include <string_view>

#include "oriel/core/conduit/response.h"

namespace oriel::conduit {

enum class ClientErrorKind {
  kOptions,           // an option is wrong [ClientError]
  kUsage,             // a call that would wait for itself; see Client [ClientError]
  kConnection,        // no way to the server, or the way was lost [ConnectionError]
  kNotConnected,      // nothing was sent [NotConnectedError]
  kAlreadyConnected,  // [AlreadyConnectedError]
  kAuthentication,    // the password, or how to show it [AuthenticationError]
  kProtocol,          // what answers does not speak the conduit [ProtocolError]
  kTimeout,           // [TimeoutError, RPCTimeout]
  kRemote,            // the method says so [RPCError, ServerError]
  kValidation,        // arguments, a message or an answer of another form [ValidationError]
  kBackpressure,      // the server does not keep up; nothing was sent [BackpressureError]
  kCancelled,
  kUnknownOutcome,  // the connection was lost, and the call may have run
  kLocal,           // something on our own side, such as a file that is not there
};

struct ClientErrorRow {
  ClientErrorKind kind;
  std::string_view name;       // "not_connected"
  std::string_view exception;  // of the real programs; empty: none
  bool was_not_sent;           // certainly: the same can be tried again without being done twice
  std::string_view meaning;
};
std::span<const ClientErrorRow> client_error_table();
const ClientErrorRow& row_of(ClientErrorKind kind);

struct ClientError {
  ClientErrorKind kind = ClientErrorKind::kConnection;
  std::string message;

  friend bool operator==(const ClientError&, const ClientError&) = default;
};
using ClientStatus = std::expected<void, ClientError>;

inline std::unexpected<ClientError> client_failure(ClientErrorKind kind, std::string message) {
  return std::unexpected(ClientError{kind, std::move(message)});
}

// Whether the error came from the server, or was made here.
bool is_remote(const CallError& error);
ClientErrorKind kind_of(const CallError& error);

}  // namespace oriel::conduit
