#pragma once
// A well-behaved viewer, and what a user would notice of an attack on the server beside it: how
// long a change of the desktop takes to become a decoded pixel, whether keys get lost, whether the
// picture is right in the end.

#include <xcb/xcb.h>

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "oriel/base/time.h"
#include "oriel/testing/viewer/test_viewer.h"
#include "tests/support/oriel_server.h"

namespace oriel::attack {

// A window over the whole desktop that is painted and typed into. One thread owns it.
class Canvas {
 public:
  explicit Canvas(const support::XDisplay& display);
  ~Canvas();
  Canvas(const Canvas&) = delete;
  Canvas& operator=(const Canvas&) = delete;

  // Fills the square (0,0)-(32,32).
  void paint(std::uint32_t colour);
  // The digits of what was typed since the last call, in order; other keys are dropped.
  std::string take_digits();

 private:
  xcb_connection_t* connection_;
  xcb_window_t window_ = 0;
  xcb_gcontext_t gc_ = 0;
};

// One thread owns it.
class Witness {
 public:
  // Connects and waits for the picture; throws std::runtime_error when it does not come.
  Witness(const support::OrielServer& server, std::string password);
  ~Witness();

  // Paints and types for so long; how long each paint took to be seen, in ms. `in_between` is
  // called after each.
  std::vector<double> watch(Duration span, const std::function<void()>& in_between);
  // Whether what was typed has all arrived, in order, and nothing twice: "" or what is wrong.
  std::string lost_keys();
  // "" when the picture becomes that of the desktop within a while, else how they differ.
  std::string wrong_picture();
  const std::optional<Error>& end() const { return viewer_->end(); }

 private:
  bool run_until(const std::function<bool()>& is_true, Duration patience);

  const support::OrielServer& server_;
  Canvas canvas_;
  boost::asio::io_context io_{1};
  std::unique_ptr<testing::TestViewer> viewer_;
  std::uint32_t colour_ = 0;
  std::string typed_, arrived_;
};

double percentile(std::vector<double> values, double share);

}  // namespace oriel::attack
