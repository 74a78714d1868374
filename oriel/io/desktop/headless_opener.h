#pragma once
// Starts a private X server with its session and opens its desktop; when that has died, does it
// anew. What was there before has ended by then, so there is never more than one.

#include <functional>
#include <memory>
#include <string>

#include "oriel/io/desktop/desktop.h"
#include "oriel/io/desktop/restart_policy.h"
#include "oriel/io/desktop/supervisor.h"
#include "oriel/io/desktop/x11_clipboard.h"

namespace boost::asio {
class io_context;
}

namespace oriel::desktop {

// The network thread owns it.
class HeadlessOpener {
 public:
  struct Callbacks {
    // A server is ready; its desktop is opened next.
    std::function<void(const HeadlessAddress&)> ready;
    std::function<void(const HeadlessServer::Event&)> event;
  };
  using DesktopDone = std::move_only_function<void(Result<std::unique_ptr<Desktop>>)>;

  // `io` must outlive it and what it opens.
  HeadlessOpener(boost::asio::io_context& io, HeadlessConfig config, ClipboardSelections selections,
                 Callbacks callbacks);
  // Ends everything, and waits for that (HeadlessServer).
  ~HeadlessOpener();

  // Calls `done` once, from the loop, unless it is stopped before. One at a time; the desktop of
  // the time before must be gone. Errors: also kUnavailable when it was opened anew
  // kMaxSessionRestarts times within kSessionRestartWindow: later it may be again.
  void open(DesktopDone done);
  // Ends what was started and starts nothing more; `stopped` is called when nothing is left.
  void stop(std::move_only_function<void()> stopped);

 private:
  void start();
  void server_ready(const Result<HeadlessAddress>& address);
  Result<std::unique_ptr<Desktop>> open_desktop(const Result<HeadlessAddress>& address);
  void answer(Result<std::unique_ptr<Desktop>> result);

  boost::asio::io_context& io_;
  HeadlessConfig config_;
  ClipboardSelections selections_;
  Callbacks callbacks_;
  RestartPolicy restarts_;
  std::unique_ptr<HeadlessServer> server_;  // the last one, also when it has ended
  DesktopDone done_;
  bool is_stopping_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // for what is posted
};

}  // namespace oriel::desktop
