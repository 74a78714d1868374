// The clients of a server. Methods, messages and the rest: server_*_test.cc.
#include "oriel/app/conduit/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "oriel/app/conduit/server_stage_test.h"

namespace oriel::conduit {
namespace {

using namespace std::chrono_literals;
using ::oriel::testing::RawPeer;
using server_stage::code;
using server_stage::data;
using server_stage::quick_options;
using server_stage::ServerStage;
using server_stage::text;
using ::testing::HasSubstr;

TEST(Server, KnowsItsClients) {
  ServerStage stage;
  EXPECT_EQ(stage.server.state(), ServerState::kCreated);
  stage.server.rpc("id", [](Context& context) { return context.connection().id(); });
  stage.start();
  EXPECT_TRUE(stage.server.is_running());
  EXPECT_THAT(stage.server.address(), HasSubstr("127.0.0.1:"));
  RawPeer stranger(stage.server.port());
  auto peer = stage.join();
  const auto id = *data(peer.call("id")).if_text();
  ASSERT_EQ(stage.server.connection_count(), 1u);
  const auto connection = stage.server.find_connection(id);
  ASSERT_NE(connection, nullptr);
  EXPECT_EQ(stage.server.connections().at(0), connection);
  EXPECT_EQ(id.size(), 36u);
  EXPECT_EQ(id[14], '4');
  EXPECT_TRUE(connection->is_authenticated());
  EXPECT_EQ(connection->program().name, "test");
  EXPECT_EQ(connection->state(), ConnectionState::kConnected);
  EXPECT_EQ(connection->stats().calls_answered, 1u);
  EXPECT_EQ(stage.server.find_connection("nobody"), nullptr);

  EXPECT_TRUE(connection->send_message("private", Map{{"from", "me"}}));
  const auto message = peer.next(FrameType::kMessage);
  ASSERT_TRUE(message);
  EXPECT_EQ(text(message->payload, "type"), "private");
  connection->close("you have to go");
  const auto close = peer.next(FrameType::kClose);
  ASSERT_TRUE(close);
  EXPECT_EQ(text(close->payload, "reason"), "you have to go");
  EXPECT_TRUE(peer.is_ended());
  EXPECT_TRUE(ServerStage::comes([&] { return stage.server.connection_count() == 0; }));
  EXPECT_FALSE(connection->send_message("late", {}));
}

TEST(Server, TellsEachClientWhoItIs) {
  auto options = quick_options();
  options.name = "MyGameServer";
  options.description = "for games";
  ServerStage stage(std::move(options));
  stage.start();
  RawPeer peer(stage.server.port());
  const auto welcome = peer.log_in();
  ASSERT_TRUE(welcome);
  EXPECT_EQ(text(welcome->payload, "session_token").size(), 128u);
  const auto* info = welcome->payload.find("server_info");
  EXPECT_EQ(text(*info, "name"), "MyGameServer");
  EXPECT_EQ(text(*info, "version"), "1.0.0");
  EXPECT_EQ(text(*info, "description"), "for games");
}

TEST(Server, CompressesWhatIsLongWhenAskedTo) {
  auto options = quick_options();
  options.enable_compression = true;
  ServerStage stage(std::move(options));
  const std::string text(100'000, 'x');
  stage.server.rpc("long", [&] { return text; });
  stage.start();
  auto peer = stage.join();
  EXPECT_EQ(data(peer.call("long")), Value(text));
  EXPECT_TRUE(ServerStage::comes([&] { return stage.server.statistics().traffic.bytes_out > 0; }));
  EXPECT_LT(stage.server.statistics().traffic.bytes_out, 5'000u);
}

TEST(Server, CallsItsClients) {
  ServerStage stage;
  stage.start();
  auto peer = stage.join();
  const auto connection = stage.server.connections().at(0);
  auto answer = connection->call_future("client.add", Map{{"a", 1}});
  const auto call = peer.next(FrameType::kRpcRequest);
  ASSERT_TRUE(call);
  EXPECT_EQ(text(call->payload, "method"), "client.add");
  peer.send(oriel::testing::reply(call->correlation, 5));
  EXPECT_EQ(answer.get(), CallResult<Value>(5));
  ASSERT_TRUE(connection->stats().call_latency);

  auto late = connection->call_future("slow", {}, {.timeout = 1ms});
  EXPECT_EQ(late.get().error().code, CallCode::kTimeout);
  EXPECT_EQ(connection->stats().calls_timed_out, 1u);

  std::stop_source stop;
  auto unwanted = connection->call_future("slow", {}, {.timeout = 0ms, .stop = stop.get_token()});
  stop.request_stop();
  EXPECT_EQ(unwanted.get().error().code, CallCode::kCancelled);

  auto lost = connection->call_future("lost");
  std::string method;
  while (method != "lost") {  // the cancelled one may never have left
    const auto request = peer.next(FrameType::kRpcRequest);
    ASSERT_TRUE(request);
    method = text(request->payload, "method");
  }
  peer.send(oriel::testing::frame(FrameType::kClose, Map{{"reason", "good night"}}));
  const auto error = lost.get().error();
  EXPECT_EQ(error.code, CallCode::kUnknownOutcome);
  EXPECT_THAT(error.message, HasSubstr("good night"));
  EXPECT_EQ(connection->call_future("x").get().error().code, CallCode::kDisconnected);
}

TEST(Server, ListensOnIpv6AndTakesIpv4Too) {
  auto options = quick_options();
  options.host = "0.0.0.0";
  options.ipv6 = true;
  ServerStage stage(std::move(options));
  if (const auto status = stage.server.start(); !status)
    GTEST_SKIP() << "no IPv6 here: " << status.error().message;
  RawPeer six(stage.server.port(), 0, true);
  EXPECT_EQ(six.log_in()->type, FrameType::kAuthSuccess);
  stage.join();
}

}  // namespace
}  // namespace oriel::conduit
