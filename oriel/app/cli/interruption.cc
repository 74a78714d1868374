#include "oriel/app/cli/interruption.h"

#include <csignal>

namespace oriel::cli {

Interruption::Interruption(boost::asio::io_context& io) : signals_(io) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction now{};
    // A shell has told its background jobs to ignore some.
    if (::sigaction(signal, nullptr, &now) == 0 && now.sa_handler != SIG_IGN) signals_.add(signal);
  }
  signals_.async_wait([this](const boost::system::error_code& error, int signal) {
    if (error) return;
    signal_ = signal;
    signals_.clear();
    stop_.request_stop();
  });
}

}  // namespace oriel::cli
