#include "oriel/app/monitor/client_shared.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/strand.hpp>
#include <cstdio>
#include <utility>

#include "oriel/app/monitor/client_limits.h"

namespace oriel::monitor {
namespace {

std::string shown_uri(const std::string& text) {
  const auto uri = net::parse_websocket_uri(text);
  return uri ? uri->shown() : std::string();
}

std::shared_ptr<const Value> state_change(ClientState before, ClientState now) {
  return std::make_shared<const Value>(
      Object{{"old_state", client_state_name(before)}, {"new_state", client_state_name(now)}});
}

void print_line(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fputc('\n', stdout);
  std::fflush(stdout);
}

// What leaves a callback that runs inside the network's own loops would end these unseen.
void call_without_exceptions(const std::function<void()>& call) noexcept { call(); }

}  // namespace

Client::Shared::Shared(boost::asio::any_io_executor strand, ClientOptions options,
                       Delivery delivery)
    : strand_(strand),
      options_(std::move(options)),
      delivery_(delivery),
      book_(shown_uri(options_.uri), {options_.store_history, options_.history_size}),
      link_(strand, options_, book_, *this),
      message_came_(strand) {
  set_formatter(options_.formatter);
  set_data_filter(options_.data_filter);
}

Status Client::Shared::start() {
  ORIEL_TRY_VOID(check_client_options(options_));
  {
    const std::lock_guard lock(mutex_);
    if (is_working_ && !is_stopping_)
      return fail(ErrorCode::kUnavailable, "the client has been started already");
    if (!options_.save_data.empty() && !save_file_) {
      ORIEL_TRY(auto file, SaveFile::open({.path = options_.save_data}));
      save_file_.emplace(std::move(file));
    }
    is_working_ = true;
    is_stopping_ = false;
  }
  auto self = shared_from_this();
  boost::asio::dispatch(strand_, [self] {
    {
      const std::lock_guard lock(self->mutex_);
      self->is_working_ = true;  // the end of the last time may have come between
    }
    self->link_.start(self);
  });
  return {};
}

// Data that nobody has taken yet are not told any more.
void Client::Shared::stop() {
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(tasks_, [](const Task& task) { return task.is_data; });
    is_stopping_ = true;
  }
  auto self = shared_from_this();
  boost::asio::dispatch(strand_, [self] { self->link_.stop(); });
}

void Client::Shared::reconnect() {
  if (const auto started = start(); started || started.error().code == ErrorCode::kInvalid) return;
  auto self = shared_from_this();
  boost::asio::dispatch(strand_, [self] { self->link_.reconnect(self); });
}

bool Client::Shared::is_started() const {
  const std::lock_guard lock(mutex_);
  return is_working_ || !tasks_.empty();
}

bool Client::Shared::wait_for_end(std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, timeout, [this] { return !is_working_; });
}

bool Client::Shared::is_inside() const {
  using Strand = boost::asio::strand<boost::asio::any_io_executor>;
  const auto* strand = strand_.target<Strand>();
  return strand != nullptr && strand->running_in_this_thread();
}

void Client::Shared::send(Value message, ClientLink::Sent sent) {
  auto self = shared_from_this();
  boost::asio::dispatch(strand_,
                        [self, message = std::move(message), sent = std::move(sent)]() mutable {
                          self->link_.send(message, std::move(sent));
                        });
}

void Client::Shared::send_failed(const Error& error) {
  const auto kind =
      error.code == ErrorCode::kTimeout ? ClientErrorKind::kTimeout : ClientErrorKind::kLost;
  failed({kind, error.message, std::chrono::system_clock::now()});
}

void Client::Shared::failed(const ClientError& error) {
  book_.add_error(error);
  link_failed(error);
}

void Client::Shared::subscribe(const Subscribe& request) {
  auto self = shared_from_this();
  boost::asio::dispatch(strand_, [self, request] { self->link_.subscribe(request); });
}

void Client::Shared::emit(ClientEvent event) {
  tell({[this, event = std::move(event)] { events_.call(event); }});
}

HandlerId Client::Shared::on_async(std::string_view type, EventCoroutine handler) {
  return events_.add(type,
                     [strand = strand_, handler = std::move(handler)](const ClientEvent& event) {
                       boost::asio::co_spawn(strand, handler(event), boost::asio::detached);
                     });
}

// ---- events -----------------------------------------------------------------------------------

void Client::Shared::tell(Task task) {
  if (is_detached_) return;
  if (delivery_ == Delivery::kAtOnce) {
    auto self = shared_from_this();
    boost::asio::dispatch(strand_, [self, call = std::move(task.call)] {
      if (!self->is_detached_) call_without_exceptions(call);
    });
    return;
  }
  bool is_dropped = false;
  {
    const std::lock_guard lock(mutex_);
    if (is_stopping_ && task.is_data) return;  // it came while stop() was called
    if (tasks_.size() >= kClientQueueMax) {
      const auto oldest = std::ranges::find(tasks_, true, &Task::is_data);
      is_dropped = true;
      tasks_.erase(oldest == tasks_.end() ? tasks_.begin() : oldest);
    }
    tasks_.push_back(std::move(task));
  }
  if (is_dropped) book_.count_dropped();
  changed_.notify_all();
}

bool Client::Shared::take_one(std::optional<TimePoint> until) {
  std::unique_lock lock(mutex_);
  const auto is_due = [this] { return !tasks_.empty() || !is_working_; };
  if (until) {
    changed_.wait_until(lock, *until, is_due);
  } else {
    changed_.wait(lock, is_due);
  }
  if (tasks_.empty()) return false;
  const auto task = std::move(tasks_.front());
  tasks_.pop_front();
  lock.unlock();
  task.call();
  return true;
}

void Client::Shared::link_changed(ClientState before, ClientState now) {
  ClientEvent event{"state_change", state_change(before, now)};
  tell({[this, event = std::move(event)] { events_.call(event); }});
}

void Client::Shared::link_connected() {
  if (options_.on_connect) tell({options_.on_connect});
}

void Client::Shared::link_disconnected() {
  if (options_.on_disconnect) tell({options_.on_disconnect});
}

void Client::Shared::link_failed(const ClientError& error) {
  if (!options_.on_error) return;
  tell({[this, error] { options_.on_error(error); }});
}

void Client::Shared::link_ended() {
  {
    const std::lock_guard lock(mutex_);
    is_working_ = false;
  }
  changed_.notify_all();
  message_came_.notify();
}

void Client::Shared::link_received(SharedMessage message) {
  keep(*message);
  if (message->kind == ServerMessageKind::kMonitoringData) {
    if (!is_wanted(*message)) return;
    book_.add_data(message);
  }
  if (is_next_wanted_) {
    if (messages_.size() >= kClientQueueMax) {
      messages_.pop_front();
      book_.count_dropped();
    }
    messages_.push_back(message);
    message_came_.notify();
  }
  const bool is_data = message->kind == ServerMessageKind::kMonitoringData;
  tell({[this, message = std::move(message)] { tell_message(message); }, is_data});
}

void Client::Shared::tell_message(const SharedMessage& message) {
  if (options_.on_message && message->kind == ServerMessageKind::kMonitoringData)
    options_.on_message(*message);
  events_.call({message->type, {message, &message->document}});
  show(message->document);
}

bool Client::Shared::is_wanted(const ServerMessage& message) const {
  std::unique_lock lock(mutex_);
  const auto filter = filter_;
  lock.unlock();
  return !*filter || (*filter)(message);
}

void Client::Shared::keep(const ServerMessage& message) {
  std::optional<Error> trouble;
  {
    const std::lock_guard lock(mutex_);
    if (save_file_) trouble = save_file_->write(to_json(message.document));
  }
  if (!trouble) return;
  failed({ClientErrorKind::kOptions, trouble->message, std::chrono::system_clock::now()});
}

void Client::Shared::show(const Value& document) {
  std::unique_lock lock(mutex_);
  const auto formatter = formatter_;
  lock.unlock();
  if (!*formatter) return;
  const auto text = (*formatter)(document);
  if (text.empty()) return;
  options_.print ? options_.print(text) : print_line(text);
}

boost::asio::awaitable<Result<SharedMessage>> Client::Shared::next() {
  auto self = shared_from_this();
  is_next_wanted_ = true;
  while (messages_.empty() && link_.is_working()) co_await message_came_.wait();
  if (!messages_.empty()) {
    auto message = std::move(messages_.front());
    messages_.pop_front();
    co_return message;
  }
  const auto failure = book_.failure();
  co_return fail(ErrorCode::kClosed, failure ? failure->message : "the client has ended");
}

boost::asio::awaitable<Status> Client::Shared::async_send(Value message) {
  struct Waiting {
    net::WakeEvent came;
    std::optional<Status> status;
  };
  auto waiting = std::make_shared<Waiting>(Waiting{net::WakeEvent(strand_), {}});
  link_.send(message, [waiting](Status status) {
    waiting->status = std::move(status);
    waiting->came.notify();
  });
  while (!waiting->status) co_await waiting->came.wait();
  co_return *waiting->status;
}

void Client::Shared::set_formatter(MessageFormatter formatter) {
  auto shared = std::make_shared<const MessageFormatter>(std::move(formatter));
  const std::lock_guard lock(mutex_);
  formatter_ = std::move(shared);
}

void Client::Shared::set_data_filter(std::function<bool(const ServerMessage&)> filter) {
  auto shared =
      std::make_shared<const std::function<bool(const ServerMessage&)>>(std::move(filter));
  const std::lock_guard lock(mutex_);
  filter_ = std::move(shared);
}

std::optional<SaveFileStatistics> Client::Shared::save_statistics() const {
  const std::lock_guard lock(mutex_);
  if (!save_file_) return std::nullopt;
  return save_file_->statistics();
}

}  // namespace oriel::monitor
