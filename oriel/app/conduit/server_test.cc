#include "oriel/app/conduit/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/describe.hpp>
#include <condition_variable>
#include <csignal>
#include <latch>
#include <map>
#include <mutex>
#include <thread>

#include "oriel/testing/conduit/raw_peer.h"

namespace oriel::conduit {
namespace {

using namespace std::chrono_literals;
using ::oriel::testing::RawPeer;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

ServerOptions quick_options() {
  return {.password = "secret",
          .host = "127.0.0.1",
          .port = 0,
          .scram_iterations = 4096,
          .stop_timeout = 2s};
}

// A server that runs, with what its tests do to it.
struct Stage {
  explicit Stage(ServerOptions options = quick_options()) : server(std::move(options)) {}
  void start() {
    const auto status = server.start();
    ASSERT_TRUE(status) << status.error().message;
  }
  RawPeer join(const std::string& password = "secret") {
    RawPeer peer(server.port());
    const auto answer = peer.log_in(password);
    EXPECT_TRUE(answer && answer->type == FrameType::kAuthSuccess);
    return peer;
  }
  // What happens soon, on another thread.
  static bool comes(const std::function<bool()>& what) {
    const auto until = Clock::now() + 10s;
    while (!what() && Clock::now() < until) std::this_thread::yield();
    return what();
  }

  Server server;
};

std::string text(const Value& envelope, std::string_view key) {
  const auto* value = envelope.find(key);
  return value != nullptr && value->if_text() != nullptr ? *value->if_text() : "";
}
Value data(const Value& envelope) {
  const auto* value = envelope.find("data");
  return value != nullptr ? *value : Value("no data");
}
std::int64_t code(const Value& envelope) {
  const auto* value = envelope.find("code");
  return value != nullptr && value->if_integer() != nullptr ? *value->if_integer() : -1;
}

struct CalculateRequest {
  double a = 0;
  double b = 0;
  std::string operation;
};
BOOST_DESCRIBE_STRUCT(CalculateRequest, (), (a, b, operation))

int add_function(int a, int b) { return a + b; }

// ---- methods

TEST(Server, SaysThatANameCannotBeSent) {
  Server server(quick_options());
  const std::string longest(kNameBytesMax, 'x');
  EXPECT_TRUE(server.rpc(longest, [] {}));
  EXPECT_TRUE(server.on(longest, [](Value) {}));
  const auto method = server.rpc(longest + "x", [] {});
  ASSERT_FALSE(method);
  EXPECT_EQ(method.error().message, "a method's name has 1 to 256 bytes, got 257");
  EXPECT_EQ(server.on("", [](Value) {}).error().message,
            "a message's type has 1 to 256 bytes, got 0");
}

TEST(Server, RunsFunctionsLambdasAndCoroutinesWithTheTypesOfTheirSignatures) {
  Stage stage;
  stage.server.rpc("add", add_function, {.parameters = {"a", "b"}});
  stage.server.rpc("greet", [](const std::string& name) { return "Hello, " + name + "!"; },
                   {.parameters = {"name"}});
  stage.server.rpc("page",
                   [](int limit, int offset) {
                     return Response::with_pagination(Array{limit, offset}, {.total = 25});
                   },
                   {.parameters = {optional("limit", 10), optional("offset", 0)}});
  stage.server.rpc("double",
                   [](Context& context, double x) -> boost::asio::awaitable<double> {
                     co_await boost::asio::post(context.connection().executor(),
                                                boost::asio::use_awaitable);
                     co_return 2 * x;
                   },
                   {.parameters = {"x"}});
  stage.server.rpc("nothing", [] {});
  stage.start();
  auto peer = stage.join();
  EXPECT_EQ(data(peer.call("add", Map{{"a", 10}, {"b", 20}})), Value(30));
  EXPECT_EQ(data(peer.call("add", Array{1, 2})), Value(3));
  EXPECT_EQ(data(peer.call("greet", Map{{"name", "World"}})), Value("Hello, World!"));
  EXPECT_EQ(data(peer.call("double", Map{{"x", 1.5}})), Value(3.0));
  EXPECT_EQ(data(peer.call("nothing")), Value());
  const auto page = peer.call("page", Map{{"offset", 20}});
  EXPECT_EQ(data(page), Value(Array{10, 20}));
  EXPECT_EQ(*page.find("pagination")->find("total_pages"), Value(3));
}

TEST(Server, NamesTheFieldThatIsWrong) {
  Stage stage;
  stage.server.rpc("calculate", [](const CalculateRequest& request) {
    return Map{{"result", request.a + request.b}};
  });
  stage.start();
  auto peer = stage.join();
  EXPECT_EQ(data(peer.call("calculate", Map{{"a", 1}, {"b", 2.5}, {"operation", "add"}})),
            Value(Map{{"result", 3.5}}));
  const auto wrong = peer.call("calculate", Map{{"a", 1}, {"b", "two"}, {"operation", "add"}});
  EXPECT_EQ(code(wrong), 2000);
  EXPECT_THAT(text(wrong, "error"), HasSubstr("calculate"));
  const auto* errors = wrong.find("details")->find("errors")->if_array();
  ASSERT_NE(errors, nullptr);
  EXPECT_EQ(text(errors->at(0), "field"), "b");
}

TEST(Server, AnswersErrorsWithTheirNumbers) {
  Stage stage;
  stage.server.rpc("user",
                   [](int id) -> CallResult<std::string> {
                     if (id == 1) return "ann";
                     return std::unexpected(CallError::not_found("User", id));
                   },
                   {.parameters = {"id"}});
  stage.server.rpc("may_not", [] { return CallError::permission_denied("delete_user"); });
  stage.server.rpc("boom", []() -> int { throw std::runtime_error("bang"); });
  stage.server.rpc("slow_boom", []() -> boost::asio::awaitable<int> {
    throw std::runtime_error("bang");
    co_return 1;
  });
  stage.server.rpc("failed", []() -> Result<int> { return fail(ErrorCode::kTimeout, "too late"); });
  stage.start();
  auto peer = stage.join();
  EXPECT_EQ(data(peer.call("user", Map{{"id", 1}})), Value("ann"));
  EXPECT_EQ(code(peer.call("user", Map{{"id", 2}})), 4000);
  EXPECT_EQ(code(peer.call("may_not")), 3003);
  EXPECT_EQ(text(peer.call("boom"), "error"), "Error in boom: bang");
  EXPECT_EQ(code(peer.call("slow_boom")), 1001);
  EXPECT_EQ(text(peer.call("failed"), "error"), "too late");
  EXPECT_EQ(text(peer.call("nosuch"), "error"), "RPC method not found: nosuch");
}

TEST(Server, SendsTheSeedsNumbersWhenAskedTo) {
  auto options = quick_options();
  options.error_numbers = ErrorNumbers::kSeed;
  Stage stage(std::move(options));
  stage.server.rpc("may_not", [] { return CallError::permission_denied(); });
  stage.start();
  auto peer = stage.join();
  EXPECT_EQ(code(peer.call("may_not")), 3002);
}

TEST(Server, ListsAndDescribesItsMethods) {
  Stage stage;
  stage.server.rpc("add", add_function, {.parameters = {"a", "b"}, .description = "Adds."});
  stage.start();
  auto peer = stage.join();
  const auto list = data(peer.call("listall"));
  const auto* methods = list.find("methods")->if_array();
  ASSERT_NE(methods, nullptr);
  EXPECT_EQ(*list.find("count"), Value(methods->size()));
  const auto add = std::ranges::find_if(
      *methods, [](const Value& method) { return text(method, "name") == "add"; });
  ASSERT_NE(add, methods->end());
  EXPECT_EQ(text(*add, "description"), "Adds.");
  EXPECT_EQ(text(*add, "return_type"), "int");
  EXPECT_EQ(text(*add->find("parameters"), "a"), "int");
  const auto schema = data(peer.call("describe", Map{{"method", "add"}}));
  EXPECT_EQ(*schema.find("params")->find("properties")->find("b")->find("type"), Value("integer"));
  EXPECT_EQ(code(peer.call("describe", Map{{"method", "nosuch"}})), 4000);
  EXPECT_EQ(code(peer.call("describe", Map{{"method", 7}})), 2000);
}

TEST(Server, ListsMethodsThatAreAddedWhileItRuns) {
  Stage stage;
  stage.start();
  auto peer = stage.join();
  const auto count = [&](std::string_view how) {
    return data(peer.call(std::string(how))).find("methods")->if_array()->size();
  };
  const auto before = count("listall");
  EXPECT_EQ(count("describe"), before);
  ASSERT_TRUE(stage.server.rpc("add", add_function, {.parameters = {"a", "b"}}));
  EXPECT_EQ(count("listall"), before + 1);
  EXPECT_EQ(count("describe"), before + 1);
  ASSERT_TRUE(stage.server.dispatcher().remove_method("add"));
  EXPECT_EQ(count("listall"), before);
}

TEST(Server, DescribesResultsOfResponsesAndRoles) {
  Stage stage;
  stage.server.rpc("pages", [] { return Response::with_pagination(std::vector<int>{1}, {}); },
                   {.role = "reader"});
  stage.server.rpc("said", [] { return Value(Map{{"a", 1}, {"b", 2}, {"operation", "add"}}); },
                   {.result = describe_result<CalculateRequest>()});
  stage.start();
  auto peer = stage.join();
  const auto schema = [&](const char* method) {
    return data(peer.call("describe", Map{{"method", method}}));
  };
  EXPECT_EQ(*schema("pages").find("result")->find("items")->find("type"), Value("integer"));
  EXPECT_EQ(text(schema("pages"), "role"), "reader");
  EXPECT_EQ(data(peer.call("pages")), Value(Array{1}));
  EXPECT_NE(schema("said").find("result")->find("properties")->find("operation"), nullptr);
  EXPECT_EQ(schema("said").find("role"), nullptr);
  for (const auto* built_in : {"listall", "describe"})
    EXPECT_FALSE(schema(built_in).find("result")->if_map()->empty()) << built_in;
}

TEST(Server, GivesHandlersAContext) {
  auto options = quick_options();
  options.logins = {{.identity = "ann", .password = "geheim", .roles = {"reader"}}};
  Stage stage(std::move(options));
  stage.server.set_user_data(std::make_shared<int>(42));
  stage.server.rpc("who", [](Context& context) {
    return Map{{"identity", context.identity()},
               {"peer", context.peer()},
               {"deadline", context.deadline().has_value()},
               {"data", context.user_data<int>()}};
  });
  stage.server.rpc("read", [] { return 1; }, {.role = "reader"});
  stage.server.rpc("write", [] { return 1; }, {.role = "writer"});
  stage.start();
  auto ann = stage.join("geheim");
  const auto who = data(ann.call("who"));
  EXPECT_EQ(text(who, "identity"), "ann");
  EXPECT_THAT(text(who, "peer"), HasSubstr("127.0.0.1:"));
  EXPECT_EQ(*who.find("data"), Value(42));
  EXPECT_EQ(data(ann.call("read")), Value(1));
  EXPECT_EQ(code(ann.call("write")), 3003);
  auto owner = stage.join();
  EXPECT_EQ(data(owner.call("write")), Value(1)) << "the password itself may call everything";
}

TEST(Server, AnswersOthersWhileAHandlerOfTheSameConnectionBlocks) {
  Stage stage;
  std::promise<void> may_end;
  stage.server.rpc("slow", [ended = may_end.get_future().share()] {
    ended.wait();
    return "slow";
  });
  stage.server.rpc("quick", [] { return "quick"; });
  stage.start();
  auto peer = stage.join();
  peer.send(oriel::testing::call(100, "slow"));
  EXPECT_EQ(data(peer.call("quick")), Value("quick"));
  may_end.set_value();
  const auto slow = peer.next(FrameType::kRpcResponse);
  ASSERT_TRUE(slow);
  EXPECT_EQ(slow->correlation, 100u);
}

// ---- messages

TEST(Server, SendsBackWhatAHandlerOfMessagesReturns) {
  Stage stage;
  std::atomic<int> seen = 0;
  stage.server.on("ping", [](Connection&, const Value&) { return Map{{"pong", true}}; });
  stage.server.on("silent", [&](const Value&) { ++seen; });
  stage.server.on("maybe", [](int number) -> std::optional<int> {
    return number > 0 ? std::optional(number) : std::nullopt;
  });
  stage.server.on(
      "later", [](Context& context, std::string word) -> boost::asio::awaitable<std::string> {
        co_await boost::asio::post(context.connection().executor(), boost::asio::use_awaitable);
        co_return word + word;
      });
  stage.start();
  auto peer = stage.join();
  for (const auto& [type, value] : std::vector<std::pair<std::string, Value>>{
           {"unknown", 1}, {"silent", 1}, {"maybe", 0}, {"maybe", "no number"}, {"ping", {}}})
    peer.send(oriel::testing::message(type, value));
  auto answer = peer.next();
  ASSERT_TRUE(answer);
  EXPECT_EQ(text(answer->payload, "type"), "ping_response");
  EXPECT_EQ(answer->correlation, 0u);
  EXPECT_TRUE(Stage::comes([&] { return seen == 1; }));
  peer.send(oriel::testing::message("later", "ab"));
  answer = peer.next();
  ASSERT_TRUE(answer);
  EXPECT_EQ(*answer->payload.find("data"), Value("abab"));
}

TEST(Server, RunsSeveralHandlersInTheOrderOfTheirPriority) {
  Stage stage;
  std::mutex mutex;
  std::vector<int> order;
  const auto note = [&](int number) {
    std::lock_guard lock(mutex);
    order.push_back(number);
  };
  stage.server.on("x", [&](const Value&) { note(3); }, {.priority = -1});
  stage.server.on("x",
                  [&](const Value&) {
                    note(1);
                    return "first";
                  },
                  {.priority = 5, .run = Run::kLoop});
  stage.server.on("x", [&](const Value&) -> int {
    note(2);
    throw std::runtime_error("bang");
  });
  stage.start();
  auto peer = stage.join();
  peer.send(oriel::testing::message("x"));
  const auto answer = peer.next();
  ASSERT_TRUE(answer);
  EXPECT_EQ(*answer->payload.find("data"), Value("first"));
  EXPECT_THAT(order, ElementsAre(1, 2, 3));
}

TEST(Server, KeepsTheOrderOfMessagesOfAType) {
  Stage stage;
  std::mutex mutex;
  std::vector<int> order;
  stage.server.on("n", [&](int number) {
    std::lock_guard lock(mutex);
    order.push_back(number);
  });
  stage.start();
  auto peer = stage.join();
  Bytes all;
  std::vector<int> expected;
  for (int i = 0; i < 500; ++i) {
    const auto one = oriel::testing::message("n", i);
    all.insert(all.end(), one.begin(), one.end());
    expected.push_back(i);
  }
  peer.send(all);
  EXPECT_TRUE(Stage::comes([&] {
    std::lock_guard lock(mutex);
    return order.size() == 500;
  }));
  EXPECT_EQ(order, expected);
}

// ---- hooks

TEST(Server, CallsAllHooksInTheirOrder) {
  Stage stage;
  std::mutex mutex;
  std::vector<std::string> told;
  const auto note = [&](std::string what) {
    std::lock_guard lock(mutex);
    told.push_back(std::move(what));
  };
  stage.server.on_startup([&](Server& server) {
    note(std::string("startup ") + std::string(server_state_name(server.state())));
    EXPECT_NE(server.port(), 0);
  });
  stage.server.on_startup([&]() -> boost::asio::awaitable<void> {
    note("second startup");
    co_return;
  });
  stage.server.on_client_connect([&](Connection& connection) -> boost::asio::awaitable<void> {
    co_await boost::asio::post(connection.executor(), boost::asio::use_awaitable);
    note("connect");
  });
  stage.server.on_client_connect([&] { note("second connect"); });
  stage.server.on_client_disconnect([&](Connection& connection) {
    note(std::string("disconnect ") + std::string(connection_state_name(connection.state())));
  });
  stage.server.on_shutdown([&] { note("shutdown"); });
  stage.server.rpc("call", [&] { note("call"); });
  stage.start();
  {
    RawPeer peer(stage.server.port());
    auto both = oriel::testing::hash_log_in();  // what comes at once waits for the hooks
    const auto call = oriel::testing::call(1, "call");
    both.insert(both.end(), call.begin(), call.end());
    peer.send(both);
    EXPECT_TRUE(peer.next(FrameType::kRpcResponse));
  }
  EXPECT_TRUE(Stage::comes([&] {
    std::lock_guard lock(mutex);
    return told.size() == 6;
  }));
  stage.server.stop();
  EXPECT_THAT(told, ElementsAre("startup INITIALIZING", "second startup", "connect",
                                "second connect", "call", "disconnect CLOSED", "shutdown"));
}

TEST(Server, DoesNotStartWhenAStartupHookFails) {
  Stage stage;
  bool is_broken = true;
  stage.server.on_startup([&] {
    if (is_broken) throw std::runtime_error("no database");
  });
  const auto status = stage.server.start();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message, "no database");
  EXPECT_EQ(stage.server.failure()->message, "no database");
  EXPECT_EQ(stage.server.state(), ServerState::kCreated);
  is_broken = false;
  stage.start();
  stage.join();
  EXPECT_FALSE(stage.server.start()) << "it runs already";
}

TEST(Server, SaysWhatIsWrongWithItsAddress) {
  Stage first;
  first.start();
  auto options = quick_options();
  options.port = first.server.port();
  Server second(options);
  const auto status = second.start();
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().message, HasSubstr("already in use"));
  EXPECT_FALSE(Server({.password = ""}).start());
}

// ---- connections

TEST(Server, KnowsItsClients) {
  Stage stage;
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
  EXPECT_TRUE(Stage::comes([&] { return stage.server.connection_count() == 0; }));
  EXPECT_FALSE(connection->send_message("late", {}));
}

TEST(Server, TellsEachClientWhoItIs) {
  auto options = quick_options();
  options.name = "MyGameServer";
  options.description = "for games";
  Stage stage(std::move(options));
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
  Stage stage(std::move(options));
  const std::string text(100'000, 'x');
  stage.server.rpc("long", [&] { return text; });
  stage.start();
  auto peer = stage.join();
  EXPECT_EQ(data(peer.call("long")), Value(text));
  EXPECT_TRUE(Stage::comes([&] { return stage.server.statistics().traffic.bytes_out > 0; }));
  EXPECT_LT(stage.server.statistics().traffic.bytes_out, 5'000u);
}

TEST(Server, CallsItsClients) {
  Stage stage;
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
  Stage stage(std::move(options));
  if (const auto status = stage.server.start(); !status)
    GTEST_SKIP() << "no IPv6 here: " << status.error().message;
  RawPeer six(stage.server.port(), 0, true);
  EXPECT_EQ(six.log_in()->type, FrameType::kAuthSuccess);
  stage.join();
}

// ---- to all

TEST(Server, BroadcastsToAllButTheExcluded) {
  Stage stage;
  stage.server.on("chat", [&](Connection& from, const Value& said) {
    EXPECT_EQ(stage.server.broadcast("chat", said, {.exclude = {from.id()}}), 2u);
    return Map{{"sent", true}};
  });
  stage.start();
  EXPECT_EQ(stage.server.broadcast("chat", "nobody"), 0u);
  auto ann = stage.join(), ben = stage.join(), eve = stage.join();
  ann.send(oriel::testing::message("chat", "hello"));
  EXPECT_EQ(*ben.next()->payload.find("data"), Value("hello"));
  EXPECT_EQ(*eve.next()->payload.find("data"), Value("hello"));
  EXPECT_EQ(text(ann.next()->payload, "type"), "chat_response");
  EXPECT_EQ(stage.server.broadcast("all", CalculateRequest{1, 2, "add"}), 3u);
  EXPECT_EQ(text(*ann.next()->payload.find("data"), "operation"), "add");
  EXPECT_EQ(stage.server.broadcast("", {}), 0u) << "a type needs a name";
}

// ---- the end

TEST(Server, LetsHandlersEndAndSaysCloseWhenItStops) {
  Stage stage;
  std::latch has_begun(1);
  stage.server.rpc("wait", [&](Context& context) {
    std::mutex mutex;
    std::condition_variable_any changed;
    std::unique_lock lock(mutex);
    has_begun.count_down();
    changed.wait(lock, context.stop_token(), [] { return false; });
    return "asked to stop";
  });
  stage.start();
  auto peer = stage.join();
  peer.send(oriel::testing::call(7, "wait"));
  has_begun.wait();
  stage.server.stop("maintenance");
  EXPECT_EQ(stage.server.state(), ServerState::kClosed);
  const auto answer = peer.next(FrameType::kRpcResponse);
  ASSERT_TRUE(answer);
  EXPECT_EQ(data(*answer->payload.find("result")), Value("asked to stop"));
  const auto close = peer.next(FrameType::kClose);
  ASSERT_TRUE(close);
  EXPECT_EQ(text(close->payload, "reason"), "maintenance");
  EXPECT_TRUE(peer.is_ended());
  EXPECT_FALSE(stage.server.start()) << "a stopped server stays so";
}

TEST(Server, MayGoWhileACoroutineElsewhereStopsIt) {
  boost::asio::io_context loop;
  auto stage = std::make_unique<Stage>();
  stage->start();
  bool has_stopped = false;
  boost::asio::co_spawn(loop, stage->server.async_stop(),
                        [&](const std::exception_ptr&) { has_stopped = true; });
  loop.poll();
  stage.reset();
  loop.restart();
  while (!has_stopped) loop.poll();
}

TEST(Server, MayBeStoppedByAHandler) {
  Stage stage;
  stage.server.rpc("stop", [&] { stage.server.stop(); }, {.run = Run::kLoop});
  stage.start();
  auto peer = stage.join();
  peer.call("stop");
  stage.server.wait();
  EXPECT_EQ(stage.server.state(), ServerState::kClosed);
}

TEST(Server, DoesNotWaitForAHandlerThatNeverEnds) {
  auto options = quick_options();
  options.stop_timeout = 20ms;
  std::promise<void> may_end;
  std::weak_ptr<Connection> handled;
  {
    Stage stage(std::move(options));
    std::latch has_begun(1);
    stage.server.rpc("hang", [&, ended = may_end.get_future().share()](Context& context) {
      handled = context.connection().weak_from_this();
      has_begun.count_down();
      ended.wait();
      EXPECT_FALSE(context.connection().send_message("late", 1));
      EXPECT_EQ(context.connection().call_future("late").get().error().code,
                CallCode::kDisconnected);
      return 1;
    });
    stage.start();
    auto peer = stage.join();
    peer.send(oriel::testing::call(1, "hang"));
    has_begun.wait();
  }
  EXPECT_FALSE(handled.expired()) << "its handler holds it";
  may_end.set_value();
  EXPECT_TRUE(Stage::comes([&] { return handled.expired(); }));
}

TEST(Server, RunsUntilASignal) {
  Stage stage;
  std::atomic<bool> has_shut_down = false;
  stage.server.on_startup([] { ::kill(::getpid(), SIGTERM); });
  stage.server.on_shutdown([&] { has_shut_down = true; });
  const auto status = stage.server.run();
  EXPECT_TRUE(status);
  EXPECT_TRUE(has_shut_down);
  EXPECT_EQ(stage.server.state(), ServerState::kClosed);
}

TEST(Server, TellsWhyItCannotRun) {
  auto options = quick_options();
  options.password.clear();
  Server server(options);
  EXPECT_FALSE(server.run());
}

TEST(Server, CountsWhatItDid) {
  Stage stage;
  stage.server.rpc("add", add_function, {.parameters = {"a", "b"}});
  stage.start();
  {
    auto peer = stage.join();
    peer.call("add", Array{1, 2});
    stage.server.broadcast("news", 1);
    peer.next(FrameType::kMessage);
    EXPECT_EQ(stage.server.statistics().connections, 1u);
  }
  EXPECT_TRUE(Stage::comes([&] { return stage.server.connection_count() == 0; }));
  const auto statistics = stage.server.statistics();
  EXPECT_EQ(statistics.connections_accepted, 1u);
  EXPECT_EQ(statistics.connections_most, 1u);
  EXPECT_EQ(statistics.broadcasts, 1u);
  EXPECT_EQ(statistics.traffic.calls_answered, 1u);
  EXPECT_EQ(statistics.traffic.messages_out, 1u);
  EXPECT_GT(statistics.traffic.bytes_in, 0u);
  EXPECT_GT(statistics.uptime.count(), 0);
}

// ---- on the application's loop

TEST(Server, LivesOnTheLoopOfTheApplication) {
  boost::asio::io_context loop;
  Server server(loop.get_executor(), quick_options());
  server.rpc("add", add_function, {.parameters = {"a", "b"}, .run = Run::kLoop});
  bool is_over = false;
  std::thread client;
  boost::asio::co_spawn(
      loop,
      [&]() -> boost::asio::awaitable<void> {
        auto starting = server.async_start();
        const auto status = co_await std::move(starting);
        EXPECT_TRUE(status);
        client = std::thread([port = server.port(), &loop, &server, &is_over] {
          RawPeer peer(port);
          peer.log_in();
          EXPECT_EQ(data(peer.call("add", Array{1, 2})), Value(3));
          boost::asio::co_spawn(
              loop,
              [&]() -> boost::asio::awaitable<void> {
                auto stopping = server.async_stop("done");
                co_await std::move(stopping);
                is_over = true;
              },
              boost::asio::detached);
          EXPECT_TRUE(peer.next(FrameType::kClose));
        });
      },
      boost::asio::detached);
  loop.run();
  client.join();
  EXPECT_TRUE(is_over);
  EXPECT_EQ(server.state(), ServerState::kClosed);
  EXPECT_FALSE(server.run());
}

TEST(Server, MayGoBeforeItsLoopAndAfterIt) {
  for (const bool has_run : {false, true}) {
    boost::asio::io_context loop;
    std::optional<RawPeer> peer;
    {
      Server server(loop.get_executor(), quick_options());
      ASSERT_TRUE(server.start());
      peer.emplace(server.port());
      peer->send(oriel::testing::hash_log_in());
      while (server.connection_count() == 0) loop.run_one();
    }
    if (has_run) {
      loop.poll();
      EXPECT_TRUE(peer->is_ended());
    }
  }
}

}  // namespace
}  // namespace oriel::conduit
