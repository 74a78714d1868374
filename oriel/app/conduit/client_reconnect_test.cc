// A client whose server goes and comes back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "oriel/app/conduit/client_stage_test.h"

namespace oriel::conduit {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

TEST(ConduitClient, ConnectsAgainWhenTheServerComesBack) {
  TestServer server;
  Client client(to(server));
  Mailbox<std::string> hooks;
  client.on_connect([&] { hooks.put("connect"); });
  client.on_reconnect([&] { hooks.put("reconnect"); });
  client.on_disconnect([&](const ClientError& reason) {
    EXPECT_FALSE(reason.message.empty());
    hooks.put("disconnect");
  });
  ASSERT_TRUE(client.connect());
  server.kill();
  EXPECT_EQ(hooks.take(), "connect");
  EXPECT_EQ(hooks.take(), "disconnect");
  server.start();
  const auto again = client.wait_connected(10s);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(client.call<int>("add", {{"a", 1}, {"b", 2}}), 3);
  EXPECT_EQ(hooks.take(), "connect");
  EXPECT_EQ(hooks.take(), "reconnect");
  EXPECT_EQ(client.statistics().connections_total, 2u);
}

TEST(ConduitClient, GivesUpAfterItsAttempts) {
  TestServer server;
  auto options = to(server);
  options.reconnect_attempts = 3;
  Client client(options);
  ASSERT_TRUE(client.connect());
  server.kill();
  const auto ended = client.wait(10s);
  ASSERT_FALSE(ended);
  EXPECT_THAT(ended.error().message, HasSubstr("given up after 3 attempts"));
  EXPECT_EQ(client.state(), ClientState::kFailed);
  const auto call = client.call("add");
  EXPECT_EQ(call.error().code, CallCode::kDisconnected);
}

TEST(ConduitClient, StaysDisconnectedWithoutReconnecting) {
  TestServer server;
  auto options = to(server);
  options.reconnect_enabled = false;
  Client client(options);
  ASSERT_TRUE(client.connect());
  server.kill();
  EXPECT_FALSE(client.wait(10s));
  EXPECT_EQ(client.state(), ClientState::kDisconnected);
}

TEST(ConduitClient, RefusesCallsWhileItReconnects) {
  TestServer server;
  auto options = to(server);
  options.reconnect_delay = options.reconnect_delay_max = 10s;
  Client client(options);
  Mailbox<int> gone;
  client.on_disconnect([&] { gone.put(1); });
  ASSERT_TRUE(client.connect());
  server.kill();
  ASSERT_TRUE(gone.take());
  // The wait begins just behind the hook.
  auto call = client.call("add");
  while (call.error().code == CallCode::kDisconnected) call = client.call("add");
  EXPECT_EQ(call.error().code, CallCode::kReconnecting);
  EXPECT_THAT(call.error().message, HasSubstr("was not sent"));
  EXPECT_EQ(kind_of(call.error()), ClientErrorKind::kNotConnected);
  EXPECT_EQ(client.send("x").error().kind, ClientErrorKind::kNotConnected);
  EXPECT_TRUE(client.health().is_reconnecting);
}

TEST(ConduitClient, LetsCallsWaitForTheConnectionWhenAsked) {
  TestServer server;
  auto options = to(server);
  options.calls_wait = true;
  Client client(options);
  ASSERT_TRUE(client.connect());
  server.kill();
  while (client.is_connected()) std::this_thread::yield();
  auto sum = client.call_future<int>("add", {{"a", 1}, {"b", 2}});
  const auto late = client.call("add", {}, {.timeout = 5ms});
  EXPECT_EQ(late.error().code, CallCode::kTimeout);
  EXPECT_THAT(late.error().message, HasSubstr("was not sent"));
  std::stop_source stop;
  auto stopped = client.call_future("add", {}, {.stop = stop.get_token()});
  stop.request_stop();
  EXPECT_EQ(stopped.get().error().code, CallCode::kCancelled);
  server.start();
  EXPECT_EQ(sum.get(), 3);
}

TEST(ConduitClient, EndsCallsThatWaitWhenItEnds) {
  TestServer server;
  auto options = to(server);
  options.calls_wait = true;
  Client client(options);
  ASSERT_TRUE(client.connect());
  server.kill();
  while (client.is_connected()) std::this_thread::yield();
  auto sum = client.call_future<int>("add", {{"a", 1}, {"b", 2}});
  client.disconnect();
  EXPECT_EQ(sum.get().error().code, CallCode::kDisconnected);
}

TEST(ConduitClient, TriesTheFirstConnectionAgainWhenAsked) {
  TestServer server;
  auto options = to(server);
  options.retry_first_connect = true;
  server.kill();
  Client client(options);
  std::thread starter([&] {
    while (client.health().reconnect_attempts < 2) std::this_thread::yield();
    server.start();
  });
  EXPECT_TRUE(client.connect());
  starter.join();
}

TEST(ConduitClient, ForgetsItsFailureWhenItDisconnects) {
  TestServer server;
  auto options = to(server);
  options.reconnect_delay = options.reconnect_delay_max = 1h;
  Client client(options);
  ASSERT_TRUE(client.connect());
  server.kill();
  while (!client.health().is_reconnecting) std::this_thread::yield();
  EXPECT_TRUE(client.failure());
  client.disconnect();
  EXPECT_TRUE(client.wait());
  EXPECT_FALSE(client.failure());
  EXPECT_EQ(client.state(), ClientState::kDisconnected);
}

TEST(ConduitClient, TakesConnectBackByDisconnect) {
  auto options = to_nobody();
  options.retry_first_connect = true;
  options.reconnect_attempts = 0;
  options.reconnect_delay = options.reconnect_delay_max = 1h;
  Client client(options);
  std::thread other([&] {
    while (!client.health().is_reconnecting) std::this_thread::yield();
    client.disconnect();
  });
  EXPECT_EQ(client.connect().error().kind, ClientErrorKind::kCancelled);
  other.join();
}

}  // namespace
}  // namespace oriel::conduit
