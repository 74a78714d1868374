#include "oriel/app/conduit/client_state.h"

#include <algorithm>

namespace oriel::conduit {
namespace {

using enum ClientState;

constexpr ClientTransition kTransitions[] = {
    {kDisconnected, kConnecting},

    {kConnecting, kAuthenticating},
    {kConnecting, kFailed},
    {kConnecting, kDisconnected},
    {kConnecting, kClosing},

    // The server takes the older log-in only, which is another connection.
    {kAuthenticating, kConnecting},
    {kAuthenticating, kConnected},
    {kAuthenticating, kFailed},
    {kAuthenticating, kDisconnected},
    {kAuthenticating, kClosing},

    {kConnected, kActive},
    {kConnected, kFailed},
    {kConnected, kDisconnected},
    {kConnected, kClosing},

    {kActive, kPaused},
    {kActive, kClosing},
    {kActive, kDisconnected},
    {kActive, kFailed},

    {kPaused, kActive},
    {kPaused, kClosing},
    {kPaused, kDisconnected},
    {kPaused, kFailed},

    {kClosing, kClosed},
    {kClosing, kDisconnected},

    {kClosed, kDisconnected},

    {kFailed, kDisconnected},
    {kFailed, kConnecting},
};

}  // namespace

std::string_view client_state_name(ClientState state) {
  switch (state) {
    case kDisconnected:
      return "DISCONNECTED";
    case kConnecting:
      return "CONNECTING";
    case kAuthenticating:
      return "AUTHENTICATING";
    case kConnected:
      return "CONNECTED";
    case kActive:
      return "ACTIVE";
    case kPaused:
      return "PAUSED";
    case kClosing:
      return "CLOSING";
    case kClosed:
      return "CLOSED";
    case kFailed:
      return "FAILED";
  }
  return "";
}

std::span<const ClientTransition> client_transitions() { return kTransitions; }

bool can_change(ClientState from, ClientState to) {
  return std::ranges::any_of(
      kTransitions, [&](const ClientTransition& row) { return row.from == from && row.to == to; });
}

}  // namespace oriel::conduit
