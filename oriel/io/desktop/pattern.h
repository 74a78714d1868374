#pragma once
// A deterministic desktop that Oriel draws by itself, for tests and trials without X: colour bars,
// a gradient and a checker as the ground; each key that is pressed fills the next cell of a grid,
// the pointer has a mark that shows its buttons. Nothing moves by itself.

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "oriel/core/image/frame.h"
#include "oriel/io/desktop/damage_tracker.h"
#include "oriel/io/desktop/desktop.h"
#include "oriel/io/desktop/memory_clipboard.h"

namespace boost::asio {
class io_context;
}

namespace oriel::desktop {

// Where key presses show: cells from the upper left corner on, row by row, round and round.
inline constexpr image::Size kPatternKeyCell{80, 24};
inline constexpr int kPatternKeyRows = 4;
// The pointer's mark is this many pixels wide and high, its middle at the pointer.
inline constexpr int kPatternPointerSide = 19;

// The colour of a key's cell.
std::uint32_t pattern_key_colour(std::uint32_t keysym);

// The network thread owns it.
class PatternDesktop : public Desktop, private InputSink {
 public:
  // `io` must outlive it; both sides at least 1.
  PatternDesktop(boost::asio::io_context& io, image::Size size);
  ~PatternDesktop() override;

  // Fills a rectangle (clipped), under the pointer's mark.
  void paint(const image::Rect& rect, std::uint32_t colour);
  // What is shown now.
  const image::Frame& frame() const { return shown_; }

  image::Size size() const override { return shown_.size(); }
  void start(DesktopListener& listener) override;
  std::vector<image::Rect> take_damage() override;
  // Calls `done` before it returns.
  void capture(std::span<const image::Rect> rects, CaptureDone done) override;
  InputSink& input() override { return *this; }
  Clipboard* clipboard() override { return &clipboard_; }
  std::map<std::string, std::string> details() const override;

 private:
  void key(std::uint32_t keysym, bool is_down) override;
  void pointer(image::Point position, std::uint16_t buttons) override;
  void flush() override {}

  image::Rect pointer_rect() const;
  // Makes `shown_` agree with what is drawn, in `rect`.
  void show(const image::Rect& rect);
  void announce();

  boost::asio::io_context& io_;
  image::Frame drawn_;  // without the pointer
  image::Frame shown_;
  DamageTracker damage_;
  DesktopListener* listener_ = nullptr;
  bool is_announced_ = false;
  int next_cell_ = 0;
  image::Point pointer_{-1, -1};  // nowhere, until it is moved
  std::uint16_t buttons_ = 0;
  MemoryClipboard clipboard_;
  // Notices that are still queued when this goes see that it is gone.
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace oriel::desktop
