// What of a client its server sees: names, buffers, limits, pauses.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <string>

#include "oriel/app/conduit/client_stage_test.h"
#include "oriel/testing/wait_until.h"

namespace oriel::conduit {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using testing::wait_until;

TEST(ConduitClient, TellsTheServerWhoItIs) {
  TestServer server;
  auto options = to(server);
  options.name = "tester";
  options.version = "7.0";
  Client client(options);
  ASSERT_TRUE(client.connect());
  const auto program = server->connections().at(0)->program();
  EXPECT_EQ(program.name, "tester");
  EXPECT_EQ(program.version, "7.0");
}

TEST(ConduitClient, ReadsLongAnswersThroughASmallBuffer) {
  TestServer server([](Server& s) { s.rpc("long", [] { return std::string(1 << 20, 'x'); }); });
  auto options = to(server);
  options.buffer_size = 1024;
  Client client(options);
  ASSERT_TRUE(client.connect());
  EXPECT_EQ(client.call<std::string>("long").value().size(), std::size_t{1} << 20);
}

TEST(ConduitClient, TakesTheErrorNumbersThatItsServerHas) {
  for (const auto numbers : {ErrorNumbers::kPrograms, ErrorNumbers::kSeed}) {
    TestServer server([](Server& s) { s.rpc("no", [] { return CallError::permission_denied(); }); },
                      {.error_numbers = numbers});
    auto options = to(server);
    options.error_numbers =
        numbers == ErrorNumbers::kSeed ? ErrorNumbers::kPrograms : ErrorNumbers::kSeed;
    Client client(options);
    ASSERT_TRUE(client.connect());
    EXPECT_EQ(client.call("no").error().code, CallCode::kPermissionDenied);
  }
}

TEST(ConduitClient, CompressesWhenAsked) {
  TestServer server([](Server& s) {
    s.rpc("size", [](std::string text) { return text.size(); }, {.parameters = {{"text"}}});
  });
  for (const bool compresses : {false, true}) {
    auto options = to(server);
    options.enable_compression = compresses;
    Client client(options);
    ASSERT_TRUE(client.connect());
    EXPECT_EQ(client.call<std::size_t>("size", {{"text", std::string(100'000, 'x')}}), 100'000u);
    EXPECT_EQ(client.statistics().bytes_sent < 5'000, compresses);
  }
}

TEST(ConduitClient, IsSentNothingBeyondItsLimit) {
  TestServer server([](Server& s) { s.rpc("long", [] { return std::string(2000, 'x'); }); });
  auto options = to(server);
  options.max_message_size = 1024;
  options.reconnect_enabled = false;
  Client client(options);
  ASSERT_TRUE(client.connect());
  server->broadcast("long", std::string(2000, 'x'));
  const auto answer = client.call("long");
  ASSERT_FALSE(answer);
  EXPECT_EQ(kind_of(answer.error()), ClientErrorKind::kRemote);
  EXPECT_THAT(answer.error().message, HasSubstr("at most 1024 can be sent"));
  EXPECT_EQ(client.call<int>("add", {{"a", 1}, {"b", 2}}), 3) << "it is still connected";
}

TEST(ConduitClient, SendsNothingBeyondTheLimitOfTheServer) {
  TestServer server({}, {.max_message_size = 5000});
  Client client(to(server));
  ASSERT_TRUE(client.connect());
  auto under_way = client.call_future("hang");
  ASSERT_TRUE(server.begun().take());
  const std::string text(5000, 'x');
  const auto call = client.call("add", {{"a", text}, {"b", 2}});
  ASSERT_FALSE(call);
  EXPECT_EQ(kind_of(call.error()), ClientErrorKind::kValidation);
  EXPECT_THAT(call.error().message, HasSubstr("at most 5000 can be sent"));
  EXPECT_EQ(client.send("note", {{"text", text}}).error().kind, ClientErrorKind::kValidation);
  EXPECT_EQ(under_way.wait_for(0s), std::future_status::timeout) << "other calls go on";
}

TEST(ConduitClient, PausesAServerThatIsTooQuick) {
  TestServer server;
  auto options = to(server);
  options.receive_queue_size = 10;
  Client client(options);
  std::atomic<int> heard = 0;
  std::atomic<bool> may_go = false;
  client.on("tick", [&](Value) {
    may_go.wait(false);
    ++heard;
  });
  ASSERT_TRUE(client.connect());
  server->set_topic_policy("tick", TopicPolicy::kBlock);
  for (int i = 0; i < 30; ++i) server->broadcast("tick", i);
  EXPECT_TRUE(wait_until([&] { return client.statistics().pauses_sent > 0; }));
  may_go = true;
  may_go.notify_all();
  EXPECT_TRUE(wait_until([&] { return heard >= 30; }));
  EXPECT_GE(client.statistics().resumes_sent, 1u);
}

}  // namespace
}  // namespace oriel::conduit
