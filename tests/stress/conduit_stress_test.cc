// The conduit's client and server under load, for ThreadSanitizer: 200 clients that call, cancel,
// lose their connections and come back, at a server that closes connections and is now and then
// replaced by another. Every call has exactly one outcome, and what that says is true: what was
// answered has run once, what was "not sent" has not run.
// ORIEL_STRESS_SECONDS changes for how long.

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <thread>
#include <vector>

#include "oriel/app/conduit/client.h"
#include "oriel/app/conduit/server.h"

namespace oriel::conduit {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kClients = 200;
constexpr std::size_t kDrivers = 4;
constexpr std::size_t kCallsMax = 4'000'000;
constexpr int kUnderWayMax = 16;  // of one client

// What became of each call, by its number.
class Ledger {
 public:
  // Nothing when the book is full.
  std::optional<std::size_t> open() {
    const auto id = next_++;
    if (id >= kCallsMax) return std::nullopt;
    return id;
  }
  void ran(std::size_t id) { ++runs_[id]; }
  void ended(std::size_t id, const Answer& answer) {
    ++outcomes_[id];
    if (answer)
      kinds_[id] = kAnswered;
    else if (!is_remote(answer.error()) && row_of(kind_of(answer.error())).was_not_sent)
      kinds_[id] = kNotSent;
    else
      ++others_;
  }
  std::size_t calls() const { return std::min<std::size_t>(next_, kCallsMax); }

  void expect_one_outcome_each() const {
    std::size_t answered = 0, not_sent = 0, wrong = 0;
    for (std::size_t id = 0; id < calls(); ++id) {
      answered += kinds_[id] == kAnswered;
      not_sent += kinds_[id] == kNotSent;
      const bool is_right = outcomes_[id] == 1 && runs_[id] <= 1 &&
                            (kinds_[id] != kAnswered || runs_[id] == 1) &&
                            (kinds_[id] != kNotSent || runs_[id] == 0);
      if (is_right || ++wrong > 10) continue;
      ADD_FAILURE() << "call " << id << ": " << int{outcomes_[id]} << " outcomes, kind "
                    << int{kinds_[id]} << ", ran " << int{runs_[id]} << " times";
    }
    EXPECT_EQ(wrong, 0u);
    EXPECT_GT(answered, calls() / 10);
    print(answered, not_sent);
  }

 private:
  enum Kind : std::uint8_t { kOther, kAnswered, kNotSent };

  void print(std::size_t answered, std::size_t not_sent) const {
    std::printf("%zu calls: %zu answered, %zu not sent, %zu otherwise\n", calls(), answered,
                not_sent, static_cast<std::size_t>(others_));
  }

  std::atomic<std::size_t> next_ = 0;
  std::atomic<std::size_t> others_ = 0;
  std::vector<std::atomic<std::uint8_t>> outcomes_ =
      std::vector<std::atomic<std::uint8_t>>(kCallsMax);
  std::vector<std::atomic<std::uint8_t>> runs_ = std::vector<std::atomic<std::uint8_t>>(kCallsMax);
  std::vector<std::atomic<std::uint8_t>> kinds_ = std::vector<std::atomic<std::uint8_t>>(kCallsMax);
};

// A server that is sometimes replaced, on the same port.
class ChangingServer {
 public:
  explicit ChangingServer(Ledger& ledger) : ledger_(ledger) { start(); }

  std::uint16_t port() const { return options_.port; }

  // Harms somebody.
  void disturb(std::mt19937& random) {
    if (random() % 100 == 0) {
      server_.reset();
      start();
      return;
    }
    const auto connections = server_->connections();
    if (!connections.empty()) connections[random() % connections.size()]->close("disturbed");
  }
  void stop() { server_.reset(); }

 private:
  void start() {
    server_.emplace(options_);
    const MethodOptions id{.parameters = {{"id"}}, .run = Run::kLoop};
    server_->rpc("quick", [this](std::uint64_t number) { ledger_.ran(number); }, id);
    auto slow = id;
    slow.run = Run::kWorker;
    server_->rpc(
        "slow",
        [this](Context& context, std::uint64_t number) {
          ledger_.ran(number);
          for (int i = 0; i < 5 && !context.stop_token().stop_requested(); ++i)
            std::this_thread::sleep_for(1ms);
        },
        slow);
    const auto status = server_->start();
    ASSERT_TRUE(status) << status.error().message;
    options_.port = server_->port();
  }

  Ledger& ledger_;
  ServerOptions options_{.password = "secret",
                         .host = "127.0.0.1",
                         .port = 0,
                         .max_connections = 2 * kClients,
                         .auth_timeout = 60s,
                         .scram_iterations = 4096,
                         .workers_max = 16,
                         .stop_timeout = 1s};
  std::optional<Server> server_;
};

// One client and what it has under way.
class Actor {
 public:
  // loop: null for a client with a thread of its own.
  Actor(Ledger& ledger, std::uint16_t port, boost::asio::io_context* loop, unsigned seed)
      : ledger_(ledger), loop_(loop), random_(seed) {
    options_ = {.server_host = "127.0.0.1",
                .server_port = port,
                .password = "secret",
                .connect_timeout = 60s,
                .reconnect_attempts = 0,
                .reconnect_delay = 5ms,
                .reconnect_delay_max = 50ms,
                .retry_first_connect = true,
                .rpc_timeout = 30s,
                .stop_timeout = 5s,
                .workers_max = 2};
    renew();
  }

  void act() {
    switch (random_() % 100) {
      case 0:
        renew();  // the destructor ends what is under way
        return;
      case 1:
        client_->disconnect();
        connect();
        return;
      case 2:
        (void)client_->send("note", {{"x", 1}});
        return;
      case 3:
        (void)client_->statistics();
        (void)client_->health();
        return;
      default:
        if (*under_way_ < kUnderWayMax) call();
    }
  }

 private:
  void connect() {
    if (loop_ != nullptr) {
      boost::asio::co_spawn(*loop_, client_->async_connect(),
                            [](std::exception_ptr, const ClientStatus&) {});
      return;
    }
    // Some wait for it.
    if (random_() % 4 == 0) {
      (void)client_->connect();
    } else {
      boost::asio::co_spawn(waiting_, client_->async_connect(),
                            [](std::exception_ptr, const ClientStatus&) {});
      waiting_.restart();
      waiting_.poll();
    }
  }
  void renew() {
    client_.reset();
    waiting_.restart();
    waiting_.poll();
    options_.calls_wait = random_() % 2 == 0;
    client_ = loop_ != nullptr ? std::make_unique<Client>(loop_->get_executor(), options_)
                               : std::make_unique<Client>(options_);
    connect();
  }
  void call() {
    const auto id = ledger_.open();
    if (!id) return;
    const auto kind = random_() % 10;
    std::stop_source stop;
    ClientCallOptions options{.stop = stop.get_token()};
    if (kind == 0) options.timeout = std::chrono::milliseconds(1 + random_() % 5);
    ++*under_way_;
    client_->start_call(kind < 7 ? "quick" : "slow", Map{{"id", *id}}, options,
                        [this_ledger = &ledger_, id = *id, under_way = under_way_](Answer answer) {
                          this_ledger->ended(id, answer);
                          --*under_way;
                        });
    if (kind == 8) stop.request_stop();
    if (kind == 9) last_stop_.request_stop();
    last_stop_ = std::move(stop);
  }

  Ledger& ledger_;
  boost::asio::io_context* loop_;
  std::mt19937 random_;
  ClientOptions options_;
  // Of the calls; outlives the client.
  std::shared_ptr<std::atomic<int>> under_way_ = std::make_shared<std::atomic<int>>(0);
  std::stop_source last_stop_;
  boost::asio::io_context waiting_{1};
  std::unique_ptr<Client> client_;
};

std::chrono::seconds wished_duration(std::chrono::seconds otherwise) {
  const char* wish = std::getenv("ORIEL_STRESS_SECONDS");
  return wish != nullptr ? std::chrono::seconds(std::atoi(wish)) : otherwise;
}

TEST(ConduitStress, TwoHundredClientsHaveOneOutcomeForEveryCall) {
  auto ledger = std::make_unique<Ledger>();
  ChangingServer server(*ledger);
  boost::asio::io_context loop;
  std::optional work(boost::asio::make_work_guard(loop));
  std::vector<std::thread> loop_threads;
  for (int i = 0; i < 2; ++i) loop_threads.emplace_back([&] { loop.run(); });

  // A quarter has threads of their own; the others share a loop of two threads.
  std::vector<std::vector<std::unique_ptr<Actor>>> actors(kDrivers);
  for (unsigned i = 0; i < kClients; ++i)
    actors[i % kDrivers].push_back(std::make_unique<Actor>(
        *ledger, server.port(), i / kDrivers % 4 == 0 ? nullptr : &loop, i));

  const auto end = Clock::now() + wished_duration(60s);
  std::vector<std::thread> drivers;
  for (auto& mine : actors)
    drivers.emplace_back([&mine, end] {
      while (Clock::now() < end) {
        for (auto& actor : mine) actor->act();
        std::this_thread::sleep_for(1ms);
      }
    });
  std::mt19937 random(7);
  while (Clock::now() < end) {
    server.disturb(random);
    std::this_thread::sleep_for(50ms);
  }
  for (auto& driver : drivers) driver.join();
  actors.clear();
  work.reset();
  for (auto& thread : loop_threads) thread.join();
  server.stop();
  ledger->expect_one_outcome_each();
  EXPECT_GT(ledger->calls(), 10 * kClients);
}

}  // namespace
}  // namespace oriel::conduit
