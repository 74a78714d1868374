#pragma once
// The states of a client, with the names and the transitions of the real programs (row N039).

#include <span>
#include <string_view>

namespace oriel::conduit {

enum class ClientState {
  kDisconnected,    // never connected, disconnected, or waiting to connect again
  kConnecting,      // TCP, TLS, WebSocket
  kAuthenticating,  // the log-in
  kConnected,       // logged in; at once followed by kActive
  kActive,
  kPaused,   // the server has asked to be sent nothing for now; it is still read
  kClosing,  // disconnect() was called
  kClosed,
  kFailed,  // an attempt has failed; another may follow
};

// "DISCONNECTED".
std::string_view client_state_name(ClientState state);

struct ClientTransition {
  ClientState from;
  ClientState to;
};
// All that can happen.
std::span<const ClientTransition> client_transitions();
bool can_change(ClientState from, ClientState to);

// Calls and messages can be sent.
constexpr bool is_connected(ClientState state) {
  return state == ClientState::kConnected || state == ClientState::kActive ||
         state == ClientState::kPaused;
}

}  // namespace oriel::conduit
