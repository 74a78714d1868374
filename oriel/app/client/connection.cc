#include "oriel/app/client/connection.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <future>
#include <optional>
#include <thread>
#include <utility>

#include "oriel/app/client/remote_screen.h"
#include "oriel/base/check.h"

namespace oriel::client {

using boost::asio::awaitable;

struct Connection::Loop {
  Loop() : guard(boost::asio::make_work_guard(context)), thread([this] { context.run(); }) {}
  ~Loop() {
    guard.reset();
    thread.join();
  }

  boost::asio::io_context context{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard;
  std::thread thread;
};

Connection::Connection(ConnectionOptions options)
    : loop_(std::make_unique<Loop>()),
      screen_(std::make_unique<RemoteScreen>(loop_->context.get_executor(), std::move(options))) {}

// `work` gets the screen on the loop, and gives a coroutine, which is waited for.
template <typename Work>
void Connection::wait(Work work) {
  ORIEL_CHECK(std::this_thread::get_id() != loop_->thread.get_id());
  std::promise<void> done;
  boost::asio::co_spawn(
      loop_->context, [this, &work] { return work(*screen_); },
      [&done](const std::exception_ptr& error) {
        if (error) std::terminate();  // nothing here throws
        done.set_value();
      });
  done.get_future().wait();
}

template <typename T, typename Work>
T Connection::await(Work work) {
  std::optional<T> result;
  wait([&work, &result](RemoteScreen& screen) -> awaitable<void> {
    result = co_await work(screen);
  });
  return *std::move(result);
}

agent::AgentTarget& Connection::target() { return *screen_; }

void Connection::call(const std::function<void(RemoteScreen&)>& work) {
  wait([&work](RemoteScreen& screen) -> awaitable<void> {
    work(screen);
    co_return;
  });
}

Connection::~Connection() {
  disconnect();
  call([this](RemoteScreen&) { screen_.reset(); });
  loop_.reset();
}

agent::AgentStatus Connection::connect() {
  return await<agent::AgentStatus>([](RemoteScreen& screen) { return screen.connect(); });
}

void Connection::disconnect() {
  wait([](RemoteScreen& screen) { return screen.disconnect(); });
}

bool Connection::is_connected() {
  bool is_connected = false;
  call([&is_connected](RemoteScreen& screen) { is_connected = screen.is_connected(); });
  return is_connected;
}

ServerFacts Connection::info() {
  ServerFacts facts;
  call([&facts](RemoteScreen& screen) { facts = screen.info(); });
  return facts;
}

agent::AgentResult<image::Frame> Connection::screenshot(std::chrono::milliseconds timeout) {
  const auto deadline = Clock::now() + timeout;
  using Taken = agent::AgentResult<image::Frame>;
  return await<Taken>([deadline](RemoteScreen& screen) -> awaitable<Taken> {
    const auto status = co_await screen.catch_up(deadline);
    if (!status) co_return std::unexpected(status.error());
    co_return image::Frame::copy_of(screen.screen().view());
  });
}

agent::AgentStatus Connection::resize(image::Size size, std::chrono::milliseconds timeout) {
  const auto deadline = Clock::now() + timeout;
  return await<agent::AgentStatus>(
      [size, deadline](RemoteScreen& screen) { return screen.resize(size, deadline); });
}

}  // namespace oriel::client
