#pragma once
// The real `oriel serve` with the test card on its headless desktop, and what it counted of each
// viewer.

#include <map>
#include <string>

#include "tests/support/oriel_server.h"
#include "tests/support/picture.h"

namespace oriel::interop {

// Pixels as encoders take them, as the pictures of tests.
support::Picture test_card(int width, int height);

// Owned by one thread. Throws std::runtime_error when the desktop does not come to show the card.
class CardServer {
 public:
  // Neither is a multiple of a tile or cell, and the picture is more than one unit.
  static constexpr int kWidth = 704, kHeight = 507;

  // `password` empty: an open door.
  explicit CardServer(const std::string& password = "");

  // What every viewer must show: made here, not taken from the server or its X server.
  const support::Picture& card() const { return card_; }
  int vnc_port() const { return server_.vnc_port(); }
  // As viewers want it that count from port 5900.
  int vnc_display() const { return vnc_port() - 5900; }
  std::string url() const;
  std::string output() const { return server_.output(); }

  // Waits for the end of one more connection. How many rectangles it was sent in each encoding, by
  // the server's log.
  std::map<std::string, int> next_end();

 private:
  support::Picture card_;
  support::OrielServer server_;
  std::size_t ends_seen_ = 0;  // bytes of the log
};

}  // namespace oriel::interop
