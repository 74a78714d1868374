#pragma once
// Ctrl-C, SIGTERM and SIGHUP, as a command takes them that holds something down elsewhere: what is
// under way ends at the first one, so that nothing stays held down; by the second the program ends
// as programs do. One thread, that of the loop.

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <stop_token>

namespace oriel::cli {

class Interruption {
 public:
  explicit Interruption(boost::asio::io_context& io);
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

  // Waits no longer, so that the loop can end.
  void end() { signals_.cancel(); }
  // Requested on the loop.
  std::stop_token token() const { return stop_.get_token(); }
  // Nothing came: 0.
  int signal() const { return signal_; }

 private:
  boost::asio::signal_set signals_;
  std::stop_source stop_;
  int signal_ = 0;
};

}  // namespace oriel::cli
