#pragma once
// Waiting for something that happens in another thread or process, and does not tell.

#include <chrono>
#include <concepts>
#include <thread>

namespace oriel::testing {

// Far more than anything here takes on a slow machine under a sanitizer.
inline constexpr std::chrono::milliseconds kPatience{15'000};

// Asks until the answer is true (then true), or until `patience` is over (then false).
template <std::predicate Ask>
bool wait_until(Ask ask, std::chrono::milliseconds patience = kPatience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!ask()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return true;
}

}  // namespace oriel::testing
