#include "oriel/app/conduit/client_pool.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>
#include <condition_variable>
#include <mutex>
#include <random>
#include <set>
#include <system_error>
#include <thread>

#include "oriel/app/conduit/await_callback.h"
#include "oriel/core/conduit/latency.h"

namespace oriel::conduit {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;

constexpr std::size_t kPoolSizeMax = 100;
constexpr std::size_t kServersMax = 1000;
// By kLeastLatency, one call in so many goes where it is the turn: a server that was slow once
// would never be measured again.
constexpr std::uint64_t kExploreEvery = 20;

ClientOptions options_for(const ClientPoolOptions& pool, const std::string& server) {
  auto options = pool.client;
  options.server_host.clear();
  options.target = server;
  options.password = pool.password;
  options.reconnect_enabled = options.retry_first_connect = true;
  options.reconnect_attempts = 0;
  return options;
}

bool was_not_sent(const Answer& answer) {
  if (answer || is_remote(answer.error())) return false;
  return row_of(kind_of(answer.error())).was_not_sent;
}

struct Member {
  Member(asio::any_io_executor executor, ClientOptions options)
      : client(std::move(executor), std::move(options)), target(client.target()) {}

  Client client;
  const std::string target;
  std::atomic<std::uint64_t> requests = 0;
  std::atomic<std::uint64_t> failures = 0;
  std::atomic<std::size_t> under_way = 0;
  std::mutex mutex;  // guards the next one
  LatencyStats latency;

  std::optional<Duration> average() {
    std::lock_guard lock(mutex);
    return latency.average;
  }
  // Lower is better; one that was never asked is best.
  double score() {
    const auto latest = average();
    if (!latest) return 0;
    return static_cast<double>(latest->count()) * static_cast<double>(1 + under_way);
  }
};

}  // namespace

ClientStatus check(const ClientPoolOptions& options) {
  const auto wrong = [](std::string message) {
    return client_failure(ClientErrorKind::kOptions, std::move(message));
  };
  if (options.servers.empty()) return wrong("servers: there is none");
  if (options.servers.size() > kServersMax)
    return wrong(fmt::format("servers: {}, at most {}", options.servers.size(), kServersMax));
  if (options.pool_size < 1 || options.pool_size > kPoolSizeMax)
    return wrong(
        fmt::format("pool_size is {}, allowed are 1 to {}", options.pool_size, kPoolSizeMax));
  for (const auto& server : options.servers)
    if (auto status = check(options_for(options, server)); !status) return status;
  return {};
}

struct ClientPool::OwnThread {
  asio::io_context loop{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{loop.get_executor()};
  std::thread thread;

  bool is_inside() const { return thread.get_id() == std::this_thread::get_id(); }
};

class ClientPool::Shared : public std::enable_shared_from_this<Shared> {
 public:
  struct Call {
    std::string method;
    Value params;
    ClientCallOptions options;
    std::function<void(Answer)> done;
    std::set<const Member*> tried;
  };

  Shared(const asio::any_io_executor& executor, ClientPoolOptions options)
      : options_(std::move(options)) {
    if (!check(options_)) return;
    for (std::size_t i = 0; i < options_.pool_size; ++i)
      for (const auto& server : options_.servers)
        members_.push_back(std::make_unique<Member>(executor, options_for(options_, server)));
  }

  const ClientPoolOptions& options() const { return options_; }
  const std::vector<std::unique_ptr<Member>>& members() const { return members_; }
  void clear() { members_.clear(); }

  // Null: none is connected but those in `tried`.
  Member* pick(const std::set<const Member*>& tried) {
    std::vector<Member*> connected;
    for (const auto& member : members_)
      if (!tried.contains(member.get()) && member->client.is_connected())
        connected.push_back(member.get());
    if (connected.empty()) return nullptr;
    const auto turn = turn_++;
    const auto by_turns = connected[turn % connected.size()];
    switch (options_.strategy) {
      case PoolStrategy::kRoundRobin:
        return by_turns;
      case PoolStrategy::kRandom: {
        thread_local std::minstd_rand chance(std::random_device{}());
        return connected[std::uniform_int_distribution<std::size_t>(0,
                                                                    connected.size() - 1)(chance)];
      }
      case PoolStrategy::kLeastLatency:
        return turn % kExploreEvery == kExploreEvery - 1
                   ? by_turns
                   : *std::ranges::min_element(connected, {}, &Member::score);
    }
    return by_turns;
  }

  void start(std::shared_ptr<Call> call) {
    auto* member = pick(call->tried);
    if (member == nullptr) return call->done(std::unexpected(nobody(call->tried.size())));
    call->tried.insert(member);
    ask(*member, call->method, call->params, call->options,
        [self = shared_from_this(), call](Answer answer) {
          if (was_not_sent(answer) && !call->options.stop.stop_requested() &&
              self->pick(call->tried) != nullptr)
            return self->start(call);
          call->done(std::move(answer));
        });
  }

  void ask(Member& member, const std::string& method, const Value& params,
           const ClientCallOptions& options, std::function<void(Answer)> done) {
    ++member.requests;
    ++member.under_way;
    // The member lives as long as the pool's inside.
    member.client.start_call(method, params, options,
                             [self = shared_from_this(), &member, done = std::move(done),
                              begin = Clock::now()](Answer answer) {
                               --member.under_way;
                               if (answer || is_remote(answer.error())) {
                                 std::lock_guard lock(member.mutex);
                                 member.latency.add(Clock::now() - begin);
                               } else {
                                 ++member.failures;
                               }
                               done(std::move(answer));
                             });
  }

  CallError nobody(std::size_t tried) const {
    std::string why;
    for (const auto& member : members_)
      if (const auto failure = member->client.failure()) why = failure->message;
    return {.code = CallCode::kDisconnected,
            .message = fmt::format("none of {} connection{} of the pool takes the call{}{}: the "
                                   "call was not sent",
                                   members_.size(), members_.size() == 1 ? "" : "s",
                                   tried > 0 || why.empty() ? "" : "; one failed because ",
                                   tried > 0 ? "" : why)};
  }

 private:
  const ClientPoolOptions options_;
  std::vector<std::unique_ptr<Member>> members_;
  std::atomic<std::uint64_t> turn_ = 0;
};

ClientPool::ClientPool(ClientPoolOptions options)
    : thread_(std::make_unique<OwnThread>()),
      shared_(std::make_shared<Shared>(thread_->loop.get_executor(), std::move(options))) {}

ClientPool::ClientPool(asio::any_io_executor executor, ClientPoolOptions options)
    : shared_(std::make_shared<Shared>(executor, std::move(options))) {}

ClientPool::~ClientPool() {
  for (const auto& member : shared_->members()) member->client.detach();
  if (!thread_) {
    disconnect_all();
    return;
  }
  disconnect_all();
  for (const auto& member : shared_->members()) member->client.finish();
  thread_->loop.stop();
  if (thread_->thread.joinable()) thread_->thread.join();
  thread_->work.reset();
  thread_->loop.restart();
  thread_->loop.poll();
  shared_->clear();
  thread_->loop.restart();
  thread_->loop.poll();
}

ClientStatus ClientPool::may_wait(std::string_view what) const {
  if (thread_ && !thread_->is_inside()) return {};
  return client_failure(
      ClientErrorKind::kUsage,
      fmt::format("{}() waits, which {} does not do", what,
                  thread_ ? "the pool's own thread" : "a pool on the application's executor"));
}

std::expected<std::size_t, ClientError> ClientPool::connect_all() {
  if (auto status = check(shared_->options()); !status) return std::unexpected(status.error());
  struct First {
    std::mutex mutex;
    std::condition_variable changed;
    std::size_t left;
  };
  auto first = std::make_shared<First>();
  first->left = shared_->members().size();
  for (const auto& member : shared_->members()) {
    auto told = std::make_shared<std::atomic<bool>>(false);
    auto tell = [first, told] {
      if (told->exchange(true)) return;
      std::lock_guard lock(first->mutex);
      --first->left;
      first->changed.notify_all();
    };
    member->client.start_connect(tell);
  }
  if (!may_wait("connect_all")) return 0;
  if (!thread_->thread.joinable()) {
    try {
      thread_->thread = std::thread([loop = &thread_->loop] { loop->run(); });
    } catch (const std::system_error& error) {
      return client_failure(ClientErrorKind::kConnection,
                            std::string("cannot start a thread: ") + error.what());
    }
  }
  std::unique_lock lock(first->mutex);
  // Two log-ins, each with a connection, at most.
  first->changed.wait_for(lock, 2 * shared_->options().client.connect_timeout,
                          [&] { return first->left == 0; });
  lock.unlock();
  return connected_count();
}

void ClientPool::disconnect_all() {
  for (const auto& member : shared_->members()) member->client.disconnect();
  if (!thread_ || thread_->is_inside() || !thread_->thread.joinable()) return;
  for (const auto& member : shared_->members()) member->client.wait_ended();
}

std::size_t ClientPool::connected_count() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      shared_->members(), [](const auto& member) { return member->client.is_connected(); }));
}

void ClientPool::start_call(std::string_view method, Value params, const ClientCallOptions& options,
                            std::function<void(Answer)> done) {
  shared_->start(std::make_shared<Shared::Call>(
      Shared::Call{std::string(method), std::move(params), options, std::move(done), {}}));
}

Answer ClientPool::request(std::string_view method, Value params,
                           const ClientCallOptions& options) {
  if (auto status = may_wait("rpc"); !status)
    return std::unexpected(CallError{.code = CallCode::kUsage, .message = status.error().message});
  auto answer = future_of<Answer>(std::unexpected(Client::gone()), [&](auto give) {
    start_call(method, std::move(params), options, std::move(give));
  });
  return answer.get();
}

asio::awaitable<Answer> ClientPool::async_request(std::shared_ptr<Shared> shared,
                                                  std::string method, Value params,
                                                  ClientCallOptions options) {
  const auto executor = co_await asio::this_coro::executor;
  const auto work = asio::make_work_guard(executor);
  std::stop_source stop;
  const std::stop_callback linked(options.stop, [stop]() mutable { stop.request_stop(); });
  options.stop = stop.get_token();
  std::function<void(std::function<void(Answer)>)> start = [&](std::function<void(Answer)> done) {
    shared->start(std::make_shared<Shared::Call>(Shared::Call{
        std::move(method), std::move(params), std::move(options), std::move(done), {}}));
  };
  auto waiting =
      await_callback<Answer>(std::move(start), [stop]() mutable { stop.request_stop(); });
  co_return co_await std::move(waiting);
}

std::vector<std::pair<std::string, Answer>> ClientPool::request_all(
    std::string_view method, const Value& params, const ClientCallOptions& options) {
  std::vector<std::pair<std::string, Answer>> answers;
  if (auto status = may_wait("broadcast_rpc"); !status) return answers;
  std::vector<std::pair<std::string, std::future<Answer>>> asked;
  for (const auto& member : shared_->members()) {
    if (!member->client.is_connected()) continue;
    asked.emplace_back(
        member->target, future_of<Answer>(std::unexpected(Client::gone()), [&](auto give) {
          shared_->ask(*member, std::string(method), params, options, std::move(give));
        }));
  }
  for (auto& [target, answer] : asked) answers.emplace_back(std::move(target), answer.get());
  return answers;
}

ClientStatus ClientPool::send_value(std::string_view type, Value data) {
  std::set<const Member*> tried;
  for (auto* member = shared_->pick(tried); member != nullptr; member = shared_->pick(tried)) {
    tried.insert(member);
    auto sent = member->client.offer(type, data);
    if (sent || sent.error().kind == ClientErrorKind::kValidation) return sent;
  }
  return client_failure(
      tried.empty() ? ClientErrorKind::kNotConnected : ClientErrorKind::kBackpressure,
      shared_->nobody(tried.size()).message);
}

std::size_t ClientPool::broadcast_value(std::string_view type, const Value& data) {
  std::size_t count = 0;
  for (const auto& member : shared_->members())
    if (member->client.is_connected() && member->client.offer(type, data)) ++count;
  return count;
}

void ClientPool::for_each(const std::function<void(Client&)>& visit) {
  for (const auto& member : shared_->members()) visit(member->client);
}

ClientPoolStats ClientPool::stats() const {
  ClientPoolStats stats;
  Duration sum{};
  int measured = 0;
  for (const auto& member : shared_->members()) {
    ClientPoolMember row{.target = member->target,
                         .state = member->client.state(),
                         .is_connected = member->client.is_connected(),
                         .requests = member->requests,
                         .failures = member->failures,
                         .under_way = member->under_way,
                         .latency = member->average(),
                         .failure = member->client.failure()};
    stats.requests_sent += row.requests;
    stats.requests_failed += row.failures;
    if (row.is_connected) ++stats.active_connections;
    if (row.latency) {
      sum += *row.latency;
      ++measured;
    }
    stats.members.push_back(std::move(row));
  }
  stats.total_connections = stats.members.size();
  if (measured > 0) stats.avg_latency = sum / measured;
  return stats;
}

}  // namespace oriel::conduit
