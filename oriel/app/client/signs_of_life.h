#pragma once
// Asks a server for a sign of life, before which all that it had drawn has come: also a screen that
// does not change gives one.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "oriel/app/agent/agent_error.h"
#include "oriel/app/client/remote_link.h"
#include "oriel/base/time.h"
#include "oriel/core/image/rect.h"
#include "oriel/core/rfb/client_session.h"

namespace oriel::client {

// On the loop of the executor; it may be destroyed while coroutines of it wait.
class SignsOfLife {
 public:
  explicit SignsOfLife(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}
  ~SignsOfLife() { *alive_ = false; }
  SignsOfLife(const SignsOfLife&) = delete;
  SignsOfLife& operator=(const SignsOfLife&) = delete;

  // By a fence where the server has them. Else by asking for one pixel anew, twice if the first
  // answer may be an older update that has it by chance. kTimeout; kState when too many wait.
  boost::asio::awaitable<agent::AgentStatus> next(RemoteLink& link, bool has_fence,
                                                  TimePoint deadline);

  // What has come.
  void fence_came(const rfb::FenceCame& fence);
  void update_came(RemoteLink& link, std::span<const image::Rect> rects);
  // There will be none.
  void end(const agent::AgentError& error);

 private:
  struct Asked;  // for one sign

  static void ask(RemoteLink& link, const Asked& asked);

  boost::asio::any_io_executor executor_;
  std::vector<std::shared_ptr<Asked>> asked_;
  std::uint64_t last_number_ = 0;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace oriel::client
