#include "oriel/app/monitor/client.h"

#include <boost/asio/async_result.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "oriel/app/monitor/client_limits.h"
#include "oriel/app/monitor/client_shared.h"
#include "oriel/core/monitor/client_request.h"

namespace oriel::monitor {
namespace {

using std::chrono::milliseconds;

// One result that one thread gives and another waits for.
struct Outcome {
  std::mutex mutex;
  std::condition_variable came;
  std::optional<Status> status;

  void give(Status given) {
    {
      const std::lock_guard lock(mutex);
      status = std::move(given);
    }
    came.notify_all();
  }
  Status wait(milliseconds timeout) {
    std::unique_lock lock(mutex);
    if (!came.wait_for(lock, timeout, [this] { return status.has_value(); }))
      return fail(ErrorCode::kTimeout, "the message could not be sent in time");
    return *status;
  }
};

// A thread that cannot be started is an error of start(), not an exception.
Status start_thread(std::thread& thread, boost::asio::io_context& loop) {
  try {
    thread = std::thread([&loop] { loop.run(); });
  } catch (const std::system_error& error) {
    return fail(ErrorCode::kUnavailable, std::string("cannot start a thread: ") + error.what());
  }
  return {};
}

}  // namespace

// Runs the loop of a synchronous client from its first start() to the client's end.
struct Client::OwnThread {
  boost::asio::io_context loop{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{
      loop.get_executor()};
  std::mutex mutex;  // guards the thread
  std::thread thread;

  Status start() {
    const std::lock_guard lock(mutex);
    return thread.joinable() ? Status{} : start_thread(thread, loop);
  }
  // What is left over runs in this thread, so that nothing of it holds the client's inside.
  void end() {
    loop.stop();
    if (thread.joinable()) thread.join();
    work.reset();
    loop.restart();
    loop.poll();
  }
};

Client::Client(ClientOptions options)
    : thread_(std::make_unique<OwnThread>()),
      shared_(std::make_shared<Shared>(
          boost::asio::make_strand(boost::asio::any_io_executor(thread_->loop.get_executor())),
          std::move(options), Shared::Delivery::kQueued)) {}

Client::Client(boost::asio::any_io_executor executor, ClientOptions options)
    : shared_(std::make_shared<Shared>(boost::asio::make_strand(std::move(executor)),
                                       std::move(options), Shared::Delivery::kAtOnce)) {}

Client::~Client() {
  shared_->detach();
  shared_->stop();
  if (!thread_) return;
  if (thread_->thread.joinable()) shared_->wait_for_end(shared_->options().stop_timeout);
  thread_->end();
  shared_.reset();  // before its loop
}

Status Client::start() {
  if (thread_) ORIEL_TRY_VOID(thread_->start());
  return shared_->start();
}

void Client::stop() {
  shared_->stop();
  if (waits()) shared_->wait_for_end(shared_->options().stop_timeout);
}

void Client::reconnect() {
  if (thread_ && !thread_->start()) return;
  shared_->reconnect();
}

// Whether this call may hold the caller's thread.
bool Client::waits() const { return shared_->is_queued() && !shared_->is_inside(); }

ClientState Client::state() const { return shared_->book().state(); }

std::optional<ClientError> Client::failure() const { return shared_->book().failure(); }

Status Client::wait(std::optional<milliseconds> duration) {
  std::optional<TimePoint> until;
  if (duration) until = Clock::now() + *duration;
  while (shared_->take_one(until)) {
    if (until && Clock::now() >= *until) break;
  }
  const auto given_up = failure();
  if (!given_up || shared_->is_started()) return {};
  return fail(ErrorCode::kClosed, given_up->message);
}

Status Client::wait_connected(milliseconds duration) {
  const auto until = Clock::now() + duration;
  while (!is_connected()) {
    if (!shared_->take_one(until)) break;
  }
  if (is_connected()) return {};
  if (const auto given_up = failure()) return fail(ErrorCode::kClosed, given_up->message);
  return fail(ErrorCode::kTimeout, "not connected within " + std::to_string(duration.count()) +
                                       " ms; the client goes on trying");
}

std::size_t Client::poll() {
  std::size_t count = 0;
  // Bounded: a callback may cause more.
  while (count < kClientQueueMax && shared_->take_one(TimePoint())) ++count;
  return count;
}

boost::asio::awaitable<Result<SharedMessage>> Client::next() {
  auto shared = shared_;
  co_return co_await boost::asio::co_spawn(shared->strand(), shared->next(),
                                           boost::asio::use_awaitable);
}

boost::asio::awaitable<Status> Client::async_send(Value message) {
  auto shared = shared_;
  auto executor = co_await boost::asio::this_coro::executor;
  co_return co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>,
                                                 void(Status)>(
      [shared, executor](auto handler, Value document) {
        auto kept = std::make_shared<decltype(handler)>(std::move(handler));
        shared->send(std::move(document), [kept, executor](Status status) {
          boost::asio::dispatch(executor, [kept, status = std::move(status)]() mutable {
            std::move (*kept)(std::move(status));
          });
        });
      },
      boost::asio::use_awaitable, std::move(message));
}

HandlerId Client::on(std::string_view type, EventHandler handler) {
  return shared_->events().add(type, std::move(handler));
}

HandlerId Client::on_async(std::string_view type, EventCoroutine handler) {
  return shared_->on_async(type, std::move(handler));
}

bool Client::off(HandlerId id) { return shared_->events().remove(id); }

std::size_t Client::off_all(std::string_view type) { return shared_->events().remove_all(type); }

void Client::emit(std::string_view type, Value data) {
  shared_->emit({std::string(type), std::make_shared<const Value>(std::move(data))});
}

Status Client::send(const Value& message) {
  if (!is_connected())
    return fail(ErrorCode::kClosed, "not connected to the server; nothing was sent");
  auto outcome = std::make_shared<Outcome>();
  if (waits()) {
    shared_->send(message, [outcome](Status status) { outcome->give(std::move(status)); });
    return outcome->wait(shared_->options().send_timeout);
  }
  shared_->send(message, [outcome, shared = shared_](Status status) {
    if (!status) shared->send_failed(status.error());
    outcome->give(std::move(status));
  });
  // Known at once when it could not even be queued.
  const std::lock_guard lock(outcome->mutex);
  return outcome->status.value_or(Status{});
}

Status Client::send_ping() { return send(ping_document()); }

Status Client::request_status() { return send(get_status_document()); }

Status Client::subscribe(const Subscribe& request) {
  ORIEL_TRY_VOID(parse_request(to_json(subscribe_document(request))));
  shared_->subscribe(request);
  return {};
}

ClientStatistics Client::statistics() const { return shared_->book().statistics(); }

Result<std::vector<SharedMessage>> Client::history() const { return shared_->book().history(); }

SharedMessage Client::last_data() const { return shared_->book().last_data(); }

std::optional<SaveFileStatistics> Client::save_statistics() const {
  return shared_->save_statistics();
}

void Client::set_formatter(MessageFormatter formatter) {
  shared_->set_formatter(std::move(formatter));
}

Status Client::set_formatter(std::string_view format, bool has_color) {
  ORIEL_TRY(const auto known, parse_format(format));
  shared_->set_formatter(formatter_of(make_formatter(known, {.has_color = has_color})));
  return {};
}

void Client::set_data_filter(std::function<bool(const ServerMessage&)> filter) {
  shared_->set_data_filter(std::move(filter));
}

}  // namespace oriel::monitor
