#include "oriel/app/monitor/tui/screen.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "oriel/app/monitor/tui/cell_text.h"
#include "oriel/app/monitor/tui/figure_text.h"
#include "oriel/app/monitor/tui/layout.h"
#include "oriel/app/monitor/tui/limits.h"
#include "oriel/app/monitor/tui/panel.h"

namespace oriel::monitor::tui {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Style link_style(Link link) {
  switch (link) {
    case Link::kConnecting:
      return {Colour::kWarning};
    case Link::kConnected:
      return {Colour::kGood};
    case Link::kLost:
    case Link::kFailed:
      return {Colour::kCritical, true};
  }
  return {};
}

std::string_view link_word(Link link) {
  switch (link) {
    case Link::kConnecting:
      return "connecting";
    case Link::kConnected:
      return "connected";
    case Link::kLost:
      return "lost";
    case Link::kFailed:
      return "failed";
  }
  return "";
}

std::string interval_text(milliseconds interval) {
  return interval < seconds(1) ? fmt::format("{} ms", interval.count())
                               : fmt::format("{} s", interval.count() / 1000);
}

// Time, state of the connection, pause: what stays at the right of the header. Returns where it
// begins.
int draw_state(Canvas& row, const HostModel* host, const View& view) {
  int right = row.width() - 1;
  const auto put = [&](std::string_view text, Style style) {
    const int width = cells_of(safe_text(text, 40));
    if (width == 0 || right - width < 12) return;
    right -= width;
    row.put(right, 0, text, style);
    right -= 2;
  };
  if (host != nullptr) {
    put(host->reading().clock, {Colour::kPlain, true});
    const auto dot = host->link() == Link::kConnected ? "● " : "○ ";
    put(dot + std::string(link_word(host->link())), link_style(host->link()));
  }
  if (view.is_paused) put(" paused ", {Colour::kWarning, true, true});
  return right;
}

void draw_host_words(Canvas row, const HostModel& host) {
  const auto& reading = host.reading();
  Pieces pieces{{reading.system, {Colour::kDim}}};
  if (reading.uptime_s) {
    pieces.push_back({"up " + duration_text(*reading.uptime_s), {Colour::kDim}});
  }
  pieces.push_back({reading.release, {Colour::kDim}});
  put_pieces(row, 0, 0, row.width(), pieces);
}

// The hosts as names to choose from; those before the chosen one are left out where they are too
// many.
void draw_tabs(Canvas row, const Model& model, const View& view, Screen& screen) {
  constexpr int kNameMax = 20;
  const auto name_width = [&](const HostModel& host) {
    return cells_of(safe_text(host.name(), kNameMax)) + 2;
  };
  std::size_t first = 0;
  if (view.host) {
    int before = 5;
    for (std::size_t i = 0; i <= *view.host; ++i) before += name_width(model.hosts[i]);
    while (before > row.width() && first < *view.host) before -= name_width(model.hosts[first++]);
  }
  int x = 0;
  const auto put = [&](std::string_view name, std::optional<std::size_t> host, Style style) {
    if (x >= row.width()) return;
    if (view.host == host) style = {Colour::kAccent, true, true};
    const int start = x;
    x += row.put(x, 0, " ", style);
    x += row.put_at_most(x, 0, kNameMax, name, style);
    x += row.put(x, 0, " ", style);
    screen.hits.push_back({{row.area().x + start, row.area().y, x - start, 1}, HostTarget{host}});
  };
  put("all", {}, {Colour::kTitle});
  for (std::size_t i = first; i < model.hosts.size(); ++i) {
    const auto& host = model.hosts[i];
    const bool is_well = host.link() == Link::kConnected && host.reading().alerts.empty();
    put(host.name(), i, is_well ? Style{Colour::kTitle} : Style{Colour::kWarning, true});
  }
}

// Returns the rows that it took.
int draw_header(Canvas canvas, const Model& model, const View& view, Screen& screen) {
  auto row = canvas.part({0, 0, canvas.width(), 1});
  const auto* host = shown_host(model, view);
  const int right = draw_state(row, host, view);
  if (model.hosts.size() > 1) {
    draw_tabs(row.part({0, 0, right, 1}), model, view, screen);
    if (host == nullptr || canvas.height() < 18) return 1;
    draw_host_words(canvas.part({1, 1, canvas.width() - 2, 1}), *host);
    return 2;
  }
  if (host == nullptr) return 1;
  const int name = row.put_at_most(1, 0, right - 1, host->name(), {Colour::kTitle, true});
  draw_host_words(row.part({name + 3, 0, right - name - 3, 1}), *host);
  return 1;
}

struct News {
  std::string text;
  Style style;
};

void add_alert(std::vector<News>& news, std::string_view before, const AlertReading& alert) {
  news.push_back({fmt::format("▲ {}{}", before, alert.message),
                  alert.is_critical ? Style{Colour::kCritical, true} : Style{Colour::kWarning}});
}

// shown: null where all hosts are.
std::vector<News> news_of(const Model& model, const HostModel* shown, const View& view,
                          TimePoint now) {
  std::vector<News> news;
  for (const auto& alert : model.fleet_alerts) add_alert(news, "all hosts: ", alert);
  if (shown == nullptr) return news;
  const auto& host = *shown;
  if (host.link() != Link::kConnected && host.has_document()) {
    news.push_back({host.link_words(), link_style(host.link())});
  }
  if (!host.note().empty()) news.push_back({host.note(), {Colour::kWarning}});
  const auto patience = std::max<Duration>(kSilentAfter, 3 * view.interval);
  const auto last = host.last_arrival();
  if (host.link() == Link::kConnected && last && now - *last > patience && !view.is_paused) {
    const auto silence = std::chrono::duration_cast<seconds>(now - *last).count();
    news.push_back({fmt::format("no data for {}", duration_text(static_cast<double>(silence))),
                    {Colour::kWarning}});
  }
  for (const auto& alert : host.reading().alerts) add_alert(news, "", alert);
  return news;
}

// Returns the rows that it took.
int draw_news(Canvas canvas, const Model& model, const HostModel* host, const View& view,
              TimePoint now) {
  const auto news = news_of(model, host, view, now);
  const int most = canvas.height() < 6    ? 0
                   : canvas.height() < 20 ? 1
                   : canvas.height() < 30 ? 2
                                          : 3;
  const auto count = static_cast<int>(news.size());
  const int rows = std::min(count, most);
  for (int i = 0; i < rows; ++i) {
    const auto& [text, style] = news[static_cast<std::size_t>(i)];
    const int hidden = i == rows - 1 ? count - rows : 0;
    const auto more = hidden > 0 ? fmt::format("and {} more", hidden) : std::string();
    const int room = canvas.width() - 2 - static_cast<int>(more.size() + (hidden > 0 ? 2 : 0));
    canvas.put_at_most(1, i, room, text, style);
    canvas.put_right(canvas.width() - 1, i, canvas.width(), more, {Colour::kDim});
  }
  return rows;
}

struct KeyWord {
  std::string_view key;
  std::string_view word;
  char32_t pressed;  // by a click; 0: none
};

void draw_footer(Canvas row, const Model& model, const View& view, Screen& screen) {
  constexpr KeyWord kWords[] = {{"q", "quit", U'q'},   {"h", "help", U'h'},   {"p", "pause", U'p'},
                                {"c", "cpu", U'c'},    {"m", "memory", U'm'}, {"i", "io", U'i'},
                                {"/", "filter", U'/'}, {"tab", "section", 0}};
  const auto interval = interval_text(view.interval);
  const int interval_width = static_cast<int>(interval.size()) + 4;
  const int right = row.width() - 1 - interval_width;
  int x = 1;
  const auto put = [&](const KeyWord& word) {
    const int width = static_cast<int>(word.key.size() + word.word.size()) + 1;
    if (x + width > right) return;
    if (word.pressed != 0) {
      screen.hits.push_back({{row.area().x + x, row.area().y, width, 1}, KeyTarget{word.pressed}});
    }
    x += row.put(x, 0, word.key, {Colour::kKey, true}) + 1;
    x += row.put(x, 0, word.word, {Colour::kDim}) + 2;
  };
  for (const auto& word : kWords) put(word);
  if (model.hosts.size() > 1) put({"← →", "host", 0});
  if (right < 1) return;
  const int at = row.width() - 1 - interval_width;
  row.put(at, 0, "- +", {Colour::kKey, true});
  row.put(at + 4, 0, interval, {Colour::kDim});
  screen.hits.push_back({{row.area().x + at, row.area().y, 1, 1}, KeyTarget{U'-'}});
  screen.hits.push_back({{row.area().x + at + 2, row.area().y, 1, 1}, KeyTarget{U'+'}});
}

void put_centred(Canvas canvas, int y, std::string_view text, Style style) {
  const int width = std::min(canvas.width(), cells_of(safe_text(text, canvas.width())));
  canvas.put((canvas.width() - width) / 2, y, text, style);
}

void draw_waiting(Canvas canvas, const HostModel& host) {
  const int middle = canvas.height() / 2;
  put_centred(canvas, std::max(0, middle - 1), host.label(), {Colour::kTitle, true});
  const auto words = host.link() == Link::kConnected ? "connected, waiting for the first figures"
                                                     : host.link_words();
  if (canvas.height() > 1) put_centred(canvas, middle, words, link_style(host.link()));
}

void draw_host(Canvas body, const HostModel& host, const View& view, Screen& screen) {
  if (!host.has_document()) return draw_waiting(body, host);
  const auto scene = [&](Section section) {
    const bool is_default = !view.focus && section == Section::kProcesses;
    return Scene{host, view, view.focus == section || is_default, screen.hits, screen.scroll_max};
  };
  const auto placed = lay_out(host.reading(), {0, 0, body.width(), body.height()});
  const auto has_focus = [&](const Placed& one) { return one.section == view.focus; };
  // A section that found no room is shown alone while it is chosen.
  const bool is_alone = view.focus && (view.is_zoomed || std::ranges::none_of(placed, has_focus));
  if (is_alone) return draw_section(*view.focus, body, scene(*view.focus));
  if (placed.empty()) return draw_lines(body, host, view, screen);
  for (const auto& one : placed) draw_section(one.section, body.part(one.area), scene(one.section));
}

}  // namespace

Screen draw_screen(Grid& grid, const Model& model, const View& view, TimePoint now) {
  Screen screen;
  Canvas canvas(grid);
  if (grid.width() < kLeastWidth || grid.height() < kLeastHeight) {
    put_centred(canvas, grid.height() / 2, "too small", {Colour::kWarning});
    if (!view.has_unicode) make_ascii(grid);  // it may have been cut
    return screen;
  }
  const auto* host = shown_host(model, view);
  int y = draw_header(canvas, model, view, screen);
  y += draw_news(canvas.below(y), model, host, view, now);
  const auto body = canvas.part({0, y, canvas.width(), canvas.height() - y - 1});
  draw_footer(canvas.below(canvas.height() - 1), model, view, screen);
  if (host != nullptr) {
    draw_host(body, *host, view, screen);
  } else {
    draw_overview(body, model, view, screen);
  }
  if (view.is_help_open) draw_help(canvas);
  if (!view.has_unicode) make_ascii(grid);
  return screen;
}

}  // namespace oriel::monitor::tui
