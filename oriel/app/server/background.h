#pragma once
// A thread for work that would hold up the network thread.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <memory>
#include <utility>

namespace oriel::server {

// The network thread owns it. Work that is queued when it ends is dropped.
class Background {
 public:
  // `executor` is that of the network thread's loop.
  explicit Background(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}
  ~Background() { *is_alive_ = false; }
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

  // Calls `work` in the thread, which must share nothing, and then `done` with what it gave on the
  // loop, unless this has ended.
  template <typename T>
  void run(std::move_only_function<T()> work, std::move_only_function<void(T)> done) {
    boost::asio::post(thread_, [executor = executor_, is_alive = is_alive_, work = std::move(work),
                                done = std::move(done)]() mutable {
      boost::asio::post(executor, [is_alive, done = std::move(done), result = work()]() mutable {
        if (*is_alive) done(std::move(result));
      });
    });
  }

 private:
  boost::asio::any_io_executor executor_;
  std::shared_ptr<bool> is_alive_ = std::make_shared<bool>(true);  // of the network thread
  boost::asio::thread_pool thread_{1};                             // last: it ends first
};

}  // namespace oriel::server
