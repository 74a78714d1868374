#include "oriel/io/desktop/pattern.h"

#include <algorithm>
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <cstdlib>

#include "oriel/base/check.h"

namespace oriel::desktop {
namespace {

using image::MutableFrameView;
using image::Point;
using image::Rect;
using image::Size;

constexpr std::uint32_t kBlack = 0x000000;
constexpr std::uint32_t kWhite = 0xffffff;

// The hexadecimal digits, 3 x 5 dots each: five rows of three bits, the uppermost row first.
constexpr std::array<std::uint16_t, 16> kDigits = {
    0b111'101'101'101'111, 0b010'110'010'010'111, 0b111'001'111'100'111, 0b111'001'111'001'111,
    0b101'101'111'001'001, 0b111'100'111'001'111, 0b111'100'111'101'111, 0b111'001'001'001'001,
    0b111'101'111'101'111, 0b111'101'111'001'111, 0b010'101'111'101'101, 0b110'101'110'101'110,
    0b011'100'100'100'011, 0b110'101'101'101'110, 0b111'100'111'100'111, 0b111'100'111'100'100};
constexpr int kDigitColumns = 3;
constexpr int kDigitRows = 5;
constexpr int kDotPx = 2;
constexpr int kDigitAdvancePx = (kDigitColumns + 1) * kDotPx;

constexpr std::array<std::uint32_t, 8> kBars = {0xc0c0c0, 0xc0c000, 0x00c0c0, 0x00c000,
                                                0xc000c0, 0xc00000, 0x0000c0, 0x202020};

// The ground: colour bars above, a gradient in the middle, a checker below.
std::uint32_t ground(Size size, int x, int y) {
  if (y * 3 < size.height) return kBars[static_cast<std::size_t>(x) * kBars.size() / size.width];
  if (y * 3 < size.height * 2) {
    const auto level = [](int at, int of) { return static_cast<std::uint32_t>(at * 255 / of); };
    return level(x, size.width) << 16 | level(y, size.height) << 8 | 0x40;
  }
  return (x / 16 + y / 16) % 2 == 0 ? 0xe0e0e0 : 0x303030;
}

void fill(MutableFrameView into, const Rect& rect, std::uint32_t colour) {
  const Rect inside = rect.intersected(Rect::of(into.size()));
  for (int y = inside.y; y < inside.bottom(); ++y) {
    std::fill_n(into.row(y) + inside.x, inside.width, colour);
  }
}

// Black or white, whichever is easier to read on `colour`.
std::uint32_t contrast(std::uint32_t colour) {
  const std::uint32_t red = colour >> 16 & 0xff, green = colour >> 8 & 0xff, blue = colour & 0xff;
  return red * 3 + green * 6 + blue > 1280 ? kBlack : kWhite;
}

void draw_hex(MutableFrameView into, Point at, std::uint32_t value, std::uint32_t colour) {
  for (int digit = 0; digit < 8; ++digit) {
    const std::uint16_t dots = kDigits[value >> (28 - 4 * digit) & 0xf];
    for (int bit = 0; bit < kDigitColumns * kDigitRows; ++bit) {
      if ((dots >> (kDigitColumns * kDigitRows - 1 - bit) & 1) == 0) continue;
      fill(into,
           {at.x + digit * kDigitAdvancePx + bit % kDigitColumns * kDotPx,
            at.y + bit / kDigitColumns * kDotPx, kDotPx, kDotPx},
           colour);
    }
  }
}

}  // namespace

std::uint32_t pattern_key_colour(std::uint32_t keysym) {
  // Knuth's multiplicative hash: neighbouring keysyms get colours far apart.
  return (keysym * 2654435761u >> 8) & image::kColourMask;
}

PatternDesktop::PatternDesktop(boost::asio::io_context& io, Size size)
    : io_(io), drawn_(size), damage_(size) {
  ORIEL_CHECK(size.width > 0 && size.height > 0);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) drawn_.at(x, y) = ground(size, x, y);
  }
  shown_ = drawn_;
}

PatternDesktop::~PatternDesktop() { *alive_ = false; }

void PatternDesktop::start(DesktopListener& listener) {
  listener_ = &listener;
  announce();
}

void PatternDesktop::paint(const Rect& rect, std::uint32_t colour) {
  fill(drawn_.mutable_view(), rect, colour & image::kColourMask);
  show(rect);
}

std::vector<Rect> PatternDesktop::take_damage() {
  is_announced_ = false;
  return damage_.take();
}

void PatternDesktop::capture(std::span<const Rect> rects, CaptureDone done) {
  std::vector<screen::Patch> patches;
  for (const Rect& rect : rects) patches.push_back({rect, shown_.view().crop(rect)});
  done(patches);
}

std::map<std::string, std::string> PatternDesktop::details() const { return {{"kind", "pattern"}}; }

// A press fills the next cell; letting go of the key strikes the cell that was filled last through.
void PatternDesktop::key(std::uint32_t keysym, bool is_down) {
  const int columns = std::max(1, size().width / kPatternKeyCell.width);
  const int cells = columns * kPatternKeyRows;
  const int cell = is_down ? next_cell_ : (next_cell_ + cells - 1) % cells;
  if (is_down) next_cell_ = (next_cell_ + 1) % cells;
  const Rect rect{cell % columns * kPatternKeyCell.width, cell / columns * kPatternKeyCell.height,
                  kPatternKeyCell.width, kPatternKeyCell.height};
  const std::uint32_t colour = pattern_key_colour(keysym);
  if (is_down) {
    fill(drawn_.mutable_view(), rect, colour);
    draw_hex(drawn_.mutable_view(), {rect.x + 8, rect.y + 7}, keysym, contrast(colour));
    show(rect);
  } else {
    const Rect line{rect.x, rect.bottom() - 2, rect.width, 2};
    fill(drawn_.mutable_view(), line, contrast(colour));
    show(line);
  }
}

void PatternDesktop::pointer(Point position, std::uint16_t buttons) {
  position.x = std::clamp(position.x, 0, size().width - 1);
  position.y = std::clamp(position.y, 0, size().height - 1);
  if (position == pointer_ && buttons == buttons_) return;
  const Rect old = pointer_rect();
  pointer_ = position;
  buttons_ = buttons;
  show(old);
  show(pointer_rect());
}

Rect PatternDesktop::pointer_rect() const {
  if (pointer_.x < 0) return {};
  constexpr int kHalf = kPatternPointerSide / 2;
  return Rect{pointer_.x - kHalf, pointer_.y - kHalf, kPatternPointerSide, kPatternPointerSide}
      .intersected(Rect::of(size()));
}

// The pointer's mark is a black cross on a white plate, with a row of 2 px squares for the buttons
// 1 to 8 below: red ones are down.
void PatternDesktop::show(const Rect& rect) {
  const Rect inside = rect.intersected(Rect::of(size()));
  if (inside.is_empty()) return;
  auto into = shown_.mutable_view();
  for (int y = inside.y; y < inside.bottom(); ++y) {
    for (int x = inside.x; x < inside.right(); ++x) shown_.at(x, y) = drawn_.at(x, y);
  }
  damage_.add(inside);
  if (const Rect mark = pointer_rect(); mark.intersects(inside)) {
    constexpr int kHalf = kPatternPointerSide / 2;
    fill(into, mark, kWhite);
    fill(into, {pointer_.x - kHalf + 1, pointer_.y, kPatternPointerSide - 2, 1}, kBlack);
    fill(into, {pointer_.x, pointer_.y - kHalf + 1, 1, kPatternPointerSide - 2}, kBlack);
    for (int button = 0; button < 9; ++button) {
      if ((buttons_ >> button & 1) == 0) continue;
      fill(into, {pointer_.x - kHalf + 1 + button * 2, pointer_.y + kHalf - 2, 2, 2}, 0xff0000);
    }
    damage_.add(mark);
  }
  announce();
}

// Said through the loop: who paints or types is not called back from within.
void PatternDesktop::announce() {
  if (is_announced_ || damage_.empty() || listener_ == nullptr) return;
  is_announced_ = true;
  boost::asio::post(io_, [this, alive = alive_] {
    if (*alive && is_announced_) listener_->desktop_damaged();
  });
}

}  // namespace oriel::desktop
