#include "oriel/app/client/connect_failure.h"

#include <fmt/format.h>

namespace oriel::client {
namespace {

using agent::AgentError;
using agent::ErrorKind;

constexpr std::string_view kTimeout = "Connection timeout";
constexpr std::string_view kCertificate = "SSL certificate verification failed";
constexpr std::string_view kLogin = "Authentication failed";

AgentError made(ErrorKind kind, std::string_view words, std::string_view message) {
  return {kind, fmt::format("{}: {}", words, message)};
}

// With what to do about a certificate of the server; one of ours that it does not take needs
// something else.
std::string with_remedy(const std::string& message) {
  if (!message.contains("is not trusted")) return message;
  return message +
         "; tls.ca_file (--ca FILE) says which authority to trust, and tls.verify = false "
         "(--insecure) trusts anybody, only for tests";
}

// A server that answers, and says that it, or what stands behind it, is not there: 404, 502.
bool is_absence(int status) { return status >= 400; }

}  // namespace

AgentError failure_of(const net::ConnectError& error) {
  switch (error.failure) {
    case net::ConnectFailure::kOptions:
      return {ErrorKind::kInput, error.message};
    case net::ConnectFailure::kUnreachable:
      return {ErrorKind::kConnection, error.message};
    case net::ConnectFailure::kTimeout:
      return made(ErrorKind::kTimeout, kTimeout, error.message);
    case net::ConnectFailure::kCertificate:
      return made(ErrorKind::kConnection, kCertificate, with_remedy(error.message));
    case net::ConnectFailure::kDenied:
      return made(ErrorKind::kAuthentication, kLogin, error.message);
    case net::ConnectFailure::kRefused:
      return {is_absence(error.status) ? ErrorKind::kConnection : ErrorKind::kProtocol,
              error.message};
    case net::ConnectFailure::kProtocol:
      return {ErrorKind::kProtocol, error.message};
    case net::ConnectFailure::kCancelled:
      return {ErrorKind::kConnection, "connecting was given up"};
  }
  return {ErrorKind::kInternal, error.message};
}

AgentError failure_of(const Error& error, const rfb::ClientSession& session,
                      const std::string& shown) {
  const auto message = fmt::format("{}: {}", shown, error.message);
  switch (session.refusal()) {
    case rfb::Refusal::kNone:
      break;
    case rfb::Refusal::kTurnedAway:
      // With a reason that is none.
      if (error.code == ErrorCode::kTooLarge) break;
      return {ErrorKind::kConnection, message};
    case rfb::Refusal::kNoCredentials:
    case rfb::Refusal::kWrongCredentials:
    case rfb::Refusal::kTooManyAttempts:
      return made(ErrorKind::kAuthentication, kLogin, message);
  }
  switch (error.code) {
    case ErrorCode::kTimeout:
      return made(ErrorKind::kTimeout, kTimeout, message);
    case ErrorCode::kRefused:
      // By us, of the server's certificate, while its TLS begins; else by the server, of ours.
      if (session.transition() != Transition::kNone)
        return made(ErrorKind::kConnection, kCertificate, with_remedy(message));
      return made(ErrorKind::kAuthentication, kLogin, message);
    case ErrorCode::kClosed:
    case ErrorCode::kUnavailable:
      return {ErrorKind::kConnection, message};
    case ErrorCode::kInvalid:
    case ErrorCode::kTooLarge:
    case ErrorCode::kUnsupported:
      return {ErrorKind::kProtocol, message};
  }
  return {ErrorKind::kInternal, message};
}

AgentError connection_timeout(const std::string& shown, std::string_view waiting_for) {
  return made(ErrorKind::kTimeout, kTimeout,
              fmt::format("{}: {} did not come in time", shown, waiting_for));
}

}  // namespace oriel::client
