// Methods of a server, from C++ functions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/describe.hpp>
#include <memory>

#include "oriel/app/conduit/server_stage_test.h"

namespace oriel::conduit {
namespace {

using server_stage::add_function;
using server_stage::CalculateRequest;
using server_stage::code;
using server_stage::data;
using server_stage::quick_options;
using server_stage::ServerStage;
using server_stage::text;
using ::testing::HasSubstr;

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
  ServerStage stage;
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
  ServerStage stage;
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
  ServerStage stage;
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
  ServerStage stage(std::move(options));
  stage.server.rpc("may_not", [] { return CallError::permission_denied(); });
  stage.start();
  auto peer = stage.join();
  EXPECT_EQ(code(peer.call("may_not")), 3002);
}

TEST(Server, ListsAndDescribesItsMethods) {
  ServerStage stage;
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
  ServerStage stage;
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
  ServerStage stage;
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

TEST(Server, AnswersLongTextsAndBytesAsTheyAre) {
  for (const bool compresses : {false, true}) {
    auto options = quick_options();
    options.enable_compression = compresses;
    ServerStage stage(options);
    stage.server.rpc("echo", [](Value value) { return value; }, {.run = Run::kLoop});
    stage.start();
    auto peer = stage.join();
    const std::string text(300'000, 't');
    const Bytes bytes(100'000, 200);
    const Value values[] = {text, bytes, Map{{"index", 1}, {"data", bytes}, {"size", 2}},
                            Map{{"texts", Array{text, "short", text}}}};
    for (const auto& value : values) {
      const Value params = Array{value};
      EXPECT_TRUE(data(peer.call("echo", params)) == params) << "it is another one";
    }
    EXPECT_EQ(data(peer.call("echo", Array{7})), Value(Array{7})) << "it is as it was";
  }
}

TEST(Server, GivesHandlersAContext) {
  auto options = quick_options();
  options.logins = {{.identity = "ann", .password = "geheim", .roles = {"reader"}}};
  ServerStage stage(std::move(options));
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
  ServerStage stage;
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

}  // namespace
}  // namespace oriel::conduit
