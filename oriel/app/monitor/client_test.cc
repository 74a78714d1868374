#include "oriel/app/monitor/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <fstream>
#include <future>
#include <optional>
#include <thread>

#include "oriel/app/monitor/client_limits.h"
#include "oriel/app/monitor/simple_client.h"
#include "oriel/core/monitor/messages.h"
#include "oriel/io/net/http_server.h"
#include "oriel/io/net/tcp_listener.h"
#include "oriel/testing/temporary_folder.h"

namespace oriel::monitor {
namespace {

using namespace std::chrono_literals;
using boost::asio::awaitable;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// One connection of the server below.
struct Peer {
  net::StreamPointer stream;
  std::string waiting;  // to be written
  bool is_writing = false;
};

// A server on a free port of this machine, in a thread of its own, that does what a test says.
class FakeServer : private net::HttpRoutes {
 public:
  using Script = std::function<void(FakeServer&, std::size_t connection)>;

  // script: called when a connection has come, with its number from 1.
  explicit FakeServer(Script script = {}) : script_(std::move(script)) {
    net::HttpServerConfig config;
    net::HttpRoutes& routes = *this;
    http_.emplace(loop_.get_executor(), routes, config);
    listener_ = *net::TcpListener::listen(
        loop_.get_executor(), {.setting = "--x"},
        [this](net::StreamPointer stream) { http_->serve(std::move(stream)); });
    port_ = listener_->port();
    thread_ = std::thread([this] { loop_.run(); });
  }
  ~FakeServer() override {
    boost::asio::post(loop_, [this] {
      for (auto& peer : peers_)
        if (peer->stream) peer->stream->close();
      http_.reset();
      listener_.reset();
      boost::asio::post(loop_, [this] { loop_.stop(); });
    });
    thread_.join();
  }

  std::string uri(const std::string& path = "/") const {
    return "ws://127.0.0.1:" + std::to_string(port_) + path;
  }
  // On the server's thread: to the newest connection.
  void say(std::string_view text) {
    peers_.back()->waiting += text;
    if (!std::exchange(peers_.back()->is_writing, true))
      boost::asio::co_spawn(loop_, write(peers_.back()), boost::asio::detached);
  }
  void hang_up() { peers_.back()->stream->close(); }
  // Any thread.
  void run(std::function<void()> work) { boost::asio::post(loop_, std::move(work)); }
  int connections() const { return connections_; }
  std::string header(std::string_view name) const {
    const auto* value = request_.find(name);
    return value == nullptr ? "" : *value;
  }
  // What the newest connection has sent, once it contains `text`; it is waited for.
  std::string wait_for(std::string_view text) {
    std::unique_lock lock(mutex_);
    came_.wait_for(lock, 5s, [&] { return received_.find(text) != std::string::npos; });
    return received_;
  }

 private:
  void handle(net::HttpRequest, net::HttpAnswer answer) override {
    answer(net::http_sentence(404, "There is nothing at this address"));
  }
  bool is_websocket_path(std::string_view path) const override { return path != "/none"; }
  net::WebSocketKind websocket_kind(std::string_view) const override {
    return net::WebSocketKind::kLines;
  }
  std::optional<net::HttpResponse> websocket_refusal(const net::HttpRequest& request) override {
    if (request.path != "/locked") return {};
    ++connections_;
    return net::http_sentence(401, "Log in first");
  }
  void on_websocket(const net::HttpRequest& request, net::StreamPointer stream) override {
    request_ = request;
    peers_.push_back(std::make_shared<Peer>(std::move(stream)));
    ++connections_;
    boost::asio::co_spawn(loop_, read(peers_.back()), boost::asio::detached);
    if (script_) script_(*this, static_cast<std::size_t>(connections_));
  }
  awaitable<void> read(std::shared_ptr<Peer> peer) {
    std::array<std::uint8_t, 1000> into;
    for (;;) {
      const auto count = co_await peer->stream->read_some(into);
      if (!count) break;
      const std::lock_guard lock(mutex_);
      received_.append(as_text(std::span(into).first(*count)));
      came_.notify_all();
    }
    peer->stream->close();
  }
  static awaitable<void> write(std::shared_ptr<Peer> peer) {
    while (!peer->waiting.empty()) {
      const auto text = std::exchange(peer->waiting, {});
      for (auto rest = as_bytes(text); !rest.empty();) {
        const auto count = co_await peer->stream->write_some({&rest, 1});
        if (!count) co_return;
        rest = rest.subspan(*count);
      }
    }
    peer->is_writing = false;
  }

  boost::asio::io_context loop_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{
      loop_.get_executor()};
  Script script_;
  std::optional<net::HttpServer> http_;
  std::unique_ptr<net::TcpListener> listener_;
  std::uint16_t port_ = 0;
  net::HttpRequest request_;
  std::vector<std::shared_ptr<Peer>> peers_;
  std::atomic<int> connections_ = 0;
  std::mutex mutex_;  // guards received_
  std::condition_variable came_;
  std::string received_;
  std::thread thread_;
};

std::string data_line(double percent) {
  return write_monitoring_data({}, Object{{"processor", Object{{"usage_percent", percent}}}}, {},
                               Dialect::kServer) +
         "\n";
}

double percent_of(const Value& document) {
  const auto* data = document.find("data");
  const auto* processor = data == nullptr ? nullptr : data->find("processor");
  const auto* usage = processor == nullptr ? nullptr : processor->find("usage_percent");
  return usage == nullptr ? -1 : usage->number_or(-1);
}

ClientOptions fast(const std::string& uri) {
  ClientOptions options;
  options.uri = uri;
  options.reconnect_interval = 2ms;
  options.reconnect_interval_max = 5ms;
  return options;
}

// Port 1 (tcpmux, RFC 1078) is nobody's for decades, and is never given out as a free one.
std::string nobodys_uri() { return "ws://127.0.0.1:1"; }

// ---- synchronous ------------------------------------------------------------------------------

TEST(MonitorClient, RunsCallbacksInTheCallersThread) {
  FakeServer server([](FakeServer& here, std::size_t) {
    here.say("{\"type\": \"connection\", \"message\": \"hello\"}\n" + data_line(12.5));
  });
  auto options = fast(server.uri());
  std::vector<std::string> calls;
  std::vector<std::thread::id> threads;
  Client* running = nullptr;
  const auto called = [&](std::string what) {
    calls.push_back(std::move(what));
    threads.push_back(std::this_thread::get_id());
  };
  options.on_connect = [&] { called("connect"); };
  options.on_disconnect = [&] { called("disconnect"); };
  options.on_message = [&](const ServerMessage& message) {
    called("data " + std::to_string(percent_of(message.document)));
    running->stop();
  };
  Client client(options);
  running = &client;
  client.on("connection_message", [&](const ClientEvent& event) { called(event.type); });
  ASSERT_TRUE(client.start());
  EXPECT_TRUE(client.wait(10s));
  EXPECT_THAT(calls, ElementsAre("connect", "connection", "data 12.500000", "disconnect"));
  EXPECT_THAT(threads, ::testing::Each(std::this_thread::get_id()));
  EXPECT_EQ(client.state(), ClientState::kDisconnected);
  EXPECT_FALSE(client.failure());
}

TEST(MonitorClient, GoesThroughItsStatesAndTellsEach) {
  FakeServer server([](FakeServer& here, std::size_t connection) {
    if (connection == 1) here.hang_up();
  });
  Client client(fast(server.uri()));
  std::vector<std::string> changes;
  client.on("state_change", [&](const ClientEvent& event) {
    changes.push_back(*event.data().find("old_state")->string() + ">" +
                      *event.data().find("new_state")->string());
    if (changes.size() == 4) client.stop();
  });
  ASSERT_TRUE(client.start());
  EXPECT_FALSE(client.start()) << "it runs already";
  EXPECT_TRUE(client.wait(10s));
  EXPECT_THAT(changes, ElementsAre("disconnected>connecting", "connecting>connected",
                                   "connected>reconnecting", "reconnecting>connected",
                                   "connected>disconnected"));
  const auto statistics = client.statistics();
  EXPECT_EQ(statistics.reconnect_attempts, 1u);
  EXPECT_EQ(statistics.total_disconnections, 2u);
  EXPECT_EQ(statistics.error_count, 1u);
}

class BoundedReconnects : public ::testing::TestWithParam<unsigned> {};

TEST_P(BoundedReconnects, EndForGoodWhenTheyAreUsedUp) {
  auto options = fast(nobodys_uri());
  options.max_reconnect_attempts = GetParam();
  int errors = 0;
  options.on_error = [&](const ClientError&) { ++errors; };
  Client client(options);
  ASSERT_TRUE(client.start());
  const auto ended = client.wait(10s);
  ASSERT_FALSE(ended);
  EXPECT_THAT(ended.error().message, HasSubstr("Connection refused"));
  EXPECT_EQ(client.state(), ClientState::kError);
  EXPECT_EQ(client.failure()->kind, ClientErrorKind::kCannotConnect);
  EXPECT_EQ(client.statistics().reconnect_attempts, GetParam());
  EXPECT_EQ(errors, static_cast<int>(GetParam()) + 1);
  EXPECT_EQ(client.statistics().error_history.size(),
            std::min<std::size_t>(GetParam() + 1, kErrorHistoryMax));
}

INSTANTIATE_TEST_SUITE_P(All, BoundedReconnects, ::testing::Values(0u, 1u, 7u));

// A server that takes each connection and ends it at once is no success.
TEST(MonitorClient, CountsConnectionsThatDoNotHoldAsFailures) {
  FakeServer server([](FakeServer& here, std::size_t) { here.hang_up(); });
  auto options = fast(server.uri());
  options.reconnect_interval = 20ms;
  options.reconnect_interval_max = 20ms;
  options.max_reconnect_attempts = 2;
  Client client(options);
  ASSERT_TRUE(client.start());
  EXPECT_FALSE(client.wait(10s));
  EXPECT_EQ(server.connections(), 3);
  EXPECT_EQ(client.failure()->kind, ClientErrorKind::kLost);
}

TEST(MonitorClient, EndsAtTheFirstLossWithoutReconnect) {
  FakeServer server([](FakeServer& here, std::size_t) { here.hang_up(); });
  auto options = fast(server.uri());
  options.reconnect = false;
  Client client(options);
  ASSERT_TRUE(client.start());
  EXPECT_FALSE(client.wait(10s));
  EXPECT_EQ(server.connections(), 1);
}

TEST(MonitorClient, DoesNotTryAWrongPasswordTwice) {
  FakeServer server;
  Client client(fast(server.uri("/locked")));
  ASSERT_TRUE(client.start());
  EXPECT_FALSE(client.wait(10s));
  EXPECT_EQ(server.connections(), 1);
  EXPECT_EQ(client.failure()->kind, ClientErrorKind::kDenied);
}

TEST(MonitorClient, ConnectsAnewWhenAsked) {
  FakeServer server;
  Client client(fast(server.uri()));
  ASSERT_TRUE(client.start());
  ASSERT_TRUE(client.wait_connected(10s));
  int connects = 0;
  client.on("state_change", [&](const ClientEvent&) {
    if (client.is_connected() && ++connects == 1) client.stop();
  });
  client.poll();
  connects = 0;
  client.reconnect();
  EXPECT_TRUE(client.wait(10s));
  EXPECT_EQ(server.connections(), 2);
  EXPECT_EQ(client.statistics().error_count, 0u);
}

TEST(MonitorClient, StartsAgainAfterItHasGivenUpOrWasStopped) {
  FakeServer server;
  auto options = fast(server.uri());
  Client client(options);
  ASSERT_TRUE(client.start());
  ASSERT_TRUE(client.wait_connected(10s));
  client.stop();
  EXPECT_EQ(client.state(), ClientState::kDisconnected);
  ASSERT_TRUE(client.start());
  EXPECT_TRUE(client.wait_connected(10s));
}

TEST(MonitorClient, SendsAndSaysWhenItCannot) {
  FakeServer server;
  Client client(fast(server.uri()));
  EXPECT_EQ(client.send(Object{{"type", "ping"}}).error().code, ErrorCode::kClosed);
  ASSERT_TRUE(client.start());
  ASSERT_TRUE(client.wait_connected(10s));
  EXPECT_TRUE(client.send_ping());
  EXPECT_TRUE(client.request_status());
  EXPECT_EQ(server.wait_for("get_status\"}\n"),
            "{\"type\": \"ping\"}\n{\"type\": \"get_status\"}\n");
  EXPECT_EQ(client.send(std::string(20'000, 'x')).error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(client.statistics().messages_sent, 2u);
  EXPECT_EQ(client.statistics().bytes_sent, 38u);
}

TEST(MonitorClient, SubscribesFirstAndAnewWhenAsked) {
  FakeServer server;
  auto options = fast(server.uri());
  options.subscribe = Subscribe{};
  options.subscribe->wants_delta = true;
  options.headers = {{"Authorization", "Bearer x"}};
  Client client(options);
  ASSERT_TRUE(client.start());
  ASSERT_TRUE(client.wait_connected(10s));
  EXPECT_THAT(server.wait_for("\n"), HasSubstr("\"delta\": true"));
  EXPECT_EQ(server.header("Authorization"), "Bearer x");
  Subscribe other;
  other.metrics = {Metric::kBattery};
  EXPECT_TRUE(client.subscribe(other));
  EXPECT_THAT(server.wait_for("[\"battery\"]"), HasSubstr("\"metrics\": [\"battery\"]"));
  other.interval = 1ms;
  EXPECT_EQ(client.subscribe(other).error().code, ErrorCode::kInvalid);
}

TEST(MonitorClient, KeepsHistoryAndLastDataOfWhatTheFilterTakes) {
  FakeServer server([](FakeServer& here, std::size_t) {
    std::string lines;
    for (int i = 1; i <= 6; ++i) lines += data_line(i);
    here.say(lines + "{\"type\": \"pong\"}\n");
  });
  auto options = fast(server.uri());
  options.store_history = true;
  options.history_size = 2;
  options.data_filter = [](const ServerMessage& message) {
    return static_cast<int>(percent_of(message.document)) % 2 == 0;
  };
  std::vector<double> seen;
  options.on_message = [&](const ServerMessage& m) { seen.push_back(percent_of(m.document)); };
  Client client(options);
  client.on("pong", [&](const ClientEvent&) { client.stop(); });
  ASSERT_TRUE(client.start());
  EXPECT_TRUE(client.wait(10s));
  EXPECT_THAT(seen, ElementsAre(2, 4, 6));
  const auto history = client.history();
  ASSERT_TRUE(history);
  ASSERT_EQ(history->size(), 2u);
  EXPECT_EQ(percent_of((*history)[0]->document), 4);
  EXPECT_EQ(percent_of(client.last_data()->document), 6);
  EXPECT_EQ(client.statistics().messages_received, 7u);
}

TEST(MonitorClient, HasNoHistoryUnlessAskedFor) {
  Client client(ClientOptions{});
  EXPECT_EQ(client.history().error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(client.last_data(), nullptr);
}

TEST(MonitorClient, TakesHandlersAwayAndShowsEmittedEvents) {
  Client client(ClientOptions{});
  std::vector<std::string> calls;
  HandlerId second = 0;
  client.on("x", [&](const ClientEvent& event) {
    calls.push_back("first " + to_json(event.data()));
    client.off(second);
  });
  second = client.on("x", [&](const ClientEvent&) { calls.push_back("second"); });
  client.on("*", [&](const ClientEvent& event) { calls.push_back("all " + event.type); });
  client.emit("x", 7);
  EXPECT_EQ(client.poll(), 1u);
  EXPECT_THAT(calls, ElementsAre("first 7", "all x"));
  EXPECT_FALSE(client.remove_handler(second));
  EXPECT_EQ(client.off_all("*"), 1u);
  client.emit("y", {});
  EXPECT_EQ(client.poll(), 1u);
  EXPECT_EQ(calls.size(), 2u);
}

TEST(MonitorClient, DropsTheOldestDataThatNobodyTakes) {
  FakeServer server([](FakeServer& here, std::size_t) {
    std::string lines;
    for (std::size_t i = 1; i <= kClientQueueMax + 100; ++i)
      lines += data_line(static_cast<double>(i));
    here.say(lines + "{\"type\": \"pong\"}\n");
  });
  auto options = fast(server.uri());
  std::size_t received = 0;
  std::promise<void> all_received;
  options.data_filter = [&](const ServerMessage&) {  // on the client's thread
    if (++received == kClientQueueMax + 100) all_received.set_value();
    return true;
  };
  Client client(options);
  std::size_t data = 0;
  client.on("monitoring_data", [&](const ClientEvent&) { ++data; });
  ASSERT_TRUE(client.start());
  ASSERT_EQ(all_received.get_future().wait_for(10s), std::future_status::ready);
  client.stop();
  client.poll();
  EXPECT_GE(client.statistics().messages_dropped, 99u);  // the last one may just be on its way
  EXPECT_EQ(data, 0u) << "data that nobody has taken are not told after stop()";
}

TEST(MonitorClient, GoesOnAfterGarbageAndTellsTheServersErrors) {
  FakeServer server([](FakeServer& here, std::size_t) {
    here.say("garbage\n[1]\n{\"type\": \"error\", \"message\": \"Invalid message\"}\n" +
             data_line(5));
  });
  auto options = fast(server.uri());
  std::vector<std::string> errors;
  Client* running = nullptr;
  options.on_error = [&](const ClientError& error) {
    errors.emplace_back(client_error_name(error.kind));
  };
  options.on_message = [&](const ServerMessage&) { running->stop(); };
  Client client(options);
  running = &client;
  ASSERT_TRUE(client.start());
  EXPECT_TRUE(client.wait(10s));
  EXPECT_THAT(errors, ElementsAre("protocol", "protocol", "server"));
  EXPECT_EQ(server.connections(), 1);
}

TEST(MonitorClient, GivesUpAHugeMessage) {
  FakeServer server(
      [](FakeServer& here, std::size_t) { here.say(std::string(5'000'000, ' ') + "\n"); });
  auto options = fast(server.uri());
  options.reconnect = false;
  Client client(options);
  ASSERT_TRUE(client.start());
  EXPECT_FALSE(client.wait(10s));
  EXPECT_EQ(client.failure()->kind, ClientErrorKind::kProtocol) << client.failure()->message;
}

TEST(MonitorClient, PrintsByTheFormatterOfTheMoment) {
  FakeServer server([](FakeServer& here, std::size_t) { here.say(data_line(1)); });
  auto options = fast(server.uri());
  std::vector<std::string> lines;
  options.print = [&](std::string_view text) { lines.emplace_back(text); };
  Client client(options);
  EXPECT_EQ(client.set_formatter("fancy", true).error().code, ErrorCode::kInvalid);
  EXPECT_TRUE(client.set_formatter("simple", false));
  client.on("monitoring_data", [&](const ClientEvent& event) {
    if (percent_of(event.data()) == 1) {
      client.set_formatter([](const Value& d) { return "mine " + std::to_string(percent_of(d)); });
      server.run([&] { server.say(data_line(2)); });
    }
  });
  client.on("*", [&](const ClientEvent& event) {
    if (percent_of(event.data()) == 2) server.run([&] { server.hang_up(); });
  });
  ASSERT_TRUE(client.start());
  while (lines.size() < 2 && client.wait(1ms)) {
  }
  EXPECT_THAT(lines, ElementsAre("mine 1.000000", "mine 2.000000"));
}

TEST(MonitorClient, SavesEveryMessageAsALine) {
  const oriel::testing::TemporaryFolder folder;
  FakeServer server([](FakeServer& here, std::size_t) {
    here.say("{\"type\": \"connection\"}\n" + data_line(1) + "{\"type\": \"pong\"}\n");
  });
  auto options = fast(server.uri());
  options.save_data = folder.write("data.jsonl", "");
  Client client(options);
  client.on("pong", [&](const ClientEvent&) { client.stop(); });
  ASSERT_TRUE(client.start());
  EXPECT_TRUE(client.wait(10s));
  EXPECT_EQ(client.save_statistics()->message_count, 3u);
  std::ifstream file(options.save_data);
  std::string first;
  std::getline(file, first);
  EXPECT_EQ(first, "{\"type\": \"connection\"}");
}

TEST(MonitorClient, RefusesOptionsThatCannotWork) {
  ClientOptions options;
  options.uri = "http://localhost";
  EXPECT_EQ(Client(options).start().error().code, ErrorCode::kInvalid);
  options = {};
  options.send_timeout = 0ms;
  EXPECT_THAT(Client(options).start().error().message, HasSubstr("send_timeout is 0 ms"));
  options = {};
  options.store_history = true;
  options.history_size = 0;
  EXPECT_EQ(Client(options).start().error().code, ErrorCode::kInvalid);
}

TEST(MonitorClient, EndsInEveryStateWithoutHanging) {
  {
    Client never_started(ClientOptions{});
  }
  FakeServer server;
  for (const int when : {0, 1, 2}) {
    Client client(fast(when == 2 ? nobodys_uri() : server.uri()));
    ASSERT_TRUE(client.start());
    if (when == 1) {
      EXPECT_TRUE(client.wait_connected(10s));
    }
    if (when == 2) {
      EXPECT_TRUE(client.wait(3ms));
    }
  }
}

// The handshake is never answered.
TEST(MonitorClient, GivesUpASilentServerAtTheTimeOut) {
  boost::asio::io_context loop(1);
  std::vector<net::StreamPointer> held;
  const auto listener =
      *net::TcpListener::listen(loop.get_executor(), {.setting = "--x"},
                                [&](net::StreamPointer s) { held.push_back(std::move(s)); });
  auto options = fast("ws://127.0.0.1:" + std::to_string(listener->port()));
  options.operation_timeout = 20ms;
  options.reconnect = false;
  Client client(options);
  ASSERT_TRUE(client.start());
  EXPECT_FALSE(client.wait(10s));
  EXPECT_EQ(client.failure()->kind, ClientErrorKind::kTimeout);
}

TEST(MonitorClient, LetsAnExceptionOfACallbackLeaveWait) {
  Client client(ClientOptions{});
  client.on("x", [](const ClientEvent&) { throw std::runtime_error("mine"); });
  client.emit("x", {});
  client.emit("y", {});
  EXPECT_THROW(client.poll(), std::runtime_error);
  EXPECT_EQ(client.poll(), 1u);
}

TEST(SimpleClient, CallsWithEachMessageAndPrintsNothing) {
  FakeServer server([](FakeServer& here, std::size_t) { here.say(data_line(8)); });
  double percent = 0;
  SimpleClient* running = nullptr;
  ::testing::internal::CaptureStdout();
  SimpleClient client({.uri = server.uri(), .on_data = [&](const Value& message) {
                         percent = percent_of(message);
                         running->disconnect();
                       }});
  running = &client;
  ASSERT_TRUE(client.connect());
  EXPECT_TRUE(client.wait(10s));
  EXPECT_EQ(percent, 8);
  EXPECT_FALSE(client.is_connected());
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "");
}

TEST(SimpleClient, PrintsWithoutAFunction) {
  FakeServer server([](FakeServer& here, std::size_t) { here.say(data_line(8)); });
  ::testing::internal::CaptureStdout();
  SimpleClient client({.uri = server.uri(), .format = "json"});
  ASSERT_TRUE(client.connect());
  client.client().on("monitoring_data", [&](const ClientEvent&) { client.disconnect(); });
  EXPECT_TRUE(client.wait(10s));
  EXPECT_THAT(::testing::internal::GetCapturedStdout(), HasSubstr("\"usage_percent\""));
}

TEST(SimpleClient, SaysWhatIsWrong) {
  EXPECT_EQ(SimpleClient({.uri = "http://x"}).connect().error().code, ErrorCode::kInvalid);
  EXPECT_EQ(SimpleClient({.format = "fancy"}).connect().error().code, ErrorCode::kInvalid);
}

// ---- on a loop of the application -------------------------------------------------------------

TEST(MonitorClientOnALoop, CallsBackThereAndStopsInsideACallback) {
  FakeServer server([](FakeServer& here, std::size_t) { here.say(data_line(3)); });
  boost::asio::io_context loop(1);
  auto options = fast(server.uri());
  std::optional<Client> client;
  int messages = 0;
  options.on_message = [&](const ServerMessage&) {
    ++messages;
    client->stop();
  };
  client.emplace(loop.get_executor(), options);
  ASSERT_TRUE(client->start());
  EXPECT_FALSE(client->is_connected());
  loop.run_for(10s);
  EXPECT_EQ(messages, 1);
  EXPECT_TRUE(loop.stopped()) << "nothing is left to do";
  EXPECT_EQ(client->state(), ClientState::kDisconnected);
}

TEST(MonitorClientOnALoop, TellsAFailureAfterItsState) {
  boost::asio::io_context loop(1);
  auto options = fast(nobodys_uri());
  options.reconnect = false;
  std::vector<ClientState> states;
  std::optional<Client> client;
  options.on_error = [&](const ClientError&) { states.push_back(client->state()); };
  client.emplace(loop.get_executor(), options);
  bool has_failure = false;
  client->on("state_change", [&](const ClientEvent&) {
    if (client->state() == ClientState::kError) has_failure = client->failure().has_value();
  });
  ASSERT_TRUE(client->start());
  loop.run_for(10s);
  EXPECT_THAT(states, ElementsAre(ClientState::kError));
  EXPECT_TRUE(has_failure);
}

TEST(MonitorClientOnALoop, GivesMessagesToCoroutines) {
  FakeServer server([](FakeServer& here, std::size_t) {
    here.say(data_line(1) + data_line(2) + "{\"type\": \"pong\"}\n");
  });
  boost::asio::io_context loop(1);
  Client client(loop.get_executor(), fast(server.uri()));
  std::vector<std::string> types;
  Result<SharedMessage> last = nullptr;
  boost::asio::co_spawn(
      loop,
      [&]() -> awaitable<void> {
        (void)client.start();
        for (;;) {
          last = co_await client.next();
          if (!last) break;
          types.push_back((*last)->type);
          if (types.back() == "pong") {
            Value ping = Object{{"type", "ping"}};
            const auto sent = co_await client.async_send(std::move(ping));
            types.push_back(sent ? "sent" : sent.error().message);
            client.stop();
          }
        }
      },
      boost::asio::detached);
  loop.run_for(10s);
  EXPECT_THAT(types, ElementsAre("monitoring_data", "monitoring_data", "pong", "sent"));
  EXPECT_EQ(last.error().code, ErrorCode::kClosed);
}

TEST(MonitorClientOnALoop, StartsCoroutinesAsHandlers) {
  FakeServer server([](FakeServer& here, std::size_t) { here.say(data_line(4)); });
  boost::asio::io_context loop(1);
  Client client(loop.get_executor(), fast(server.uri()));
  double percent = 0;
  client.on_async("monitoring_data", [&](ClientEvent event) -> awaitable<void> {
    boost::asio::steady_timer timer(loop, 1ms);
    co_await timer.async_wait(boost::asio::use_awaitable);
    percent = percent_of(event.data());
    client.stop();
  });
  ASSERT_TRUE(client.start());
  loop.run_for(10s);
  EXPECT_EQ(percent, 4);
}

TEST(MonitorClientOnALoop, IsDestroyedWhileItWorks) {
  FakeServer server;
  boost::asio::io_context loop(1);
  for (const int turns : {0, 1, 3, 1000}) {
    std::optional<Client> client;
    client.emplace(loop.get_executor(), fast(server.uri()));
    ASSERT_TRUE(client->start());
    for (int i = 0; i < turns && !client->is_connected(); ++i) loop.run_one_for(10ms);
    client.reset();
  }
  loop.run_for(10s);
  EXPECT_TRUE(loop.stopped());
  Client outlived_by_nothing(loop.get_executor(), fast(server.uri()));
  ASSERT_TRUE(outlived_by_nothing.start());
}

}  // namespace
}  // namespace oriel::monitor
