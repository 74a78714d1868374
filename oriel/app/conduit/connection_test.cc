#include "oriel/app/conduit/connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <latch>
#include <optional>
#include <thread>
#include <vector>

#include "oriel/app/conduit/binding.h"
#include "oriel/core/conduit/client_session.h"
#include "oriel/core/conduit/server_session.h"
#include "oriel/io/net/memory_stream.h"
#include "oriel/testing/conduit/session_pair.h"

namespace oriel::conduit {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// One side: its connection, and what its owner is told.
struct Side final : ConnectionOwner {
  explicit Side(boost::asio::io_context& loop, std::size_t workers = kWorkersMax)
      : shared(std::make_shared<ConnectionShared>(workers)) {
    shared->executor = loop.get_executor();
    shared->is_inside = [&loop] { return loop.get_executor().running_in_this_thread(); };
    shared->owner = this;
  }
  ~Side() override {
    shared->owner = nullptr;
    shared->end();
  }
  void connection_opened(Connection&, const Opened&) override { ++opened; }
  void login_refused(Connection&, const LoginRefused&) override { ++refused; }
  bool may(const Connection&, std::string_view role) override { return role == "known"; }
  void connection_ended(Connection&, const Error& reason) override { ended = reason; }

  std::shared_ptr<ConnectionShared> shared;
  ConnectionPointer connection;
  int opened = 0;
  int refused = 0;
  std::optional<Error> ended;
};

// A server's and a client's connection on one loop.
struct Pair {
  explicit Pair(SessionLimits limits = {}, std::string password = "secret",
                std::size_t workers = kWorkersMax)
      : server(loop, workers) {
    auto [ours, theirs] = net::make_memory_streams(loop.get_executor());
    const SessionStart start{.now = Clock::now(), .unix_ms = 1};
    auto session = std::make_unique<ServerSession>(oriel::testing::server_config(limits),
                                                   oriel::testing::login_book(), start);
    server.connection = std::make_shared<Connection>(server.shared, "server-connection",
                                                     std::move(ours), std::move(session));
    client.connection = std::make_shared<Connection>(
        client.shared, "client-connection", std::move(theirs),
        std::make_unique<ClientSession>(
            oriel::testing::client_config(LoginMethod::kScram, std::move(password), limits),
            start));
    server.connection->start();
    client.connection->start();
  }
  template <typename F>
  void rpc(std::string name, F function, MethodOptions options = {.run = Run::kLoop}) {
    server.shared->dispatcher.add_method(
        make_method(std::move(name), std::move(function), std::move(options)));
  }
  template <typename F>
  void on(std::string type, F function, HandlerOptions options = {.run = Run::kLoop}) {
    server.shared->dispatcher.add_handler(std::move(type),
                                          make_handler(std::move(function), options));
  }
  bool run_until(const std::function<bool()>& what) {
    const auto until = Clock::now() + 10s;
    while (!what() && Clock::now() < until) {
      loop.restart();
      loop.run_one_for(100ms);
    }
    return what();
  }
  void open() {
    ASSERT_TRUE(run_until([this] { return client.opened == 1 && server.opened == 1; }));
  }
  void settle() {
    loop.restart();
    loop.poll();
  }
  // What the call's answer will be.
  std::shared_ptr<std::optional<Answer>> start_call(std::string method, Value params = {},
                                                    CallOptions options = {}) {
    auto answer = std::make_shared<std::optional<Answer>>();
    client.connection->start_call(std::move(method), std::move(params), std::move(options),
                                  [answer](Answer came) { *answer = std::move(came); });
    return answer;
  }

  boost::asio::io_context loop{1};
  Side server;
  Side client{loop};
};

TEST(Connection, OpensBothSidesAndKnowsThePeer) {
  Pair pair;
  EXPECT_FALSE(pair.client.connection->is_authenticated());
  EXPECT_EQ(pair.client.connection->state(), ConnectionState::kAuthenticating);
  pair.open();
  EXPECT_EQ(pair.server.connection->identity(), "ann");
  EXPECT_TRUE(pair.client.connection->is_connected());
  EXPECT_TRUE(pair.client.connection->program().is_oriel);
}

TEST(Connection, EndsWithTheReasonOfARefusal) {
  Pair pair({}, "wrong");
  ASSERT_TRUE(pair.run_until([&] { return pair.client.ended && pair.server.ended; }));
  EXPECT_EQ(pair.client.refused, 1);
  EXPECT_EQ(pair.client.ended->code, ErrorCode::kRefused);
  EXPECT_THAT(pair.client.ended->message, HasSubstr("Invalid password"));
}

TEST(Connection, EndsWithTheReasonThatThePeerGives) {
  Pair pair;
  pair.open();
  pair.server.connection->close("good night");
  ASSERT_TRUE(pair.run_until([&] { return pair.client.ended && pair.server.ended; }));
  EXPECT_THAT(pair.client.ended->message, HasSubstr("good night"));
  EXPECT_EQ(pair.server.ended->message, "good night");
  EXPECT_EQ(pair.client.connection->state(), ConnectionState::kClosed);
}

TEST(Connection, CancelsACallAtBothEnds) {
  Pair pair;
  std::stop_token seen;
  std::vector<std::string> told;
  pair.rpc("wait", [&](Context& context) -> boost::asio::awaitable<int> {
    seen = context.stop_token();
    boost::asio::steady_timer timer(context.connection().executor(), 1h);
    const std::stop_callback stop(context.stop_token(), [&] { timer.cancel(); });
    boost::system::error_code error;
    co_await timer.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, error));
    told.push_back("stopped");
    co_return 1;
  });
  pair.open();
  std::stop_source stop;
  const auto answer = pair.start_call("wait", {}, {.stop = stop.get_token()});
  ASSERT_TRUE(pair.run_until([&] { return seen.stop_possible(); }));
  EXPECT_EQ(pair.server.shared->handlers_running, 1u);
  stop.request_stop();
  ASSERT_TRUE(pair.run_until([&] { return !told.empty(); }));
  EXPECT_EQ(answer->value().error().code, CallCode::kCancelled);
  pair.settle();
  EXPECT_EQ(pair.server.shared->handlers_running, 0u);
  EXPECT_FALSE(pair.client.connection->stats().call_latency) << "of calls that were answered only";
}

// The only worker is at a call, and another one waits for it.
struct BusyPair : Pair {
  BusyPair() : Pair({}, "secret", 1) {
    rpc("wait",
        [this] {
          ++begun;
          may_end.wait();
        },
        {});
    on("wait", [this](const Value&) { ++begun; }, {});
    open();
    first = start_call("wait");
    run_until([this] { return begun == 1; });
    waiting = start_call("wait", {}, {.stop = stop.get_token()});
    run_until([this] { return server.shared->handlers_running == 2; });
  }
  void end_first() {
    may_end.count_down();
    ASSERT_TRUE(run_until([this] { return server.shared->handlers_running == 0; }));
  }

  std::latch may_end{1};
  std::atomic<int> begun = 0;
  std::stop_source stop;
  std::shared_ptr<std::optional<Answer>> first, waiting;
};

TEST(Connection, DoesNotBeginACallThatIsCancelledWhileItWaits) {
  BusyPair pair;
  pair.stop.request_stop();
  pair.settle();
  pair.end_first();
  EXPECT_EQ(pair.begun, 1);
  EXPECT_EQ(pair.waiting->value().error().code, CallCode::kCancelled);
}

TEST(Connection, DoesNotBeginACallWhoseCallerHasGone) {
  BusyPair pair;
  pair.client.connection->close("enough");
  ASSERT_TRUE(pair.run_until([&] { return pair.server.ended.has_value(); }));
  pair.end_first();
  EXPECT_EQ(pair.begun, 1);
}

TEST(Connection, HandlesAMessageWhoseSenderHasGone) {
  BusyPair pair;
  ASSERT_TRUE(pair.client.connection->send_message("wait", 1));
  ASSERT_TRUE(pair.run_until([&] { return pair.server.shared->handlers_running == 3; }));
  pair.client.connection->close("enough");
  ASSERT_TRUE(pair.run_until([&] { return pair.server.ended.has_value(); }));
  pair.end_first();
  EXPECT_EQ(pair.begun, 2);
}

TEST(Connection, CancelsTheCallOfACancelledCoroutine) {
  Pair pair;
  std::stop_token seen;
  pair.rpc("wait", [&](Context& context) -> boost::asio::awaitable<void> {
    seen = context.stop_token();
    boost::asio::steady_timer timer(context.connection().executor(), 1h);
    const std::stop_callback stop(context.stop_token(), [&] { timer.cancel(); });
    boost::system::error_code error;
    co_await timer.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, error));
  });
  pair.open();
  boost::asio::cancellation_signal signal;
  std::optional<CallResult<Value>> result;
  boost::asio::co_spawn(
      pair.loop,
      [&]() -> boost::asio::awaitable<void> {
        auto calling = pair.client.connection->async_call("wait");
        result = co_await std::move(calling);
      },
      boost::asio::bind_cancellation_slot(signal.slot(), boost::asio::detached));
  ASSERT_TRUE(pair.run_until([&] { return seen.stop_possible(); }));
  signal.emit(boost::asio::cancellation_type::terminal);
  ASSERT_TRUE(pair.run_until([&] { return result.has_value(); }));
  EXPECT_EQ(result->error().code, CallCode::kCancelled);
  EXPECT_TRUE(pair.run_until([&] { return seen.stop_requested(); }));
}

TEST(Connection, TellsAHandlerUntilWhenTheAnswerIsWanted) {
  Pair pair;
  std::optional<TimePoint> deadline;
  pair.rpc("when", [&](Context& context) { deadline = context.deadline(); });
  pair.open();
  const auto before = Clock::now();
  const auto answer = pair.start_call("when", {}, {.timeout = 5s});
  ASSERT_TRUE(pair.run_until([&] { return answer->has_value(); }));
  ASSERT_TRUE(deadline);
  EXPECT_GT(*deadline, before + 4s);
  EXPECT_LE(*deadline, Clock::now() + 5s);
  EXPECT_TRUE(pair.client.connection->stats().call_latency);
}

TEST(Connection, DropsALateAnswer) {
  Pair pair;
  boost::asio::steady_timer late(pair.loop, TimePoint::max());
  pair.rpc("late", [&](Context&) -> boost::asio::awaitable<void> {
    boost::system::error_code error;
    co_await late.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, error));
  });
  pair.open();
  const auto answer = pair.start_call("late", {}, {.timeout = 1ms});
  ASSERT_TRUE(pair.run_until([&] { return answer->has_value(); }));
  EXPECT_EQ((*answer)->error().code, CallCode::kTimeout);
  late.cancel();
  pair.settle();
  EXPECT_EQ(pair.client.connection->stats().calls_timed_out, 1u);
  const auto next = pair.start_call("listall");
  ASSERT_TRUE(pair.run_until([&] { return next->has_value(); }));
  EXPECT_TRUE((*next)->has_value());
}

TEST(Connection, SaysOfALostCallThatItMayHaveRun) {
  Pair pair;
  int runs = 0;
  boost::asio::steady_timer never(pair.loop, TimePoint::max());
  pair.rpc("slow", [&](Context&) -> boost::asio::awaitable<void> {
    ++runs;
    boost::system::error_code error;
    co_await never.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, error));
  });
  pair.open();
  const auto answer = pair.start_call("slow");
  ASSERT_TRUE(pair.run_until([&] { return runs == 1; }));
  pair.server.connection->cut({ErrorCode::kClosed, "gone"});
  ASSERT_TRUE(pair.run_until([&] { return answer->has_value(); }));
  EXPECT_EQ((*answer)->error().code, CallCode::kUnknownOutcome);
  never.cancel();  // the handler ends after its connection
  pair.settle();
  EXPECT_EQ(pair.server.shared->handlers_running, 0u);
  const auto after = pair.start_call("slow");
  pair.settle();
  EXPECT_EQ(after->value().error().code, CallCode::kDisconnected);
}

TEST(Connection, HearsAllAnswersThatCameBeforeTheEnd) {
  Pair pair;
  pair.rpc("add", [](int a) { return a + 1; }, {.parameters = {"a"}, .run = Run::kLoop});
  pair.on("end", [&](Connection& client, const Value&) { client.close("done"); });
  pair.open();
  std::vector<std::shared_ptr<std::optional<Answer>>> answers;
  for (int i = 0; i < 500; ++i) answers.push_back(pair.start_call("add", Array{i}));
  ASSERT_TRUE(pair.client.connection->send_message("end", Value()));
  ASSERT_TRUE(pair.run_until([&] { return pair.client.ended.has_value(); }));
  for (const auto& answer : answers) {
    ASSERT_TRUE(answer->has_value());
    EXPECT_TRUE(answer->value()) << answer->value().error().message;
  }
}

TEST(Connection, SendsNothingThatThePeerDoesNotTake) {
  SessionLimits limits;
  limits.message_bytes = 20'000;
  Pair pair(limits);
  pair.rpc("large", [] { return std::string(20'000, 'x'); });
  pair.rpc("echo", [](Value value) { return value; }, {.parameters = {"value"}, .run = Run::kLoop});
  pair.open();
  const auto long_call = pair.start_call("echo", Array{std::string(20'000, 'x')});
  ASSERT_TRUE(pair.run_until([&] { return long_call->has_value(); }));
  EXPECT_EQ((*long_call)->error().code, CallCode::kInvalidParams);
  EXPECT_THAT((*long_call)->error().message, HasSubstr("at most 20000 can be sent"));
  const auto long_answer = pair.start_call("large");
  ASSERT_TRUE(pair.run_until([&] { return long_answer->has_value(); }));
  EXPECT_EQ((*long_answer)->error().number, 1001);
  EXPECT_THAT((*long_answer)->error().message, HasSubstr("the answer has"));
  EXPECT_EQ(pair.client.connection->send_message("m", std::string(20'000, 'x')).error().code,
            ErrorCode::kTooLarge);
  const auto broadcast = make_message_frame("m", std::string(20'000, 'x'), Compression::kNone, 0);
  EXPECT_EQ(pair.server.connection->offer(*broadcast, 1, TopicPolicy::kBlock), Sent::kDropped);
  const auto next = pair.start_call("echo", Array{1});
  ASSERT_TRUE(pair.run_until([&] { return next->has_value(); }));
  EXPECT_TRUE(**next) << "nobody has ended the conversation";
}

TEST(Connection, HearsTypesWithoutAHandlerOfTheirOwnWithThatOfAll) {
  Pair pair;
  std::vector<std::string> got;
  pair.on("known", [&](Context& context, int) { got.push_back("own " + context.message_type()); });
  pair.on("*", [&](Context& context, int) { got.push_back("any " + context.message_type()); });
  pair.open();
  for (const auto* type : {"one", "known", "two"})
    EXPECT_TRUE(pair.client.connection->send_message(type, 1));
  ASSERT_TRUE(pair.run_until([&] { return got.size() == 3; }));
  EXPECT_THAT(got, ElementsAre("any one", "own known", "any two"));
}

TEST(Connection, HandlesNothingWhileItIsHeld) {
  Pair pair;
  std::vector<int> got;
  pair.on("n", [&](int number) { got.push_back(number); });
  pair.open();
  pair.server.connection->hold();
  for (int i = 1; i <= 3; ++i) EXPECT_TRUE(pair.client.connection->send_message("n", i));
  pair.settle();
  pair.settle();
  EXPECT_THAT(got, ElementsAre());
  pair.server.connection->resume();
  ASSERT_TRUE(pair.run_until([&] { return got.size() == 3; }));
  EXPECT_THAT(got, ElementsAre(1, 2, 3));
}

TEST(Connection, WaitsForRoomToSend) {
  Pair pair({.send_queue = 2});
  pair.open();
  pair.server.connection->hold();
  bool has_paused = false;
  std::optional<Status> sent;
  // On the loop, so that nothing leaves meanwhile.
  boost::asio::co_spawn(
      pair.loop,
      [&]() -> boost::asio::awaitable<void> {
        const std::string text(70'000, 'x');
        EXPECT_TRUE(pair.client.connection->send_message("x", text)) << "leaves at once";
        EXPECT_TRUE(pair.client.connection->send_message("x", 1));
        EXPECT_TRUE(pair.client.connection->send_message("x", 2));
        const auto full = pair.client.connection->send_message("x", 3);
        if (full) co_return;
        EXPECT_EQ(full.error().code, ErrorCode::kUnavailable);
        has_paused = true;
        auto sending = pair.client.connection->async_send_message("x", 3);
        sent = co_await std::move(sending);
      },
      boost::asio::detached);
  ASSERT_TRUE(pair.run_until([&] { return has_paused; }));
  ASSERT_TRUE(pair.run_until([&] { return sent.has_value(); }));
  EXPECT_TRUE(*sent);
}

TEST(Connection, RefusesWhatCannotBeSent) {
  Pair pair;
  pair.open();
  EXPECT_EQ(pair.client.connection->send_message("", {}).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(pair.client.connection->send_message(std::string(257, 'x'), {}).error().code,
            ErrorCode::kInvalid);
  const auto nameless = pair.start_call("");
  ASSERT_TRUE(pair.run_until([&] { return nameless->has_value(); }));
  EXPECT_EQ((*nameless)->error().code, CallCode::kInvalidParams);
}

TEST(Connection, TakesMessagesOfOtherThreadsUpToABound) {
  Pair pair;
  pair.client.shared->handed_over_max = 3;
  int got = 0;
  pair.on("n", [&](int) { ++got; });
  pair.open();
  std::thread other([&] {
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(pair.client.connection->send_message("n", i));
    EXPECT_EQ(pair.client.connection->send_message("n", 3).error().code, ErrorCode::kUnavailable);
  });
  other.join();
  EXPECT_TRUE(pair.run_until([&] { return got == 3; }));
}

TEST(Connection, RefusesCallsWithoutTheRoleAndWhileStopping) {
  Pair pair;
  pair.rpc("known", [] { return 1; }, {.run = Run::kLoop, .role = "known"});
  pair.rpc("unknown", [] { return 1; }, {.run = Run::kLoop, .role = "unknown"});
  pair.open();
  const auto may = pair.start_call("known"), may_not = pair.start_call("unknown");
  ASSERT_TRUE(pair.run_until([&] { return may->has_value() && may_not->has_value(); }));
  EXPECT_TRUE((*may)->has_value());
  EXPECT_EQ((*may_not)->error().code, CallCode::kPermissionDenied);
  pair.server.shared->is_stopping = true;
  const auto late = pair.start_call("known");
  ASSERT_TRUE(pair.run_until([&] { return late->has_value(); }));
  EXPECT_EQ((*late)->error().code, CallCode::kDisconnected);
}

TEST(Connection, SaysNothingMoreAfterItsOwnerHasGone) {
  Pair pair;
  pair.open();
  pair.server.connection->hold();
  const auto waiting = pair.start_call("listall");
  pair.settle();
  pair.client.shared->owner = nullptr;
  pair.client.connection->abandon();
  EXPECT_EQ(waiting->value().error().code, CallCode::kUnknownOutcome);
  pair.settle();
  EXPECT_FALSE(pair.client.ended);
  EXPECT_TRUE(pair.run_until([&] { return pair.server.ended.has_value(); }));
  EXPECT_FALSE(pair.client.connection->send_message("x", 1));
}

TEST(Connection, IsFreedWithTheLoopInTheMiddleOfEverything) {
  std::weak_ptr<Connection> server, client;
  std::weak_ptr<ConnectionShared> shared;
  {
    Pair pair;
    pair.rpc("slow", [](Context& context) -> boost::asio::awaitable<void> {
      boost::asio::steady_timer never(context.connection().executor(), 1h);
      co_await never.async_wait(boost::asio::use_awaitable);
    });
    pair.open();
    pair.start_call("slow");
    ASSERT_TRUE(pair.run_until([&] { return pair.server.shared->handlers_running == 1; }));
    EXPECT_TRUE(pair.client.connection->send_message("unsent", 1));
    server = pair.server.connection;
    client = pair.client.connection;
    shared = pair.server.shared;
  }
  EXPECT_TRUE(server.expired());
  EXPECT_TRUE(client.expired());
  EXPECT_TRUE(shared.expired());
}

TEST(Connection, LetsAWorkerEndAfterTheLoopHasGone) {
  std::latch has_begun(1), may_end(1);
  std::weak_ptr<Connection> handled;
  std::weak_ptr<ConnectionShared> shared;
  {
    Pair pair;
    pair.rpc("hang",
             [&](Context& context) {
               handled = context.connection().weak_from_this();
               has_begun.count_down();
               may_end.wait();
               EXPECT_FALSE(context.connection().send_message("late", 1));
             },
             {.run = Run::kWorker});
    pair.on("hang",
            [&](Context& context, const Value&) {
              may_end.wait();
              EXPECT_FALSE(context.connection().is_connected());
            },
            {.run = Run::kWorker});
    pair.open();
    pair.start_call("hang");
    EXPECT_TRUE(pair.client.connection->send_message("hang", 1));
    ASSERT_TRUE(pair.run_until(
        [&] { return pair.server.shared->handlers_running == 2 && has_begun.try_wait(); }));
    shared = pair.server.shared;
    pair.server.connection->abandon();
  }
  EXPECT_FALSE(handled.expired());
  may_end.count_down();
  const auto until = Clock::now() + 10s;
  while (!shared.expired() && Clock::now() < until) std::this_thread::yield();
  EXPECT_TRUE(handled.expired());
  EXPECT_TRUE(shared.expired());
}

}  // namespace
}  // namespace oriel::conduit
