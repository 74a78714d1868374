// An X program that draws for tests and benchmarks, and answers keys; it fills the whole desktop.
//
//   painter echo
//       each key press fills the square (0,0)-(32,32) with another colour
//   painter answer MS
//       a page of text; each press of a button fills the same square, MS milliseconds later
//   painter page FPS
//       repaints a page of text FPS times a second, scrolled by three lines each time
//   painter flood HZ
//       fills HZ small random rectangles a second, until it has drawn 5 s; then rests
//   painter flashes
//       each key press makes one of kFlashCells cells white, one after the other, for 50 to 500 ms
//   painter card
//       shows the test card (oriel/testing/test_card.h) in the size of the desktop, also when that
//       changes; the pointer is invisible on it
//
// Every 32nd rectangle of a flood is large. Seeds are fixed.

#include <poll.h>
#include <xcb/xcb.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <random>
#include <string_view>
#include <thread>

#include "oriel/testing/random_picture.h"
#include "oriel/testing/test_card.h"

namespace {

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

struct Canvas {
  xcb_connection_t* connection = xcb_connect(nullptr, nullptr);
  xcb_screen_t* screen = nullptr;
  xcb_window_t window = 0;
  xcb_gcontext_t gc = 0;
  int width = 0, height = 0;

  bool open() {
    if (xcb_connection_has_error(connection)) return false;
    screen = xcb_setup_roots_iterator(xcb_get_setup(connection)).data;
    auto* geometry =
        xcb_get_geometry_reply(connection, xcb_get_geometry(connection, screen->root), nullptr);
    if (geometry == nullptr) return false;
    width = geometry->width;
    height = geometry->height;
    std::free(geometry);
    window = xcb_generate_id(connection);
    const std::uint32_t values[] = {screen->black_pixel, 1,
                                    XCB_EVENT_MASK_KEY_PRESS | XCB_EVENT_MASK_EXPOSURE};
    xcb_create_window(connection, XCB_COPY_FROM_PARENT, window, screen->root, 0, 0,
                      static_cast<std::uint16_t>(width), static_cast<std::uint16_t>(height), 0,
                      XCB_WINDOW_CLASS_INPUT_OUTPUT, screen->root_visual,
                      XCB_CW_BACK_PIXEL | XCB_CW_OVERRIDE_REDIRECT | XCB_CW_EVENT_MASK, values);
    xcb_map_window(connection, window);
    gc = xcb_generate_id(connection);
    xcb_create_gc(connection, gc, window, 0, nullptr);
    xcb_set_input_focus(connection, XCB_INPUT_FOCUS_POINTER_ROOT, window, XCB_CURRENT_TIME);
    xcb_flush(connection);
    return true;
  }

  // Rows of `picture` from `first_row` on, over the whole window.
  void put(const oriel::image::Frame& picture, int first_row) {
    constexpr int kBand = 16;  // one PutImage stays below the largest request
    for (int y = 0; y < height; y += kBand) {
      const int rows = std::min(kBand, height - y);
      xcb_put_image(
          connection, XCB_IMAGE_FORMAT_Z_PIXMAP, window, gc, static_cast<std::uint16_t>(width),
          static_cast<std::uint16_t>(rows), 0, static_cast<std::int16_t>(y), 0, 24,
          static_cast<std::uint32_t>(4 * width * rows), picture.view().row(y + first_row));
    }
    xcb_flush(connection);
  }

  void hide_pointer() {
    const xcb_pixmap_t nothing = xcb_generate_id(connection);
    xcb_create_pixmap(connection, 1, nothing, window, 1, 1);
    const xcb_gcontext_t clear = xcb_generate_id(connection);
    const std::uint32_t zero = 0;
    xcb_create_gc(connection, clear, nothing, XCB_GC_FOREGROUND, &zero);
    const xcb_rectangle_t all{0, 0, 1, 1};
    xcb_poly_fill_rectangle(connection, nothing, clear, 1, &all);
    const xcb_cursor_t cursor = xcb_generate_id(connection);
    xcb_create_cursor(connection, cursor, nothing, nothing, 0, 0, 0, 0, 0, 0, 0, 0);
    xcb_change_window_attributes(connection, window, XCB_CW_CURSOR, &cursor);
  }

  void fill(int x, int y, int w, int h, std::uint32_t colour) {
    xcb_change_gc(connection, gc, XCB_GC_FOREGROUND, &colour);
    const xcb_rectangle_t rect{static_cast<std::int16_t>(x), static_cast<std::int16_t>(y),
                               static_cast<std::uint16_t>(w), static_cast<std::uint16_t>(h)};
    xcb_poly_fill_rectangle(connection, window, gc, 1, &rect);
  }
};

int echo(Canvas& canvas) {
  std::uint32_t colour = 0;
  while (auto* event = xcb_wait_for_event(canvas.connection)) {
    if ((event->response_type & 0x7f) == XCB_KEY_PRESS) {
      canvas.fill(0, 0, 32, 32, (++colour * 0x9e3779b1u) & 0xffffff);
      xcb_flush(canvas.connection);
    }
    std::free(event);
  }
  return 0;
}

auto page_of_text(const Canvas& canvas, int more_rows) {
  return oriel::testing::make_picture(oriel::testing::PictureKind::kText,
                                      {canvas.width, canvas.height + more_rows}, 1);
}

int page(Canvas& canvas, int fps) {
  const auto text = page_of_text(canvas, 400);
  auto next = SteadyClock::now();
  for (int frame = 0; xcb_connection_has_error(canvas.connection) == 0; ++frame) {
    canvas.put(text, frame * 42 % 400);
    next += std::chrono::microseconds(1'000'000 / fps);
    std::this_thread::sleep_until(next);
  }
  return 0;
}

int answer(Canvas& canvas, std::chrono::milliseconds delay) {
  const std::uint32_t events = XCB_EVENT_MASK_BUTTON_PRESS;
  xcb_change_window_attributes(canvas.connection, canvas.window, XCB_CW_EVENT_MASK, &events);
  canvas.put(page_of_text(canvas, 0), 0);
  for (std::uint32_t presses = 0; auto* event = xcb_wait_for_event(canvas.connection);) {
    if ((event->response_type & 0x7f) == XCB_BUTTON_PRESS) {
      std::this_thread::sleep_for(delay);
      canvas.fill(0, 0, 32, 32, ++presses % 2 == 1 ? 0xff8000 : 0x0080ff);
      xcb_flush(canvas.connection);
    }
    std::free(event);
  }
  return 0;
}

int card(Canvas& canvas) {
  const std::uint32_t root_events = XCB_EVENT_MASK_STRUCTURE_NOTIFY;
  xcb_change_window_attributes(canvas.connection, canvas.screen->root, XCB_CW_EVENT_MASK,
                               &root_events);
  canvas.hide_pointer();
  canvas.put(oriel::testing::make_test_card({canvas.width, canvas.height}), 0);
  while (auto* event = xcb_wait_for_event(canvas.connection)) {
    if ((event->response_type & 0x7f) == XCB_CONFIGURE_NOTIFY) {
      const auto* change = reinterpret_cast<const xcb_configure_notify_event_t*>(event);
      canvas.width = change->width;
      canvas.height = change->height;
      const std::uint32_t size[] = {change->width, change->height};
      xcb_configure_window(canvas.connection, canvas.window,
                           XCB_CONFIG_WINDOW_WIDTH | XCB_CONFIG_WINDOW_HEIGHT, size);
      canvas.put(oriel::testing::make_test_card({canvas.width, canvas.height}), 0);
    }
    std::free(event);
  }
  return 0;
}

// Cells of 8x8 in one row from the upper left, 16 apart; tests know this too.
constexpr int kFlashCells = 40, kFlashSize = 8, kFlashPitch = 16;

int flashes(Canvas& canvas) {
  std::mt19937 random(4);
  std::array<std::optional<SteadyClock::time_point>, kFlashCells> ends;
  int presses = 0;
  const auto fill = [&](int cell, std::uint32_t colour) {
    canvas.fill(cell * kFlashPitch, 0, kFlashSize, kFlashSize, colour);
    // Until the server has drawn it: its time begins then. Events that come meanwhile are queued.
    std::free(xcb_get_input_focus_reply(canvas.connection, xcb_get_input_focus(canvas.connection),
                                        nullptr));
  };
  while (xcb_connection_has_error(canvas.connection) == 0) {
    auto next = SteadyClock::time_point::max();
    for (int cell = 0; cell < kFlashCells; ++cell) {
      if (ends[cell] && *ends[cell] <= SteadyClock::now()) {
        fill(cell, 0);
        ends[cell].reset();
      }
      if (ends[cell]) next = std::min(next, *ends[cell]);
    }
    auto* event = xcb_poll_for_event(canvas.connection);
    if (event == nullptr) {
      const bool is_waiting = next != SteadyClock::time_point::max();
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - SteadyClock::now());
      pollfd ready{xcb_get_file_descriptor(canvas.connection), POLLIN, 0};
      poll(&ready, 1, is_waiting ? std::max(0, static_cast<int>(left.count())) : -1);
      continue;
    }
    if ((event->response_type & 0x7f) == XCB_KEY_PRESS) {
      const int cell = presses++ % kFlashCells;
      fill(cell, 0xffffff);
      ends[cell] = SteadyClock::now() + std::chrono::milliseconds(50 + random() % 451);
    }
    std::free(event);
  }
  return 0;
}

int flood(Canvas& canvas, int hz) {
  std::mt19937 random(4);
  const auto start = SteadyClock::now();
  for (int i = 0; SteadyClock::now() < start + 5s; ++i) {
    const int size = i % 32 == 31 ? 300 : 24;
    canvas.fill(static_cast<int>(random() % canvas.width),
                static_cast<int>(random() % canvas.height), 1 + static_cast<int>(random() % size),
                1 + static_cast<int>(random() % size), random() & 0xffffff);
    xcb_flush(canvas.connection);
    std::this_thread::sleep_until(
        start + std::chrono::microseconds(std::int64_t{1'000'000} * (i + 1) / hz));
  }
  while (auto* event = xcb_wait_for_event(canvas.connection)) std::free(event);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view mode = argc > 1 ? argv[1] : "";
  const int rate = argc > 2 ? std::atoi(argv[2]) : 30;
  Canvas canvas;
  if ((mode != "echo" && mode != "answer" && mode != "card" && mode != "flashes" &&
       mode != "page" && mode != "flood") ||
      rate < 1) {
    std::fprintf(stderr, "painter echo | answer MS | flashes | card | page FPS | flood HZ\n");
    return 2;
  }
  if (!canvas.open()) {
    std::fprintf(stderr, "painter: cannot open the display\n");
    return 1;
  }
  if (mode == "echo") return echo(canvas);
  if (mode == "answer") return answer(canvas, std::chrono::milliseconds(rate));
  if (mode == "flashes") return flashes(canvas);
  if (mode == "card") return card(canvas);
  return mode == "page" ? page(canvas, rate) : flood(canvas, rate);
}
