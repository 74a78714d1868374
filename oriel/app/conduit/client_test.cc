// The client against our own server, in all its forms. Servers of others: client_peers_test.cc.
#include "oriel/app/conduit/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/describe.hpp>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "oriel/app/conduit/server.h"
#include "oriel/testing/certificates.h"
#include "oriel/testing/temporary_folder.h"

namespace oriel::conduit {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using asio::awaitable;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Point {
  int x = 0;
  int y = 0;
};
BOOST_DESCRIBE_STRUCT(Point, (), (x, y))

// What one thread puts in and another waits for.
template <typename T>
class Mailbox {
 public:
  void put(T value) {
    std::lock_guard lock(mutex_);
    values_.push_back(std::move(value));
    came_.notify_all();
  }
  std::optional<T> take() {
    std::unique_lock lock(mutex_);
    if (!came_.wait_for(lock, 10s, [this] { return !values_.empty(); })) return std::nullopt;
    auto value = std::move(values_.front());
    values_.pop_front();
    return value;
  }
  std::vector<T> all() {
    std::lock_guard lock(mutex_);
    return {values_.begin(), values_.end()};
  }

 private:
  std::mutex mutex_;
  std::condition_variable came_;
  std::deque<T> values_;
};

// A server on a port of this machine that can be killed and comes back on the same one.
class TestServer {
 public:
  using Setup = std::function<void(Server&)>;

  explicit TestServer(Setup setup = {}, ServerOptions options = {})
      : options_(std::move(options)), setup_(std::move(setup)) {
    options_.password = "secret";
    options_.host = "127.0.0.1";
    options_.port = 0;
    options_.scram_iterations = 4096;
    options_.stop_timeout = 1s;
    start();
  }
  ~TestServer() { server_.reset(); }

  void start() {
    server_.emplace(options_);
    server_->rpc("add", [](int a, int b) { return a + b; }, {.parameters = {{"a"}, {"b"}}});
    server_->rpc("norm", [](Point point) { return point.x * point.x + point.y * point.y; });
    server_->rpc("mirror", [](Point point) { return Point{point.y, point.x}; });
    server_->rpc("hang", [this](Context& context) {
      begun_.put(1);
      while (!context.stop_token().stop_requested()) std::this_thread::sleep_for(1ms);
      ended_.put(1);
    });
    if (setup_) setup_(*server_);
    const auto status = server_->start();
    ASSERT_TRUE(status) << status.error().message;
    options_.port = server_->port();
  }
  void kill() { server_.reset(); }

  Server& operator*() { return *server_; }
  Server* operator->() { return &*server_; }
  std::uint16_t port() const { return options_.port; }
  // Calls of "hang" that began, and that saw their stop.
  Mailbox<int>& begun() { return begun_; }
  Mailbox<int>& ended() { return ended_; }

 private:
  ServerOptions options_;
  Setup setup_;
  Mailbox<int> begun_;
  Mailbox<int> ended_;
  std::optional<Server> server_;
};

ClientOptions to(const TestServer& server) {
  return {.server_host = "127.0.0.1",
          .server_port = server.port(),
          .password = "secret",
          .reconnect_attempts = 0,
          .reconnect_delay = 2ms,
          .reconnect_delay_max = 10ms};
}

// Port 1 (tcpmux, RFC 1078) is nobody's for decades, and is never given out as a free one.
ClientOptions to_nobody() {
  return {.server_host = "127.0.0.1", .server_port = 1, .password = "secret"};
}

// ---- calls

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

// ---- messages

TEST(ConduitClient, SendsMessagesAndTakesReplies) {
  TestServer server([](Server& s) { s.on("chat", [](std::string text) { return text + "!"; }); });
  Client client(to(server));
  Mailbox<std::string> replies;
  client.on("chat_response", [&](std::string text) { replies.put(text); });
  EXPECT_EQ(client.send("chat", "early").error().kind, ClientErrorKind::kNotConnected);
  ASSERT_TRUE(client.connect());
  EXPECT_TRUE(client.send("chat", "hi"));
  EXPECT_EQ(replies.take(), "hi!");
}

TEST(ConduitClient, TakesBroadcastsAsItsTypes) {
  TestServer server;
  Client client(to(server));
  Mailbox<int> points;
  client.on("moved", [&](Point point) { points.put(point.x * 10 + point.y); });
  ASSERT_TRUE(client.connect());
  server->broadcast("moved", Point{4, 2});
  EXPECT_EQ(points.take(), 42);
}

TEST(ConduitClient, RefusesAMessageWithoutAType) {
  TestServer server;
  Client client(to(server));
  ASSERT_TRUE(client.connect());
  EXPECT_EQ(client.send("", {{"a", 1}}).error().kind, ClientErrorKind::kValidation);
}

TEST(ConduitClient, IsCalledByTheServer) {
  Mailbox<CallResult<Value>> answers;
  TestServer server([&](Server& s) {
    s.rpc("ask_back", [&](Context& context) -> awaitable<Value> {
      auto asked = context.connection().async_call("double", Map{{"n", 21}});
      auto answer = co_await std::move(asked);
      co_return answer ? *answer : Value();
    });
  });
  Client client(to(server));
  client.rpc("double", [](int n) { return 2 * n; }, {.parameters = {{"n"}}});
  ASSERT_TRUE(client.connect());
  EXPECT_EQ(client.call<int>("ask_back"), 42);
}

// ---- callbacks

TEST(ConduitClient, IsCalledInsideHandlersAndHooksThatMayWait) {
  TestServer server;
  Client client(to(server));
  Mailbox<int> sums;
  const auto add = [&] { sums.put(client.call<int>("add", {{"a", 1}, {"b", 1}}).value_or(-1)); };
  client.on_connect(add);
  client.on("go", [&](Value) { add(); });
  ASSERT_TRUE(client.connect());
  EXPECT_EQ(sums.take(), 2);
  server->broadcast("go", Value());
  EXPECT_EQ(sums.take(), 2);
}

TEST(ConduitClient, SaysThatACallWouldWaitForItself) {
  TestServer server;
  Client client(to(server));
  Mailbox<CallResult<Value>> results;
  Mailbox<ClientStatus> sent;
  client.on("go",
            [&](Value) {
              results.put(client.call("add", {{"a", 1}, {"b", 1}}));
              sent.put(client.connect());
              sent.put(client.send("anything"));
              client.disconnect();  // does not wait
            },
            {.run = Run::kLoop});
  ASSERT_TRUE(client.connect());
  server->broadcast("go", Value());
  const auto result = results.take();
  ASSERT_TRUE(result && !*result);
  EXPECT_EQ(kind_of(result->error()), ClientErrorKind::kUsage);
  EXPECT_THAT(result->error().message, AllOf(HasSubstr("call()"), HasSubstr("Run::kWorker")));
  EXPECT_EQ(sent.take()->error().kind, ClientErrorKind::kUsage);
  EXPECT_TRUE(*sent.take());
  EXPECT_TRUE(client.wait(10s));
}

TEST(ConduitClient, DisconnectsInsideAHook) {
  TestServer server;
  Client client(to(server));
  client.on_connect([&] { client.disconnect(); });
  EXPECT_TRUE(client.connect());
  EXPECT_TRUE(client.wait(10s));
}

TEST(ConduitClient, OutlivesHooksThatThrow) {
  TestServer server;
  Client client(to(server));
  Mailbox<int> called;
  client.on_connect([] { throw std::runtime_error("bang"); });
  client.on_connect([&] { called.put(1); });
  ASSERT_TRUE(client.connect());
  EXPECT_EQ(called.take(), 1);
}

// ---- the way to the server

TEST(ConduitClient, SaysThatNobodyListens) {
  Client client(to_nobody());
  const auto status = client.connect();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().kind, ClientErrorKind::kConnection);
  EXPECT_THAT(status.error().message, HasSubstr("127.0.0.1:1: Connection refused"));
  EXPECT_EQ(client.state(), ClientState::kFailed);
  EXPECT_EQ(client.failure(), status.error());
  EXPECT_FALSE(client.wait());
  client.disconnect();
  EXPECT_EQ(client.state(), ClientState::kDisconnected);
}

TEST(ConduitClient, SaysThatAnOptionIsWrong) {
  Client client({.server_host = "x"});
  EXPECT_EQ(client.connect().error().kind, ClientErrorKind::kOptions);
}

TEST(ConduitClient, NeverTriesAWrongPasswordTwice) {
  TestServer server;
  auto options = to(server);
  options.password = "guess";
  options.retry_first_connect = true;
  Client client(options);
  const auto status = client.connect();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().kind, ClientErrorKind::kAuthentication);
  EXPECT_THAT(status.error().message, HasSubstr("Invalid password"));
  EXPECT_EQ(server->statistics().connections_accepted, 1u);
}

TEST(ConduitClient, ConnectsOnceAtATime) {
  TestServer server;
  Client client(to(server));
  ASSERT_TRUE(client.connect());
  EXPECT_EQ(client.connect().error().kind, ClientErrorKind::kAlreadyConnected);
  client.disconnect();
  EXPECT_TRUE(client.connect());
  EXPECT_EQ(client.call<int>("add", {{"a", 1}, {"b", 2}}), 3);
}

TEST(ConduitClient, TakesOnlyIpv6AddressesWhenAsked) {
  TestServer server;
  auto options = to(server);
  options.use_ipv6 = true;
  Client client(options);
  EXPECT_THAT(client.connect().error().message, HasSubstr("no IPv6 address"));
}

TEST(ConduitClient, SpeaksThroughAUnixSocket) {
  const auto path = "/tmp/oriel_client_test_" + std::to_string(::getpid());
  ServerOptions server_options;
  server_options.unix_path = path;
  TestServer server({}, server_options);
  Client client({.target = "unix:" + path, .password = "secret"});
  const auto status = client.connect();
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_EQ(client.call<int>("add", {{"a", 1}, {"b", 2}}), 3);
}

// ---- TLS

// A server with a certificate for "localhost", and what clients need.
struct TlsSite {
  testing::TemporaryFolder folder;
  testing::CertificateAuthority authority;
  ClientTlsOptions tls{.enabled = true, .ca_file = folder.write("ca.pem", authority.pem())};
  std::optional<TestServer> server;

  explicit TlsSite(bool verifies_clients = false) {
    const auto pair = authority.issue("localhost", testing::CertificateUse::kServer);
    ServerOptions options;
    options.tls = {.certificate_file = folder.write("server.pem", pair.certificate),
                   .key_file = folder.write("server.key", pair.key)};
    if (verifies_clients) {
      options.tls.client_ca_file = tls.ca_file;
      options.tls.verify_client = true;
    }
    server.emplace(TestServer::Setup(), options);
  }
  ClientOptions options() const {
    auto options = to(*server);
    options.server_host = "localhost";
    options.tls = tls;
    return options;
  }
};

TEST(ConduitClient, SpeaksTlsWithAServerThatItTrusts) {
  TlsSite site;
  Client client(site.options());
  const auto status = client.connect();
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_EQ(client.call<int>("add", {{"a", 1}, {"b", 2}}), 3);
  auto by_hash = site.options();
  by_hash.login = Login::kPasswordHash;  // nobody hears it
  Client other(by_hash);
  EXPECT_TRUE(other.connect());
}

TEST(ConduitClient, RefusesAServerThatItDoesNotTrust) {
  TlsSite site;
  const testing::CertificateAuthority stranger("Stranger");
  auto options = site.options();
  options.tls.ca_file = site.folder.write("stranger.pem", stranger.pem());
  options.retry_first_connect = true;  // trying again would not help
  Client client(options);
  const auto status = client.connect();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().kind, ClientErrorKind::kConnection);
  EXPECT_THAT(status.error().message, HasSubstr("certificate"));
}

TEST(ConduitClient, TrustsAnybodyWhenAsked) {
  TlsSite site;
  auto options = site.options();
  options.tls.ca_file.clear();
  EXPECT_FALSE(Client(options).connect());
  options.tls.verify = false;
  EXPECT_TRUE(Client(options).connect());
}

TEST(ConduitClient, ShowsItsCertificate) {
  TlsSite site(true);
  Client without(site.options());
  EXPECT_FALSE(without.connect());
  auto options = site.options();
  const auto pair = site.authority.issue("me", testing::CertificateUse::kClient);
  options.tls.certificate_file = site.folder.write("me.pem", pair.certificate);
  options.tls.key_file = site.folder.write("me.key", pair.key);
  Client with(options);
  const auto status = with.connect();
  EXPECT_TRUE(status) << status.error().message;
}

// ---- options that the server sees

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
    while (!may_go) std::this_thread::sleep_for(1ms);
    ++heard;
  });
  ASSERT_TRUE(client.connect());
  server->set_topic_policy("tick", TopicPolicy::kBlock);
  for (int i = 0; i < 30; ++i) server->broadcast("tick", i);
  while (client.statistics().pauses_sent == 0) std::this_thread::sleep_for(1ms);
  may_go = true;
  while (heard < 30) std::this_thread::sleep_for(1ms);
  EXPECT_GE(client.statistics().resumes_sent, 1u);
}

// ---- reconnecting

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
  while (client.statistics().pongs_received < 2) std::this_thread::sleep_for(1ms);
  const auto statistics = client.statistics();
  EXPECT_GE(statistics.pings_sent, 2u);
  ASSERT_TRUE(statistics.heartbeat.average);
  EXPECT_LE(*statistics.heartbeat.least, *statistics.heartbeat.most);
}

// ---- on the application's io_context

TEST(ConduitClient, WorksInCoroutinesOfTheApplication) {
  TestServer server;
  asio::io_context loop;
  Client client(loop.get_executor(), to(server));
  std::optional<CallResult<int>> sum;
  std::optional<ClientStatus> sent, sync;
  asio::co_spawn(
      loop,
      [&]() -> awaitable<void> {
        const auto connected = co_await client.async_connect();
        EXPECT_TRUE(connected);
        sum = co_await client.async_call<int>("add", params("a", 1, "b", 2));
        sent = co_await client.async_send("chat", std::string("hi"));
        sync = client.connect();
        co_await client.async_disconnect();
      },
      asio::detached);
  loop.run();
  EXPECT_EQ(*sum, 3);
  EXPECT_TRUE(*sent);
  EXPECT_EQ(sync->error().kind, ClientErrorKind::kUsage);
  EXPECT_THAT(sync->error().message, HasSubstr("async_connect"));
  EXPECT_EQ(client.state(), ClientState::kDisconnected);
}

TEST(ConduitClient, KeepsTheContextOfACallerBusy) {
  TestServer server;
  Client client(to(server));
  ASSERT_TRUE(client.connect());
  asio::io_context loop;
  std::optional<CallResult<int>> sum;
  asio::co_spawn(
      loop,
      [&]() -> awaitable<void> {
        sum = co_await client.async_call<int>("add", params("a", 1, "b", 2));
      },
      asio::detached);
  loop.run();  // ends with the call, not before
  ASSERT_TRUE(sum);
  EXPECT_EQ(*sum, 3);
}

TEST(ConduitClient, CancelsACallWithItsCoroutine) {
  using namespace asio::experimental::awaitable_operators;
  TestServer server;
  asio::io_context loop;
  Client client(loop.get_executor(), to(server));
  std::size_t first = 9;
  asio::co_spawn(
      loop,
      [&]() -> awaitable<void> {
        const auto connected = co_await client.async_connect();
        EXPECT_TRUE(connected);
        asio::steady_timer timer(loop, 20ms);
        auto either = client.async_call("hang") || timer.async_wait(asio::use_awaitable);
        const auto result = co_await std::move(either);
        first = result.index();
        co_await client.async_disconnect();
      },
      asio::detached);
  loop.run();
  EXPECT_EQ(first, 1u);
  EXPECT_TRUE(server.ended().take());
}

TEST(ConduitClient, MayGoWhileItsContextStillRuns) {
  TestServer server;
  asio::io_context loop;
  std::optional<CallResult<Value>> lost;
  asio::co_spawn(
      loop,
      [&]() -> awaitable<void> {
        auto client = std::make_unique<Client>(loop.get_executor(), to(server));
        const auto connected = co_await client->async_connect();
        EXPECT_TRUE(connected);
        auto hanging = client->call_future("hang");
        while (server.begun().all().empty()) {
          asio::steady_timer timer(loop, 1ms);
          co_await timer.async_wait(asio::use_awaitable);
        }
        client.reset();
        while (hanging.wait_for(0s) != std::future_status::ready) {
          asio::steady_timer timer(loop, 1ms);
          co_await timer.async_wait(asio::use_awaitable);
        }
        lost = hanging.get();
      },
      asio::detached);
  loop.run();
  ASSERT_TRUE(lost);
  EXPECT_EQ(lost->error().code, CallCode::kUnknownOutcome);
}

TEST(ConduitClient, MayGoWithAContextThatNeverRan) {
  asio::io_context loop;
  Client client(loop.get_executor(), to_nobody());
  auto call = client.call_future("add");
}

// ---- the end

TEST(ConduitClient, MayGoWhileACoroutineElsewhereConnects) {
  asio::io_context loop;
  auto client = std::make_unique<Client>(to_nobody());
  std::optional<ClientStatus> connected;
  asio::co_spawn(
      loop, client->async_connect(),
      [&](const std::exception_ptr&, ClientStatus status) { connected = std::move(status); });
  loop.poll();
  client.reset();
  loop.run();
  ASSERT_TRUE(connected);
  EXPECT_FALSE(*connected);
}

TEST(ConduitClient, EndsWithCallsUnderWay) {
  TestServer server;
  std::future<CallResult<Value>> hanging;
  {
    Client client(to(server));
    ASSERT_TRUE(client.connect());
    hanging = client.call_future("hang");
    ASSERT_TRUE(server.begun().take());
  }
  EXPECT_EQ(hanging.get().error().code, CallCode::kUnknownOutcome);
}

TEST(ConduitClient, EndsWhileAHandlerWaitsForACall) {
  TestServer server;
  Mailbox<CallCode> ended;
  {
    Client client(to(server));
    client.on("go", [&](Value) { ended.put(client.call("hang").error().code); });
    ASSERT_TRUE(client.connect());
    server->broadcast("go", Value());
    ASSERT_TRUE(server.begun().take());
  }
  EXPECT_EQ(ended.take(), CallCode::kUnknownOutcome);
}

}  // namespace
}  // namespace oriel::conduit
