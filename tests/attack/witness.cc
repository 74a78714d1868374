#include "tests/attack/witness.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstdlib>
#include <stdexcept>

#include "oriel/io/net/tcp_stream.h"

namespace oriel::attack {
namespace {

using namespace std::chrono_literals;

// It draws the cursor itself: otherwise its picture would have one that the desktop's has not.
constexpr std::int32_t kCursorEncoding = -239;

support::Picture picture_of(const image::Frame& frame) {
  support::Picture picture{frame.size().width, frame.size().height, {}};
  for (int y = 0; y < picture.height; ++y)
    for (int x = 0; x < picture.width; ++x) picture.pixels.push_back(frame.at(x, y));
  return picture;
}

xcb_connection_t* connect_to(const support::XDisplay& display) {
  ::setenv("XAUTHORITY", display.authority.c_str(), 1);
  return xcb_connect(display.name.c_str(), nullptr);
}

}  // namespace

Canvas::Canvas(const support::XDisplay& display) : connection_(connect_to(display)) {
  if (xcb_connection_has_error(connection_) != 0)
    throw std::runtime_error("no connection to " + display.name);
  const auto* screen = xcb_setup_roots_iterator(xcb_get_setup(connection_)).data;
  window_ = xcb_generate_id(connection_);
  const std::uint32_t values[] = {0x204060, 1, XCB_EVENT_MASK_KEY_PRESS};
  xcb_create_window(connection_, XCB_COPY_FROM_PARENT, window_, screen->root, 0, 0,
                    screen->width_in_pixels, screen->height_in_pixels, 0,
                    XCB_WINDOW_CLASS_INPUT_OUTPUT, screen->root_visual,
                    XCB_CW_BACK_PIXEL | XCB_CW_OVERRIDE_REDIRECT | XCB_CW_EVENT_MASK, values);
  xcb_map_window(connection_, window_);
  gc_ = xcb_generate_id(connection_);
  xcb_create_gc(connection_, gc_, window_, 0, nullptr);
  xcb_set_input_focus(connection_, XCB_INPUT_FOCUS_POINTER_ROOT, window_, XCB_CURRENT_TIME);
  xcb_flush(connection_);
}

Canvas::~Canvas() { xcb_disconnect(connection_); }

void Canvas::paint(std::uint32_t colour) {
  xcb_change_gc(connection_, gc_, XCB_GC_FOREGROUND, &colour);
  const xcb_rectangle_t square{0, 0, 32, 32};
  xcb_poly_fill_rectangle(connection_, window_, gc_, 1, &square);
  xcb_flush(connection_);
}

// Keycodes 10 to 19 are the keys 1 to 9 and 0 of every keyboard.
std::string Canvas::take_digits() {
  std::string digits;
  while (auto* event = xcb_poll_for_event(connection_)) {
    const int code = reinterpret_cast<xcb_key_press_event_t*>(event)->detail;
    if ((event->response_type & 0x7f) == XCB_KEY_PRESS && code >= 10 && code <= 19)
      digits += static_cast<char>('0' + (code - 9) % 10);
    std::free(event);
  }
  return digits;
}

Witness::Witness(const support::OrielServer& server, std::string password)
    : server_(server), canvas_(server.display()) {
  boost::asio::ip::tcp::socket socket(io_);
  socket.connect(
      {boost::asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(server.vnc_port())});
  viewer_ = std::make_unique<testing::TestViewer>(
      io_.get_executor(), net::make_socket_stream(std::move(socket)),
      testing::TestViewerOptions{std::move(password), {16, kCursorEncoding}, {}, true});
  if (!run_until([&] { return viewer_->updates() > 0; }, 20s))
    throw std::runtime_error("no picture came: " + server.output());
}

Witness::~Witness() {
  viewer_->close();
  run_until([&] { return viewer_->is_ended(); }, 5s);
}

bool Witness::run_until(const std::function<bool()>& is_true, Duration patience) {
  for (const auto end = Clock::now() + patience; !is_true();) {
    if (Clock::now() > end) return false;
    io_.restart();
    io_.run_one_for(10ms);
  }
  return true;
}

std::vector<double> Witness::watch(Duration span, const std::function<void()>& in_between) {
  std::vector<double> times;
  for (const auto end = Clock::now() + span; Clock::now() < end && !viewer_->is_ended();) {
    run_until([] { return false; }, 5ms);
    const char digit = static_cast<char>('0' + typed_.size() % 10);
    typed_ += digit;
    viewer_->say(rfb::KeyEvent{true, static_cast<std::uint32_t>(digit)});
    viewer_->say(rfb::KeyEvent{false, static_cast<std::uint32_t>(digit)});
    colour_ = (colour_ * 1664525 + 1013904223) & image::kColourMask;
    const auto start = Clock::now();
    canvas_.paint(colour_);
    run_until([&] { return viewer_->frame().at(5, 5) == colour_; }, 5s);
    times.push_back(std::chrono::duration<double, std::milli>(Clock::now() - start).count());
    arrived_ += canvas_.take_digits();
    in_between();
  }
  return times;
}

std::string Witness::lost_keys() {
  run_until([&] { return (arrived_ += canvas_.take_digits()).size() >= typed_.size(); }, 5s);
  if (arrived_ == typed_) return "";
  const auto first = std::ranges::mismatch(arrived_, typed_).in1 - arrived_.begin();
  return fmt::format("{} keys typed, {} arrived; they differ from key {} on", typed_.size(),
                     arrived_.size(), first);
}

std::string Witness::wrong_picture() {
  std::string wrong;
  run_until(
      [&] {
        wrong = support::difference(support::grab(server_.display()), picture_of(viewer_->frame()));
        return wrong.empty();
      },
      5s);
  return wrong;
}

double percentile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  return values[std::min(values.size() - 1,
                         static_cast<std::size_t>(share * static_cast<double>(values.size())))];
}

}  // namespace oriel::attack
