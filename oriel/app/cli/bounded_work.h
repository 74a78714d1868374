#pragma once
// A coroutine that ends by a deadline, or when nobody wants it any more, whatever it waits for.

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <stop_token>

#include "oriel/base/time.h"

namespace oriel::cli {

enum class WorkEnd {
  kDone,     // by itself
  kTimeout,  // it was cancelled at the deadline
  kStopped,  // it was cancelled by the token
};

// Does `work` on the executor of the caller, and cancels it (Asio's terminal cancellation) at
// `until` or when the stop is requested, which has to happen on the same loop. Returns when it has
// really ended. An exception of the work that was not cancelled goes on.
boost::asio::awaitable<WorkEnd> run_bounded(boost::asio::awaitable<void> work,
                                            std::optional<TimePoint> until, std::stop_token stop);

}  // namespace oriel::cli
