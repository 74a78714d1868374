#pragma once
// The inside of each section's box, and what they are built of. Pure: each draws into its canvas
// only, of any size.

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "oriel/app/monitor/tui/grid.h"
#include "oriel/app/monitor/tui/model.h"
#include "oriel/app/monitor/tui/section.h"
#include "oriel/app/monitor/tui/view.h"

namespace oriel::monitor::tui {

inline constexpr int kSensorWidth = 28;  // in cells; as many as fit stand side by side

// A text with a look of its own, one of several beside each other.
struct Piece {
  std::string text;
  Style style;
};
using Pieces = std::vector<Piece>;

// What stands in the borders of a box.
struct BoxTexts {
  std::string title;
  std::string note;  // after the title, in dim letters
  Pieces right;      // at the right of the upper border
  Pieces bottom;     // in the lower border, from the left
};

// What a panel draws from. All are loans for one drawing.
struct Scene {
  const HostModel& host;
  const View& view;
  bool is_focused = false;
  std::vector<HitArea>& hits;
  std::size_t& scroll_max;  // set by the panel that scrolls

  const Reading& reading() const { return host.reading(); }
};

// Returns the inside.
Canvas draw_box(Canvas canvas, const BoxTexts& texts, bool is_focused);

// From `x` on, with two spaces between; returns where they end. What does not fit before `right` is
// left out.
int put_pieces(Canvas& canvas, int x, int y, int right, const Pieces& pieces);

// "used   8.2G ■■■■■····  35%"
struct Meter {
  std::string label;
  int label_width = 0;
  std::string value;  // between label and bar, right-aligned
  int value_width = 0;
  double percent = 0;
  Colour colour = Colour::kLevel0;  // kLevel0: by the percent
};
void draw_meter(Canvas row, const Meter& meter, Glyphs glyphs);

// Draws as many values as fit with a scale of `scale`, and how long that is, in dim letters.
void draw_history(Canvas canvas, const Scene& scene, std::string_view figure, double scale,
                  Colour colour, bool hangs);

// Two rates, one standing and one hanging, each with its own scale in words.
void draw_rate_pair(Canvas canvas, const Scene& scene, std::string_view above, Colour above_colour,
                    std::string_view below, Colour below_colour);

// The first of `lines` that is shown where `rows` have room, by the view's scroll.
std::size_t first_line(const Scene& scene, std::size_t lines, int rows);

Style good_or_bad(double percent, double warning = 80, double critical = 90);

BoxTexts texts_of(Section section, const Scene& scene);
void draw_inside(Section section, Canvas canvas, const Scene& scene);

// The whole box of a section.
void draw_section(Section section, Canvas canvas, const Scene& scene);

// Of the sections with files of their own.
BoxTexts cpu_texts(const Scene& scene);
void draw_cpu(Canvas canvas, const Scene& scene);
BoxTexts memory_texts(const Scene& scene);
void draw_memory(Canvas canvas, const Scene& scene);
BoxTexts network_texts(const Scene& scene);
void draw_network(Canvas canvas, const Scene& scene);
BoxTexts disks_texts(const Scene& scene);
void draw_disks(Canvas canvas, const Scene& scene);
BoxTexts gpu_texts(const Scene& scene);
void draw_gpu(Canvas canvas, const Scene& scene);
void draw_load(Canvas canvas, const Scene& scene);
void draw_sensors(Canvas canvas, const Scene& scene);
BoxTexts processes_texts(const Scene& scene);
void draw_processes(Canvas canvas, const Scene& scene);

}  // namespace oriel::monitor::tui
