#include "oriel/app/conduit/client_state.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace oriel::conduit {
namespace {

using enum ClientState;

constexpr ClientState kAll[] = {kDisconnected, kConnecting, kAuthenticating, kConnected, kActive,
                                kPaused,       kClosing,    kClosed,         kFailed};

TEST(ClientState, HasTheNamesOfTheRealPrograms) {
  std::set<std::string_view> names;
  for (const auto state : kAll) names.insert(client_state_name(state));
  EXPECT_EQ(names,
            (std::set<std::string_view>{"DISCONNECTED", "CONNECTING", "AUTHENTICATING", "CONNECTED",
                                        "ACTIVE", "PAUSED", "CLOSING", "CLOSED", "FAILED"}));
}

// Row N039; the second log-in of a server that takes only the older one is ours.
TEST(ClientState, ChangesAsTheTableOfTheRealProgramsSays) {
  const std::set<std::pair<ClientState, ClientState>> expected{
      {kDisconnected, kConnecting}, {kConnecting, kAuthenticating},
      {kConnecting, kFailed},       {kConnecting, kDisconnected},
      {kConnecting, kClosing},      {kAuthenticating, kConnected},
      {kAuthenticating, kFailed},   {kAuthenticating, kDisconnected},
      {kAuthenticating, kClosing},  {kAuthenticating, kConnecting},
      {kConnected, kActive},        {kConnected, kFailed},
      {kConnected, kDisconnected},  {kConnected, kClosing},
      {kActive, kPaused},           {kActive, kClosing},
      {kActive, kDisconnected},     {kActive, kFailed},
      {kPaused, kActive},           {kPaused, kClosing},
      {kPaused, kDisconnected},     {kPaused, kFailed},
      {kClosing, kClosed},          {kClosing, kDisconnected},
      {kClosed, kDisconnected},     {kFailed, kDisconnected},
      {kFailed, kConnecting}};
  for (const auto from : kAll)
    for (const auto to : kAll)
      EXPECT_EQ(can_change(from, to), expected.contains({from, to}))
          << client_state_name(from) << " -> " << client_state_name(to);
  EXPECT_EQ(client_transitions().size(), expected.size());
}

TEST(ClientState, IsConnectedWhereSomethingCanBeSent) {
  for (const auto state : kAll)
    EXPECT_EQ(is_connected(state), state == kConnected || state == kActive || state == kPaused);
}

}  // namespace
}  // namespace oriel::conduit
