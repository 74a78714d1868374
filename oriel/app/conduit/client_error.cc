#include "oriel/app/conduit/client_error.h"

#include <algorithm>
#include <iterator>

#include "oriel/base/check.h"

namespace oriel::conduit {
namespace {

using enum ClientErrorKind;

constexpr ClientErrorRow kRows[] = {
    {kOptions, "options", "ClientError", true, "an option has a value that is not allowed"},
    {kUsage, "usage", "ClientError", true,
     "the call would wait for itself: it was made on the client's own thread"},
    {kConnection, "connection", "ConnectionError", false,
     "the server cannot be reached, or the connection was lost"},
    {kNotConnected, "not_connected", "NotConnectedError", true,
     "there is no connection now, so nothing was sent"},
    {kAlreadyConnected, "already_connected", "AlreadyConnectedError", true,
     "connect() was called while the client was connected or connecting"},
    {kAuthentication, "authentication", "AuthenticationError", false,
     "the password is wrong, or it must not be shown on this connection"},
    {kProtocol, "protocol", "ProtocolError", false, "the peer does not speak the conduit"},
    {kTimeout, "timeout", "TimeoutError", false, "it took too long; a call may still run"},
    {kRemote, "remote", "RPCError", false, "the method was called and says that it failed"},
    {kValidation, "validation", "ValidationError", false,
     "arguments, a message or an answer do not have the form that is expected"},
    {kBackpressure, "backpressure", "BackpressureError", true,
     "the server does not keep up and the send queue is full, so nothing was sent"},
    {kCancelled, "cancelled", "", false, "the caller has cancelled it"},
    {kUnknownOutcome, "unknown_outcome", "", false,
     "the connection was lost before the answer came; the call may have run"},
    {kLocal, "local", "", false,
     "something could not be done on our own side, such as reading a file"},
};

}  // namespace

std::span<const ClientErrorRow> client_error_table() { return kRows; }

const ClientErrorRow& row_of(ClientErrorKind kind) {
  const auto row = std::ranges::find(kRows, kind, &ClientErrorRow::kind);
  ORIEL_CHECK(row != std::end(kRows));
  return *row;
}

// The errors that are made here have no number, and never the code that stands for none.
bool is_remote(const CallError& error) {
  return error.number != 0 || error.code == CallCode::kUnknown;
}

ClientErrorKind kind_of(const CallError& error) {
  switch (error.code) {
    case CallCode::kTimeout:
      return kTimeout;
    case CallCode::kCancelled:
      return kCancelled;
    case CallCode::kUnknownOutcome:
      return kUnknownOutcome;
    case CallCode::kValidation:
    case CallCode::kMissingField:
    case CallCode::kInvalidType:
    case CallCode::kInvalidValue:
    case CallCode::kInvalidParams:
      return kValidation;
    default:
      break;
  }
  if (is_remote(error)) return kRemote;
  switch (error.code) {
    case CallCode::kDisconnected:
    case CallCode::kReconnecting:
      return kNotConnected;
    case CallCode::kRateLimited:
      return kBackpressure;
    case CallCode::kAuthRequired:
    case CallCode::kAuthFailed:
    case CallCode::kAuthExpired:
      return kAuthentication;
    case CallCode::kUsage:
      return kUsage;
    case CallCode::kInternal:
    case CallCode::kMethodNotFound:
    case CallCode::kExecutionError:
    case CallCode::kPermissionDenied:
    case CallCode::kQuotaExceeded:
      return kLocal;
    default:
      return kConnection;
  }
}

}  // namespace oriel::conduit
