#include "oriel/app/monitor/tui/tui.h"

#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <optional>
#include <utility>

#include "oriel/app/monitor/tui/limits.h"
#include "oriel/app/monitor/tui/screen.h"
#include "oriel/app/monitor/tui/terminal.h"
#include "oriel/base/check.h"

namespace oriel::monitor::tui {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

// Documents of many hosts that come together are drawn together.
constexpr std::chrono::milliseconds kPauseBetweenDrawings{80};
// What grows old by itself: how long a host has been silent.
constexpr std::chrono::seconds kTick{1};

// A descriptor that is readable when standard input is. Asio makes what it waits for non-blocking,
// and standard input shares that with the shell and with standard output; so it waits for this one.
int make_input_watch() {
  const int watch = ::epoll_create1(EPOLL_CLOEXEC);
  epoll_event event{};
  event.events = EPOLLIN;
  ORIEL_CHECK(watch >= 0 && ::epoll_ctl(watch, EPOLL_CTL_ADD, STDIN_FILENO, &event) == 0);
  return watch;
}

bool has_hung_up() {
  pollfd input{STDIN_FILENO, POLLIN, 0};
  return ::poll(&input, 1, 0) == 1 && (input.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0;
}

}  // namespace

class Tui::Live : public std::enable_shared_from_this<Live> {
 public:
  Live(asio::any_io_executor executor, TuiOptions options, std::unique_ptr<Terminal> terminal)
      : options_(std::move(options)),
        terminal_(std::move(terminal)),
        input_(executor, make_input_watch()),
        signals_(executor, SIGINT, SIGTERM, SIGHUP),
        resizes_(executor, SIGWINCH),
        drawing_(executor),
        ticking_(executor) {
    for (auto& host : options_.hosts) model_.hosts.emplace_back(host);
    view_.interval = options_.interval;
    view_.has_unicode = terminal_->has_unicode();
    if (!view_.has_unicode) view_.glyphs = Glyphs::kAscii;
    // A single host needs no choice; several begin with all.
    settle(model_, view_);
  }

  void start() {
    draw();
    wait_for_input();
    wait_for_signals();
    wait_for_resizes();
    tick();
  }

  void end() {
    terminal_.reset();
    error_code ignored;
    input_.close(ignored);
    signals_.cancel(ignored);
    resizes_.cancel(ignored);
    drawing_.cancel();
    ticking_.cancel();
  }

  void show(std::size_t host, const Value& message) {
    model_.hosts.at(host).show(message, Clock::now());
    if (!view_.is_paused) draw_soon();
  }

  void set_fleet_alerts(std::vector<AlertReading> alerts) {
    model_.fleet_alerts = std::move(alerts);
    if (!view_.is_paused) draw_soon();
  }

  void set_link(std::size_t host, Link link, std::string words) {
    model_.hosts.at(host).set_link(link, std::move(words));
    draw_soon();
  }

  void set_note(std::size_t host, std::string note) {
    model_.hosts.at(host).set_note(std::move(note));
    draw_soon();
  }

 private:
  bool has_ended() const { return terminal_ == nullptr; }

  // What is shown: while paused, what was known then.
  const Model& shown() const { return frozen_ ? *frozen_ : model_; }

  void quit() {
    if (auto on_quit = std::exchange(options_.on_quit, nullptr)) on_quit();
  }

  void draw() {
    if (has_ended()) return;
    is_drawing_due_ = false;
    last_drawing_ = Clock::now();
    settle(shown(), view_);
    Grid grid(terminal_->width(), terminal_->height());
    auto screen = draw_screen(grid, shown(), view_, last_drawing_);
    hits_ = std::move(screen.hits);
    view_.scroll = std::min(view_.scroll, screen.scroll_max);
    terminal_->show(grid);
  }

  void draw_soon() {
    if (is_drawing_due_ || has_ended()) return;
    is_drawing_due_ = true;
    drawing_.expires_at(last_drawing_ + kPauseBetweenDrawings);
    drawing_.async_wait([self = shared_from_this()](error_code error) {
      if (!error && self->is_drawing_due_) self->draw();
    });
  }

  void apply(const Input& input) {
    const auto action = apply_input(input, shown(), hits_, view_);
    if (view_.is_paused != frozen_.has_value()) {
      if (view_.is_paused) {
        frozen_ = model_;
      } else {
        frozen_.reset();
      }
    }
    if (action == Action::kQuit) quit();
    if (action == Action::kInterval && options_.on_interval) options_.on_interval(view_.interval);
  }

  void read_input() {
    if (has_hung_up()) return quit();
    while (!has_ended()) {
      const auto input = terminal_->read();
      if (!input) break;
      apply(*input);
    }
    draw();
    wait_for_input();
  }

  void wait_for_input() {
    if (has_ended()) return;
    input_.async_wait(asio::posix::stream_descriptor::wait_read,
                      [self = shared_from_this()](error_code error) {
                        if (!error && !self->has_ended()) self->read_input();
                      });
  }

  void wait_for_signals() {
    signals_.async_wait([self = shared_from_this()](error_code error, int) {
      if (!error) self->quit();
    });
  }

  void wait_for_resizes() {
    resizes_.async_wait([self = shared_from_this()](error_code error, int) {
      if (error || self->has_ended()) return;
      self->terminal_->resize();
      self->draw();
      self->wait_for_resizes();
    });
  }

  void tick() {
    ticking_.expires_after(kTick);
    ticking_.async_wait([self = shared_from_this()](error_code error) {
      if (error || self->has_ended()) return;
      self->draw_soon();
      self->tick();
    });
  }

  TuiOptions options_;
  std::unique_ptr<Terminal> terminal_;  // null: ended
  Model model_;
  std::optional<Model> frozen_;
  View view_;
  std::vector<HitArea> hits_;
  asio::posix::stream_descriptor input_;
  asio::signal_set signals_;
  asio::signal_set resizes_;
  asio::steady_timer drawing_;
  asio::steady_timer ticking_;
  TimePoint last_drawing_{};
  bool is_drawing_due_ = false;
};

Result<std::unique_ptr<Tui>> Tui::open(asio::any_io_executor executor, TuiOptions options) {
  ORIEL_CHECK(!options.hosts.empty());
  ORIEL_TRY(auto terminal, Terminal::open({options.has_colour}));
  auto live = std::make_shared<Live>(std::move(executor), std::move(options), std::move(terminal));
  live->start();
  return std::unique_ptr<Tui>(new Tui(std::move(live)));
}

Tui::~Tui() { live_->end(); }

void Tui::show(std::size_t host, const Value& message) { live_->show(host, message); }

void Tui::set_fleet_alerts(std::vector<AlertReading> alerts) {
  live_->set_fleet_alerts(std::move(alerts));
}

void Tui::set_link(std::size_t host, Link link, std::string words) {
  live_->set_link(host, link, std::move(words));
}

void Tui::set_note(std::size_t host, std::string note) { live_->set_note(host, std::move(note)); }

}  // namespace oriel::monitor::tui
