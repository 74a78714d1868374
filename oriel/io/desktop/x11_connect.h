#pragma once
// The first contact with an X server: socket, authority and handshake. It waits, so it is done on a
// thread beside the loop (x11_opener.h), or where the server is known to answer.

#include <mutex>
#include <optional>
#include <string>

#include "oriel/base/result.h"
#include "oriel/io/desktop/xauthority.h"

struct xcb_connection_t;

namespace oriel::desktop {

struct X11Address {
  std::string display;           // ":7", "host:0.1"
  std::optional<Cookie> cookie;  // without it what $XAUTHORITY or ~/.Xauthority says
};

// Lets one thread give up what another waits for while it opens a display. Any thread.
class X11OpenGuard {
 public:
  X11OpenGuard() = default;
  ~X11OpenGuard();
  X11OpenGuard(const X11OpenGuard&) = delete;
  X11OpenGuard& operator=(const X11OpenGuard&) = delete;

  // Every wait on the connection ends now, and later ones at once.
  void abandon();
  bool is_abandoned() const;
  // False while a name is looked up, which nothing can end.
  bool can_end() const;

  // For the opening thread; false when it was given up.
  bool watch(int socket);
  bool begin_lookup();
  void end_lookup();

 private:
  mutable std::mutex mutex_;  // of all below
  int socket_ = -1;           // a duplicate: xcb may close its own at any time
  bool is_abandoned_ = false;
  bool is_looking_up_ = false;
};

struct X11Connection {
  xcb_connection_t* connection = nullptr;  // to be given to xcb_disconnect
  int screen = 0;
};

// Waits for the name, the connection and the handshake, the first two at most kDisplayOpenTimeout
// each. `guard` may be null. Errors say what to do.
Result<X11Connection> connect_x11(const X11Address& address, X11OpenGuard* guard);

// The sentence about a display that does not answer within kDisplayOpenTimeout.
std::string silent_display_message(const std::string& display);

}  // namespace oriel::desktop
