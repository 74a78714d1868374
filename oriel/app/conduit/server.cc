#include "oriel/app/conduit/server.h"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/strand.hpp>
#include <csignal>
#include <future>

#include "oriel/app/conduit/await_callback.h"
#include "oriel/app/conduit/own_loop.h"
#include "oriel/app/conduit/server_shared.h"

namespace oriel::conduit {
namespace asio = boost::asio;
namespace {

using Strand = asio::strand<asio::any_io_executor>;

// What stop() takes at most: handlers, the goodbyes, and the hooks.
std::chrono::milliseconds stop_takes_at_most(const ServerOptions& options) {
  return 3 * options.stop_timeout;
}

}  // namespace

std::string_view server_state_name(ServerState state) {
  switch (state) {
    case ServerState::kCreated:
      return "CREATED";
    case ServerState::kInitializing:
      return "INITIALIZING";
    case ServerState::kRunning:
      return "RUNNING";
    case ServerState::kStopping:
      return "STOPPING";
    case ServerState::kClosed:
      return "CLOSED";
  }
  return "";
}

Server::Server(ServerOptions options)
    : loop_(std::make_shared<OwnLoop>()),
      shared_(std::make_shared<Shared>(
          *this, asio::any_io_executor(loop_->executor()),
          [executor = loop_->executor()] { return executor.running_in_this_thread(); },
          std::move(options), loop_)) {}

Server::Server(asio::any_io_executor executor, ServerOptions options) {
  const Strand strand(std::move(executor));
  shared_ = std::make_shared<Shared>(
      *this, strand, [strand] { return strand.running_in_this_thread(); }, std::move(options));
}

Server::~Server() {
  if (!loop_) {
    const auto strand = shared_->core().executor;
    shared_->detach();
    asio::dispatch(strand, [shared = shared_] { shared->abandon(); });
    return;
  }
  if (loop_->is_running()) stop();
  loop_->stop();
  shared_->detach();
  shared_->abandon();
  loop_->finish();
}

// ---- what it does

Dispatcher& Server::dispatcher() { return shared_->core().dispatcher; }
UserData& Server::user_data_of_all() const { return shared_->core().user_data; }
void Server::add_startup(Hook<Server> hook) { shared_->add_startup(std::move(hook)); }
void Server::add_shutdown(Hook<Server> hook) { shared_->add_shutdown(std::move(hook)); }
void Server::add_connect(Hook<Connection> hook) { shared_->add_connect(std::move(hook)); }
void Server::add_disconnect(Hook<Connection> hook) { shared_->add_disconnect(std::move(hook)); }
void Server::set_topic_policy(std::string_view type, TopicPolicy policy) {
  shared_->set_topic_policy(type, policy);
}

// ---- its life

// Whether this call may hold the caller's thread.
bool Server::waits() const { return loop_ != nullptr && !shared_->core().is_on_strand(); }

Status Server::start() {
  if (!loop_) {
    ORIEL_TRY_VOID(shared_->listen());
    asio::dispatch(shared_->core().executor, [shared = shared_] { shared->open(nullptr); });
    return {};
  }
  if (!waits())
    return fail(ErrorCode::kInvalid, "start() waits, and cannot on the server's own thread");
  ORIEL_TRY_VOID(loop_->start());
  const auto started = std::make_shared<std::promise<Status>>();
  shared_->core().post([shared = shared_, started] {
    if (auto status = shared->listen(); !status) return started->set_value(std::move(status));
    shared->open([started](Status status) { started->set_value(std::move(status)); });
  });
  return started->get_future().get();
}

Status Server::run() {
  if (!waits())
    return fail(ErrorCode::kInvalid,
                "run() is for a server with a thread of its own, and not inside it");
  auto signals = std::make_shared<asio::signal_set>(loop_->context());
  boost::system::error_code error;
  signals->add(SIGINT, error);
  if (!error) signals->add(SIGTERM, error);
  if (error) return fail(ErrorCode::kUnavailable, "cannot catch signals: " + error.message());
  signals->async_wait(
      [signals, shared = shared_](const boost::system::error_code& failed, int signal) {
        if (failed) return;
        boost::system::error_code ignored;
        signals->clear(ignored);  // the next one ends the program at once
        shared->stop(signal == SIGINT ? "interrupted" : "the server was asked to end");
      });
  auto status = start();
  if (status) wait();
  // On the loop, since it may be in the handler of a signal. Waited for: then the signals are the
  // program's again.
  if (!loop_->is_running()) return status;
  const auto over = std::make_shared<std::promise<void>>();
  const bool is_posted = shared_->core().post([signals, over] {
    boost::system::error_code ignored;
    signals->clear(ignored);
    signals->cancel(ignored);
    over->set_value();
  });
  if (is_posted) over->get_future().wait();
  return status;
}

void Server::stop(std::string reason) {
  shared_->stop(std::move(reason));
  if (waits()) shared_->wait(stop_takes_at_most(config()));
}

void Server::wait() {
  if (waits()) shared_->wait(std::nullopt);
}

asio::awaitable<Status> Server::async_start() {
  const auto shared = shared_;
  if (loop_)
    if (auto status = loop_->start(); !status) co_return status;
  std::function<void(std::function<void(Status)>)> start =
      [shared](const std::function<void(Status)>& done) {
        const bool is_posted = shared->core().post([shared, done] {
          if (auto status = shared->listen(); !status) return done(std::move(status));
          shared->open(done);
        });
        if (!is_posted) done(fail(ErrorCode::kClosed, "the server has gone"));
      };
  auto waiting = await_callback<Status>(std::move(start));
  co_return co_await std::move(waiting);
}

asio::awaitable<void> Server::async_stop(std::string reason) {
  const auto shared = shared_;
  std::function<void(std::function<void(bool)>)> stop =
      [shared, reason = std::move(reason)](const std::function<void(bool)>& done) {
        shared->stop(reason);
        shared->when_closed([done] { done(true); });
      };
  auto waiting = await_callback<bool>(std::move(stop));
  co_await std::move(waiting);
}

ServerState Server::state() const { return shared_->state(); }
std::optional<Error> Server::failure() const { return shared_->failure(); }
const ServerOptions& Server::config() const { return shared_->options(); }
std::string Server::address() const { return shared_->address(); }
std::uint16_t Server::port() const { return shared_->port(); }

// ---- its clients

std::vector<ConnectionPointer> Server::connections() const { return shared_->connections(); }
std::size_t Server::connection_count() const { return shared_->connection_count(); }
ConnectionPointer Server::find_connection(std::string_view id) const {
  return shared_->find_connection(id);
}

std::size_t Server::broadcast(std::string_view type, const Value& data,
                              const BroadcastOptions& options) {
  return shared_->broadcast(type, data, options);
}

asio::awaitable<std::size_t> Server::async_broadcast(std::string type, Value data,
                                                     BroadcastOptions options) {
  return shared_->async_broadcast(std::move(type), std::move(data), std::move(options));
}

void Server::accept(net::StreamPointer stream, Arrival arrival) {
  shared_->accept(std::move(stream), arrival);
}
asio::any_io_executor Server::executor() const { return shared_->core().executor; }
ServerStatistics Server::statistics() const { return shared_->statistics(); }

}  // namespace oriel::conduit
