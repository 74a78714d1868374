#pragma once
// The inside of a Client: hands the events of its link to handlers, at once or through a queue, and
// keeps what is asked for. Any thread, but for what says otherwise.

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "oriel/app/monitor/client.h"
#include "oriel/app/monitor/client_book.h"
#include "oriel/app/monitor/client_link.h"
#include "oriel/app/monitor/event_table.h"
#include "oriel/app/monitor/save_file.h"
#include "oriel/io/net/wake_event.h"

namespace oriel::monitor {

class Client::Shared : public std::enable_shared_from_this<Client::Shared>,
                       private ClientLinkObserver {
 public:
  enum class Delivery {
    kAtOnce,  // callbacks run on the strand
    kQueued,  // and in the thread that calls take_one()
  };

  // strand: a strand, or the executor of a loop that one thread runs.
  Shared(boost::asio::any_io_executor strand, ClientOptions options, Delivery delivery);

  const ClientOptions& options() const { return options_; }
  ClientBook& book() { return book_; }
  EventTable& events() { return events_; }
  bool is_queued() const { return delivery_ == Delivery::kQueued; }

  Status start();
  void stop();
  void reconnect();
  // Calls nothing any more.
  void detach() { is_detached_ = true; }
  // Whether it works or has something left to be told.
  bool is_started() const;
  // Waits until it has ended; false after `timeout`.
  bool wait_for_end(std::chrono::milliseconds timeout);

  // Whether the caller is on the strand.
  bool is_inside() const;
  // `sent` is told once, on the strand.
  void send(Value message, ClientLink::Sent sent);
  // A message that nobody waits for was not sent.
  void send_failed(const Error& error);
  void subscribe(const Subscribe& request);
  void emit(ClientEvent event);
  HandlerId on_async(std::string_view type, EventCoroutine handler);

  // Waits for an event until `until` and calls who wants it. False when there was none: it is too
  // late, or the client has ended.
  bool take_one(std::optional<TimePoint> until);
  boost::asio::awaitable<Result<SharedMessage>> next();
  boost::asio::any_io_executor strand() const { return strand_; }

  void set_formatter(MessageFormatter formatter);
  void set_data_filter(std::function<bool(const ServerMessage&)> filter);
  std::optional<SaveFileStatistics> save_statistics() const;

 private:
  // What is to be told; is_data: may be dropped when nobody takes it.
  struct Task {
    std::function<void()> call;
    bool is_data = false;
  };

  void link_changed(ClientState before, ClientState now) override;
  void link_connected() override;
  void link_disconnected() override;
  void link_received(SharedMessage message) override;
  void link_failed(const ClientError& error) override;
  void link_ended() override;

  void failed(const ClientError& error);
  void tell(Task task);
  void show(const Value& document);
  void tell_message(const SharedMessage& message);
  bool is_wanted(const ServerMessage& message) const;
  void keep(const ServerMessage& message);

  boost::asio::any_io_executor strand_;
  ClientOptions options_;  // callbacks; never changed
  Delivery delivery_;
  ClientBook book_;
  EventTable events_;
  std::atomic<bool> is_detached_ = false;

  mutable std::mutex mutex_;  // guards the next ones
  std::condition_variable changed_;
  std::deque<Task> tasks_;
  bool is_working_ = false;
  bool is_stopping_ = false;  // stop() came after the last start()
  std::shared_ptr<const MessageFormatter> formatter_;
  std::shared_ptr<const std::function<bool(const ServerMessage&)>> filter_;
  std::optional<SaveFile> save_file_;

  // Of the strand.
  ClientLink link_;
  bool is_next_wanted_ = false;
  std::deque<SharedMessage> messages_;
  net::WakeEvent message_came_;
};

}  // namespace oriel::monitor
