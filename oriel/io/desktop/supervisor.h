#pragma once
// Oriel's end of the line to its supervisor: starts a private X server and later the session in it,
// hears what becomes of them, and ends them.

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "oriel/base/result.h"
#include "oriel/io/desktop/headless.h"
#include "oriel/io/desktop/supervisor_message.h"

namespace boost::asio {
class io_context;
}

namespace oriel::desktop {

// Use:
//   HeadlessServer server(io);
//   server.start(config, [&](Result<HeadlessAddress> address) {
//     desktop = HeadlessDesktop::open(io, *address, config.geometry);   // shrinks the screen
//     server.start_session();                                          // which then sees it so
//   }, on_event);
// Destroy the desktop before the server, or it is told that its display is lost.
//
// The program's main must call `run_supervisor` for kSupervisorCommand (supervisor_process.h): the
// supervisor is the same program, started anew. The network thread owns it.
class HeadlessServer {
 public:
  enum class EventKind {
    kLog,     // a line that the X server or the session wrote
    kNotice,  // restarts and the like, one sentence
    kLost,    // the X server, or the supervisor with all it started, has ended
  };
  struct Event {
    EventKind kind;
    std::string text;
  };
  using OnReady = std::move_only_function<void(Result<HeadlessAddress>)>;
  using OnEvent = std::move_only_function<void(const Event&)>;

  explicit HeadlessServer(boost::asio::io_context& io);
  // Ends everything, and waits until it has ended: some 20 ms, at most 2 s with a session that will
  // not go.
  ~HeadlessServer();
  HeadlessServer(const HeadlessServer&) = delete;
  HeadlessServer& operator=(const HeadlessServer&) = delete;

  // Calls `on_ready` once, from the loop, with the server or with a sentence that says why there is
  // none; `on_event` any number of times, from the loop. An error here: nothing was started.
  Status start(const HeadlessConfig& config, OnReady on_ready, OnEvent on_event);
  void start_session();
  // Asks for the end; `on_stopped` is called from the loop when nothing is left, and `on_ready`
  // then no more.
  void stop(std::move_only_function<void()> on_stopped);

 private:
  struct Line;

  void wait();
  void read();
  void take(const SupervisorMessage& message);
  // The supervisor has ended: by itself, or it was killed.
  void ended();
  void tell(std::string_view command);
  void reap(std::chrono::milliseconds patience);
  void remove_leftovers() const;

  std::unique_ptr<Line> line_;
  OnReady on_ready_;
  OnEvent on_event_;
  std::move_only_function<void()> on_stopped_;
  pid_t supervisor_ = 0;
  ReadyMessage ready_;
  bool was_killed_ = false;
  bool is_lost_told_ = false;
};

}  // namespace oriel::desktop
