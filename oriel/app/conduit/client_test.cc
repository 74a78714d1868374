// The client against our own server: calls, and what it knows. Servers of others:
// client_peers_test.cc.
#include "oriel/app/conduit/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "oriel/app/conduit/client_stage_test.h"
#include "oriel/testing/wait_until.h"

namespace oriel::conduit {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::wait_until;

TEST(ConduitClient, CallsAndDisconnects) {
  TestServer server;
  Client client(to(server));
  Mailbox<ClientState> states;
  client.on_state_change([&](ClientState, ClientState now) { states.put(now); });
  const auto connected = client.connect();
  ASSERT_TRUE(connected) << connected.error().message;
  EXPECT_TRUE(client.is_connected());
  EXPECT_EQ(client.call<int>("add", {{"a", 1}, {"b", 2}}), 3);
  client.disconnect();
  EXPECT_FALSE(client.is_connected());
  EXPECT_THAT(states.all(),
              ElementsAre(ClientState::kConnecting, ClientState::kAuthenticating,
                          ClientState::kConnected, ClientState::kActive, ClientState::kClosing,
                          ClientState::kClosed, ClientState::kDisconnected));
}

TEST(ConduitClient, TakesArgumentsAndGivesResultsOfManyTypes) {
  TestServer server([](Server& s) {
    s.rpc("join",
          [](std::vector<std::string> parts, std::string with) {
            std::string joined;
            for (const auto& part : parts) joined += (joined.empty() ? "" : with) + part;
            return joined;
          },
          {.parameters = {{"parts"}, {"with"}}});
    s.rpc("page", [] {
      return Response::with_pagination(Array{1, 2}, {.total = 5, .page = 1, .page_size = 2});
    });
  });
  Client client(to(server));
  ASSERT_TRUE(client.connect());
  EXPECT_EQ(client.call<std::string>(
                "join", params("parts", std::vector<std::string>{"a", "b"}, "with", "-")),
            "a-b");
  EXPECT_EQ(client.call<int>("norm", Point{3, 4}), 25);
  EXPECT_EQ(client.call<Point>("mirror", Point{3, 4})->x, 4);
  EXPECT_EQ(client.call("add", {{"a", 1}, {"b", 2}}), Value(3));
  EXPECT_EQ(client.call<int>("add", Value(Map{{"a", 1}, {"b", 2}})), 3);
  EXPECT_TRUE(client.call<void>("add", {{"a", 1}, {"b", 2}}));
  EXPECT_EQ(client.call<Response>("page")->pagination->total, 5);
}

TEST(ConduitClient, MakesRemoteErrorsErrors) {
  TestServer server(
      [](Server& s) { s.rpc("fail", []() -> Value { throw std::runtime_error("bang"); }); });
  Client client(to(server));
  ASSERT_TRUE(client.connect());
  const auto none = client.call("nosuch");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, CallCode::kMethodNotFound);
  EXPECT_EQ(none.error().number, 4000);
  EXPECT_EQ(kind_of(none.error()), ClientErrorKind::kRemote);
  const auto failed = client.call("fail");
  ASSERT_FALSE(failed);
  EXPECT_THAT(failed.error().message, HasSubstr("bang"));
  const auto wrong = client.call<int>("add", {{"a", "one"}, {"b", 2}});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(kind_of(wrong.error()), ClientErrorKind::kValidation);
}

TEST(ConduitClient, SaysWhenAnAnswerIsOfAnotherType) {
  TestServer server;
  Client client(to(server));
  ASSERT_TRUE(client.connect());
  const auto text = client.call<std::string>("add", {{"a", 1}, {"b", 2}});
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, CallCode::kInvalidType);
  EXPECT_THAT(text.error().message, HasSubstr("the answer of add"));
}

TEST(ConduitClient, GivesUpACallAfterItsTime) {
  TestServer server;
  auto options = to(server);
  options.rpc_timeout = 20ms;
  Client client(options);
  ASSERT_TRUE(client.connect());
  const auto late = client.call("hang");
  ASSERT_FALSE(late);
  EXPECT_EQ(kind_of(late.error()), ClientErrorKind::kTimeout);
  // One of ours stops working on it.
  EXPECT_TRUE(server.ended().take());
  const auto own = client.call("hang", {}, {.timeout = 10ms});
  ASSERT_FALSE(own);
  EXPECT_EQ(own.error().code, CallCode::kTimeout);
}

TEST(ConduitClient, CancelsACallByItsStopToken) {
  TestServer server;
  Client client(to(server));
  ASSERT_TRUE(client.connect());
  std::stop_source stop;
  auto hanging = client.call_future("hang", {}, {.timeout = 0ms, .stop = stop.get_token()});
  ASSERT_TRUE(server.begun().take());
  stop.request_stop();
  const auto cancelled = hanging.get();
  ASSERT_FALSE(cancelled);
  EXPECT_EQ(kind_of(cancelled.error()), ClientErrorKind::kCancelled);
  EXPECT_TRUE(server.ended().take());
}

TEST(ConduitClient, GivesFutures) {
  TestServer server;
  Client client(to(server));
  ASSERT_TRUE(client.connect());
  std::vector<std::future<CallResult<int>>> sums;
  for (int i = 0; i < 50; ++i) sums.push_back(client.call_future<int>("add", {{"a", i}, {"b", i}}));
  for (int i = 0; i < 50; ++i) EXPECT_EQ(sums[static_cast<std::size_t>(i)].get(), 2 * i);
}

TEST(ConduitClient, IsCalledFromSeveralThreads) {
  TestServer server;
  Client client(to(server));
  ASSERT_TRUE(client.connect());
  std::atomic<int> good = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i)
        if (client.call<int>("add", {{"a", t}, {"b", i}}) == t + i) ++good;
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(good, 200);
}

TEST(ConduitClient, NotifiesWithoutWaiting) {
  Mailbox<std::string> said;
  TestServer server([&](Server& s) {
    s.rpc("say", [&](std::string text) { said.put(text); }, {.parameters = {{"text"}}});
  });
  Client client(to(server));
  EXPECT_EQ(client.notify("say").error().kind, ClientErrorKind::kNotConnected);
  ASSERT_TRUE(client.connect());
  EXPECT_TRUE(client.notify("say", {{"text", "hello"}}));
  EXPECT_EQ(said.take(), "hello");
}

TEST(ConduitClient, DiscoversAndDescribesMethods) {
  TestServer server;
  Client client(to(server));
  ASSERT_TRUE(client.connect());
  const auto methods = client.discover();
  ASSERT_TRUE(methods) << methods.error().message;
  std::vector<std::string> names;
  for (const auto& method : *methods) names.push_back(*method.find("name")->if_text());
  EXPECT_THAT(names, ::testing::IsSupersetOf({"add", "norm", "listall", "describe"}));
  const auto described = client.describe("add");
  ASSERT_TRUE(described) << described.error().message;
  EXPECT_EQ(*described->find("name"), Value("add"));
}

// ---- what it knows

TEST(ConduitClient, KnowsItsHealth) {
  TestServer server;
  Client client(to(server));
  EXPECT_FALSE(client.health().connected);
  ASSERT_TRUE(client.connect());
  const auto health = client.health().to_map();
  EXPECT_EQ(*health.find("connected"), Value(true));
  EXPECT_EQ(*health.find("state"), Value("ACTIVE"));
  EXPECT_EQ(*health.find("authenticated"), Value(true));
  EXPECT_EQ(*health.find("reconnect_attempts"), Value(0));
  EXPECT_EQ(*health.find("server_info")->find("name"), Value("conduit_server"));
  EXPECT_EQ(client.session_token().size(), 128u);
  EXPECT_TRUE(client.server_info().is_oriel);
  EXPECT_EQ(client.target(), "tcp://127.0.0.1:" + std::to_string(server.port()));
}

TEST(ConduitClient, CountsOverAllItsConnections) {
  TestServer server;
  Client client(to(server));
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(client.connect());
    EXPECT_TRUE(client.call("add", {{"a", 1}, {"b", 2}}));
    EXPECT_TRUE(client.send("chat", "hi"));
    client.disconnect();
  }
  const auto statistics = client.statistics();
  EXPECT_EQ(statistics.rpc_calls_made, 2u);
  EXPECT_EQ(statistics.messages_sent, 2u);
  EXPECT_EQ(statistics.connections_total, 2u);
  EXPECT_EQ(statistics.connections_active, 0u);
  EXPECT_GT(statistics.bytes_received, 0u);
  EXPECT_TRUE(statistics.call_latency);
  for (const auto* key :
       {"messages_sent", "messages_received", "bytes_sent", "bytes_received", "rpc_calls_made",
        "rpc_calls_received", "connections_total", "connections_active", "connections_failed",
        "uptime_seconds", "avg_latency_ms", "messages_per_second", "heartbeat", "flow"})
    EXPECT_TRUE(statistics.to_map().contains(key)) << key;
}

TEST(ConduitClient, MeasuresHeartbeats) {
  TestServer server;
  auto options = to(server);
  options.heartbeat_interval = 5ms;
  options.heartbeat_timeout = 10s;
  Client client(options);
  ASSERT_TRUE(client.connect());
  EXPECT_TRUE(wait_until([&] { return client.statistics().pongs_received >= 2; }));
  const auto statistics = client.statistics();
  EXPECT_GE(statistics.pings_sent, 2u);
  ASSERT_TRUE(statistics.heartbeat.average);
  EXPECT_LE(*statistics.heartbeat.least, *statistics.heartbeat.most);
}

}  // namespace
}  // namespace oriel::conduit
