// NATS request and reply through nats-server (found by PATH) with its C client: one after the other
// and 64 under way. The answering program is a process of its own. nats_echo [SECONDS]
//
// The server's CPU seconds are those of nats-server and of the answering process together: both
// are needed for what one conduit server does.

#include <fmt/format.h>
#include <nats/nats.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <exception>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>

#include "bench/conduit_load.h"

namespace oriel::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* kSubject = "add";
const std::string kRequest(26, 'q');
const std::string kResponse(33, 'r');

void check(natsStatus status, const char* what) {
  if (status != NATS_OK)
    throw std::runtime_error(fmt::format("{}: {}", what, natsStatus_GetText(status)));
}

template <auto destroy>
struct Destroy {
  void operator()(auto* object) const { destroy(object); }
};
using Connection = std::unique_ptr<natsConnection, Destroy<natsConnection_Destroy>>;
using Subscription = std::unique_ptr<natsSubscription, Destroy<natsSubscription_Destroy>>;
using Options = std::unique_ptr<natsOptions, Destroy<natsOptions_Destroy>>;

// When bytes go out: collected by the library's own thread, or at once.
enum class Sending { kCollected, kAtOnce };

Connection connect(int port, Sending sending) {
  natsOptions* made = nullptr;
  check(natsOptions_Create(&made), "natsOptions_Create");
  const Options options(made);
  check(natsOptions_SetURL(made, fmt::format("nats://127.0.0.1:{}", port).c_str()), "url");
  check(natsOptions_SetSendAsap(made, sending == Sending::kAtOnce), "send");
  natsConnection* connection = nullptr;
  check(natsConnection_Connect(&connection, made), "connect");
  return Connection(connection);
}

void answer(natsConnection* connection, natsSubscription*, natsMsg* message, void*) {
  natsConnection_Publish(connection, natsMsg_GetReply(message), kResponse.data(),
                         static_cast<int>(kResponse.size()));
  natsMsg_Destroy(message);
}

class Caller {
 public:
  explicit Caller(int port, Sending sending) : connection_(connect(port, sending)) {
    natsInbox* inbox = nullptr;
    check(natsInbox_Create(&inbox), "inbox");
    inbox_ = inbox;
    natsInbox_Destroy(inbox);
    natsSubscription* subscription = nullptr;
    check(natsConnection_Subscribe(&subscription, connection_.get(), inbox_.c_str(), take, this),
          "subscribe");
    subscription_.reset(subscription);
  }

  Load run(std::size_t in_flight, std::chrono::duration<double> time, pid_t server,
           pid_t answering) {
    const auto server_cpu = [&] { return cpu_seconds(server) + cpu_seconds(answering); };
    Load load{.client_cpu_s = -cpu_seconds(0), .server_cpu_s = -server_cpu()};
    const auto start = Clock::now();
    end_ = start + time;
    done_ = 0;
    under_way_ = in_flight;
    for (std::size_t i = 0; i < in_flight; ++i) call();
    std::unique_lock lock(mutex_);
    if (!ended_.wait_for(lock, time + std::chrono::seconds(10), [&] { return under_way_ == 0; }))
      throw std::runtime_error("an answer did not come");
    load.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    load.done = done_;
    load.client_cpu_s += cpu_seconds(0);
    load.server_cpu_s += server_cpu();
    return load;
  }

 private:
  void call() {
    natsConnection_PublishRequest(connection_.get(), kSubject, inbox_.c_str(), kRequest.data(),
                                  static_cast<int>(kRequest.size()));
  }

  // On the library's thread of the subscription.
  static void take(natsConnection*, natsSubscription*, natsMsg* message, void* closure) {
    auto& self = *static_cast<Caller*>(closure);
    natsMsg_Destroy(message);
    ++self.done_;
    if (Clock::now() < self.end_) {
      self.call();
      return;
    }
    const std::lock_guard lock(self.mutex_);
    if (--self.under_way_ == 0) self.ended_.notify_one();
  }

  Connection connection_;
  std::string inbox_;
  std::chrono::time_point<Clock, std::chrono::duration<double>> end_;
  std::atomic<std::uint64_t> done_ = 0;
  std::mutex mutex_;
  std::condition_variable ended_;
  std::size_t under_way_ = 0;  // with mutex_
  Subscription subscription_;  // the last: it ends the callbacks
};

// A process that dies with this one.
class Process {
 public:
  explicit Process(const auto& run) : pid_(fork()) {
    if (pid_ != 0) return;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    try {
      run();
    } catch (const std::exception& error) {
      fmt::print(stderr, "{}\n", error.what());
    }
    _exit(127);
  }
  ~Process() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_;
};

void wait_for_server(int port) {
  for (int tries = 0;; ++tries) {
    try {
      Socket::connect(port);
      return;
    } catch (const std::exception&) {
      if (tries == 100) throw std::runtime_error("nats-server did not start");
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  }
}

void measure(std::chrono::duration<double> time) {
  const int port = Socket::listen().port();
  const Process server([&] {
    execlp("nats-server", "nats-server", "-a", "127.0.0.1", "-p", std::to_string(port).c_str(),
           "-l", "/dev/null", nullptr);
    throw std::runtime_error("nats-server is not installed");
  });
  wait_for_server(port);
  for (const auto sending : {Sending::kCollected, Sending::kAtOnce}) {
    const Process answering([&] {
      const auto connection = connect(port, sending);
      natsSubscription* subscription = nullptr;
      check(natsConnection_Subscribe(&subscription, connection.get(), kSubject, answer, nullptr),
            "subscribe");
      pause();
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(300));  // until it has subscribed
    // In a process of its own too: this one must fork again, so it must not have threads.
    const Process calling([&] {
      Caller caller(port, sending);
      const std::string suffix = sending == Sending::kAtOnce ? " (at once)" : "";
      for (const std::size_t in_flight : {1, 64}) {
        const std::string name = in_flight == 1 ? "sequential" : "in-flight-64";
        print_load("nats/" + name + suffix,
                   caller.run(in_flight, time, server.pid(), answering.pid()), 1, "calls/s");
      }
      _exit(0);
    });
    siginfo_t ended{};
    waitid(P_PID, static_cast<id_t>(calling.pid()), &ended, WEXITED | WNOWAIT);
  }
}

}  // namespace
}  // namespace oriel::bench

int main(int argc, char** argv) {
  try {
    oriel::bench::measure(std::chrono::duration<double>(argc > 1 ? std::atof(argv[1]) : 3));
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
