#include "oriel/app/conduit/own_loop.h"

#include <string>
#include <system_error>

namespace oriel::conduit {

Status OwnLoop::start() {
  const std::lock_guard lock(mutex_);
  if (thread_.joinable()) return {};
  try {
    thread_ = std::thread([this] { context_.run(); });
  } catch (const std::system_error& error) {
    return fail(ErrorCode::kUnavailable, std::string("cannot start a thread: ") + error.what());
  }
  return {};
}

bool OwnLoop::is_running() {
  const std::lock_guard lock(mutex_);
  return thread_.joinable();
}

void OwnLoop::stop() {
  context_.stop();
  if (thread_.joinable()) thread_.join();
  work_.reset();
}

void OwnLoop::finish() {
  context_.restart();
  context_.poll();
  context_.drop();
}

}  // namespace oriel::conduit
