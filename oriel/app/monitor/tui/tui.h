#pragma once
// The view on a terminal, beside whatever brings the documents: model, keys, redrawing.

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "oriel/app/monitor/tui/model.h"
#include "oriel/base/result.h"
#include "oriel/core/monitor/value.h"

namespace oriel::monitor::tui {

struct TuiOptions {
  std::vector<std::string> hosts;  // what each is called until it says its name; at least one
  std::chrono::milliseconds interval{1000};  // that the servers were asked for
  bool has_colour = true;
  // The user ended it, the terminal went away, or SIGINT, SIGTERM or SIGHUP came. Once.
  std::function<void()> on_quit;
  // The user wants documents at another interval.
  std::function<void(std::chrono::milliseconds)> on_interval;
};

// One thread owns it, which runs the executor's context. While it lives nobody else may write to
// the terminal: logs go to a file, or are held back. The destructor restores the terminal.
class Tui {
 public:
  // Errors: kUnavailable where there is no terminal that can show it.
  static Result<std::unique_ptr<Tui>> open(boost::asio::any_io_executor executor,
                                           TuiOptions options);
  ~Tui();
  Tui(const Tui&) = delete;
  Tui& operator=(const Tui&) = delete;

  // A whole document of type monitoring_data. host: an index of TuiOptions::hosts.
  void show(std::size_t host, const Value& message);
  // Alerts of all hosts together that last, in place of those before.
  void set_fleet_alerts(std::vector<AlertReading> alerts);
  // words: for people, such as "no answer, again in 3 s".
  void set_link(std::size_t host, Link link, std::string words);
  // Beside the link, which stays as it is; until that changes.
  void set_note(std::size_t host, std::string note);

 private:
  class Live;
  explicit Tui(std::shared_ptr<Live> live) : live_(std::move(live)) {}

  std::shared_ptr<Live> live_;  // its waits hold it until they have ended
};

}  // namespace oriel::monitor::tui
