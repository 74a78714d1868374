#include "oriel/app/agent/sync_agent.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <exception>
#include <functional>
#include <future>
#include <thread>
#include <utility>

#include "oriel/app/agent/async_agent.h"
#include "oriel/app/agent/input_player.h"
#include "oriel/app/agent/verb_table.h"

namespace oriel::agent {

namespace asio = boost::asio;
using image::Point;
using image::Rect;

// The agent lives on the loop: it is made and destroyed there.
struct Agent::Shared {
  AgentTarget& target;
  std::optional<AsyncAgent> agent;
  std::thread::id loop;
};

namespace {

std::unexpected<AgentError> loop_ended() {
  return failure(ErrorKind::kConnection, "the loop of the desktop has ended");
}

// What `start` says to its promise, on the loop.
template <typename T>
AgentResult<T> wait_for(const asio::any_io_executor& executor,
                        std::function<void(std::shared_ptr<std::promise<AgentResult<T>>>)> start) {
  auto promise = std::make_shared<std::promise<AgentResult<T>>>();
  auto answer = promise->get_future();
  asio::post(executor, [start = std::move(start), promise = std::move(promise)]() mutable {
    start(std::move(promise));
  });
  start = nullptr;
  try {
    return answer.get();
  } catch (const std::future_error&) {  // the loop was destroyed with what it had to do
    return loop_ended();
  }
}

template <typename T>
asio::awaitable<AgentResult<T>> at_once(T value) {
  co_return value;
}

template <typename T>
asio::awaitable<AgentResult<T>> given(AgentResult<T> result) {
  co_return result;
}

}  // namespace

// `work` gets the agent on the loop, and gives a coroutine.
template <typename T, typename Work>
AgentResult<T> Agent::do_on_loop(Work work) {
  if (std::this_thread::get_id() == shared_->loop)
    return failure(ErrorKind::kState, "a call that waits was made on the loop that it waits for");
  const auto executor = shared_->target.executor();
  return wait_for<T>(executor, [shared = shared_, executor, work = std::move(work)](
                                   const std::shared_ptr<std::promise<AgentResult<T>>>& promise) {
    asio::co_spawn(executor, work(*shared->agent),
                   [promise](const std::exception_ptr& problem, AgentResult<T> result) {
                     if (problem)
                       promise->set_value(failure(ErrorKind::kInternal, "an action has thrown"));
                     else
                       promise->set_value(std::move(result));
                   });
  });
}

Agent::Agent(AgentTarget& target, const AgentOptions& options)
    : shared_(std::make_shared<Shared>(target)) {
  static_cast<void>(wait_for<void>(
      target.executor(),
      [shared = shared_, options](const std::shared_ptr<std::promise<AgentStatus>>& made) {
        shared->loop = std::this_thread::get_id();
        shared->agent.emplace(shared->target, options);
        made->set_value({});
      }));
}

Agent::~Agent() {
  static_cast<void>(
      wait_for<void>(shared_->target.executor(),
                     [shared = shared_](const std::shared_ptr<std::promise<AgentStatus>>& ended) {
                       shared->agent.reset();
                       ended->set_value({});
                     }));
}

AgentStatus Agent::Mouse::move_to(int x, int y, milliseconds delay) {
  return agent_.do_on_loop<void>(
      [=](AsyncAgent& agent) { return agent.mouse().move_to(Point{x, y}, delay); });
}

AgentStatus Agent::Mouse::click(const ClickOptions& options) {
  return agent_.do_on_loop<void>([=](AsyncAgent& agent) { return agent.mouse().click(options); });
}

AgentStatus Agent::Mouse::left_click(milliseconds delay) {
  return agent_.do_on_loop<void>(
      [=](AsyncAgent& agent) { return agent.mouse().left_click({}, delay); });
}

AgentStatus Agent::Mouse::left_click(int x, int y, milliseconds delay) {
  return agent_.do_on_loop<void>(
      [=](AsyncAgent& agent) { return agent.mouse().left_click(Point{x, y}, delay); });
}

AgentStatus Agent::Mouse::middle_click(milliseconds delay) {
  return agent_.do_on_loop<void>(
      [=](AsyncAgent& agent) { return agent.mouse().middle_click({}, delay); });
}

AgentStatus Agent::Mouse::middle_click(int x, int y, milliseconds delay) {
  return agent_.do_on_loop<void>(
      [=](AsyncAgent& agent) { return agent.mouse().middle_click(Point{x, y}, delay); });
}

AgentStatus Agent::Mouse::right_click(milliseconds delay) {
  return agent_.do_on_loop<void>(
      [=](AsyncAgent& agent) { return agent.mouse().right_click({}, delay); });
}

AgentStatus Agent::Mouse::right_click(int x, int y, milliseconds delay) {
  return agent_.do_on_loop<void>(
      [=](AsyncAgent& agent) { return agent.mouse().right_click(Point{x, y}, delay); });
}

AgentStatus Agent::Mouse::double_click(milliseconds delay) {
  return agent_.do_on_loop<void>(
      [=](AsyncAgent& agent) { return agent.mouse().double_click({}, delay); });
}

AgentStatus Agent::Mouse::double_click(int x, int y, milliseconds delay) {
  return agent_.do_on_loop<void>(
      [=](AsyncAgent& agent) { return agent.mouse().double_click(Point{x, y}, delay); });
}

AgentStatus Agent::Mouse::triple_click(milliseconds delay) {
  return agent_.do_on_loop<void>(
      [=](AsyncAgent& agent) { return agent.mouse().triple_click({}, delay); });
}

AgentStatus Agent::Mouse::triple_click(int x, int y, milliseconds delay) {
  return agent_.do_on_loop<void>(
      [=](AsyncAgent& agent) { return agent.mouse().triple_click(Point{x, y}, delay); });
}

AgentStatus Agent::Mouse::drag_to(int x, int y, const DragOptions& options) {
  return agent_.do_on_loop<void>(
      [=](AsyncAgent& agent) { return agent.mouse().drag_to(Point{x, y}, options); });
}

AgentStatus Agent::Mouse::drag(const std::vector<Point>& path, const DragOptions& options) {
  return agent_.do_on_loop<void>(
      [=](AsyncAgent& agent) { return agent.mouse().drag(path, options); });
}

AgentStatus Agent::Mouse::down(Button button) {
  return agent_.do_on_loop<void>([=](AsyncAgent& agent) { return agent.mouse().down(button); });
}

AgentStatus Agent::Mouse::up(Button button) {
  return agent_.do_on_loop<void>([=](AsyncAgent& agent) { return agent.mouse().up(button); });
}

AgentResult<Point> Agent::Mouse::position() {
  ORIEL_TRY(const auto report, agent_.screen());
  if (!report.pointer) return unknown_pointer();
  return *report.pointer;
}

AgentStatus Agent::Keyboard::type_text(const std::string& text, const TypeOptions& options) {
  return agent_.do_on_loop<void>(
      [=](AsyncAgent& agent) { return agent.keyboard().type_text(text, options); });
}

AgentStatus Agent::Keyboard::press_key(const KeyNames& keys, int count, milliseconds delay) {
  return agent_.do_on_loop<void>(
      [=](AsyncAgent& agent) { return agent.keyboard().press_key(keys, count, delay); });
}

AgentStatus Agent::Keyboard::hotkey(const KeyNames& keys, milliseconds delay) {
  return agent_.do_on_loop<void>(
      [=](AsyncAgent& agent) { return agent.keyboard().hotkey(keys, delay); });
}

AgentStatus Agent::Keyboard::key_down(const KeyNames& keys, milliseconds delay) {
  return agent_.do_on_loop<void>(
      [=](AsyncAgent& agent) { return agent.keyboard().key_down(keys, delay); });
}

AgentStatus Agent::Keyboard::key_up(const KeyNames& keys, milliseconds delay) {
  return agent_.do_on_loop<void>(
      [=](AsyncAgent& agent) { return agent.keyboard().key_up(keys, delay); });
}

AgentStatus Agent::Keyboard::hold(const KeyNames& keys, milliseconds duration, milliseconds delay) {
  return agent_.do_on_loop<void>(
      [=](AsyncAgent& agent) { return agent.keyboard().hold(keys, duration, delay); });
}

AgentStatus Agent::Wheel::up(int amount, const ScrollOptions& options) {
  return agent_.do_on_loop<void>(
      [=](AsyncAgent& agent) { return agent.scroll().up(amount, options); });
}

AgentStatus Agent::Wheel::down(int amount, const ScrollOptions& options) {
  return agent_.do_on_loop<void>(
      [=](AsyncAgent& agent) { return agent.scroll().down(amount, options); });
}

AgentStatus Agent::Wheel::left(int amount, const ScrollOptions& options) {
  return agent_.do_on_loop<void>(
      [=](AsyncAgent& agent) { return agent.scroll().left(amount, options); });
}

AgentStatus Agent::Wheel::right(int amount, const ScrollOptions& options) {
  return agent_.do_on_loop<void>(
      [=](AsyncAgent& agent) { return agent.scroll().right(amount, options); });
}

AgentStatus Agent::Wheel::at(int x, int y, int dx, int dy, const ScrollOptions& options) {
  return agent_.do_on_loop<void>(
      [=](AsyncAgent& agent) { return agent.scroll().at(Point{x, y}, dx, dy, options); });
}

AgentResult<Picture> Agent::Screenshot::capture(const CaptureOptions& options) {
  return agent_.do_on_loop<Picture>(
      [=](AsyncAgent& agent) { return agent.screenshot().capture(options); });
}

AgentResult<Picture> Agent::Screenshot::capture_region(int x, int y, int width, int height) {
  return capture({.region = Rect{x, y, width, height}});
}

AgentResult<PictureInFile> Agent::Screenshot::capture_file(const CaptureOptions& options,
                                                           PictureFormat format, int quality) {
  return agent_.do_on_loop<PictureInFile>(
      [=](AsyncAgent& agent) { return agent.screenshot().capture_file(options, format, quality); });
}

AgentResult<Picture> Agent::Screenshot::save(const std::string& path, const CaptureOptions& options,
                                             const SaveOptions& file) {
  return agent_.do_on_loop<Picture>(
      [=](AsyncAgent& agent) { return agent.screenshot().save(path, options, file); });
}

AgentStatus Agent::Clipboard::set(const std::string& text, milliseconds delay) {
  return agent_.do_on_loop<void>(
      [=](AsyncAgent& agent) { return agent.clipboard().set(text, delay); });
}

AgentResult<std::string> Agent::Clipboard::get(milliseconds timeout) {
  return agent_.do_on_loop<std::string>(
      [=](AsyncAgent& agent) { return agent.clipboard().get(timeout); });
}

AgentStatus Agent::Clipboard::clear(milliseconds delay) {
  return agent_.do_on_loop<void>([=](AsyncAgent& agent) { return agent.clipboard().clear(delay); });
}

AgentResult<std::vector<clipboard::ClipboardHistory::Entry>> Agent::Clipboard::history(
    std::size_t count) {
  using Entries = std::vector<clipboard::ClipboardHistory::Entry>;
  return agent_.do_on_loop<Entries>(
      [=](AsyncAgent& agent) { return at_once(agent.clipboard().history(count)); });
}

AgentStatus Agent::Video::start(const VideoOptions& options) {
  return agent_.do_on_loop<void>(
      [=](AsyncAgent& agent) { return given(agent.video().start(options)); });
}

AgentResult<Recording> Agent::Video::stop() {
  return agent_.do_on_loop<Recording>(
      [](AsyncAgent& agent) { return given(agent.video().stop()); });
}

AgentResult<bool> Agent::Video::is_recording() {
  return agent_.do_on_loop<bool>(
      [](AsyncAgent& agent) { return at_once(agent.video().is_recording()); });
}

AgentResult<Recording> Agent::Video::record(milliseconds duration, const VideoOptions& options) {
  return agent_.do_on_loop<Recording>(
      [=](AsyncAgent& agent) { return agent.video().record(duration, options); });
}

AgentResult<Recording> Agent::Video::record_until(const std::function<bool()>& is_over,
                                                  milliseconds duration,
                                                  const VideoOptions& options) {
  return agent_.do_on_loop<Recording>(
      [=](AsyncAgent& agent) { return agent.video().record_until(is_over, duration, options); });
}

AgentResult<std::size_t> Agent::Video::save_frames(const Recording& recording,
                                                   const std::string& folder,
                                                   const std::string& prefix,
                                                   PictureFormat format) {
  return agent_.do_on_loop<std::size_t>([=](AsyncAgent& /*agent*/) {
    return VideoControl::save_frames(recording, folder, prefix, format);
  });
}

AgentStatus Agent::Video::save_video(const Recording& recording, const std::string& path) {
  return agent_.do_on_loop<void>(
      [=](AsyncAgent& /*agent*/) { return VideoControl::save_video(recording, path); });
}

AgentResult<Seen> Agent::Wait::still(const StillOptions& options) {
  return agent_.do_on_loop<Seen>([=](AsyncAgent& agent) { return agent.wait().still(options); });
}

AgentResult<Seen> Agent::Wait::change(const ChangeOptions& options) {
  return agent_.do_on_loop<Seen>([=](AsyncAgent& agent) { return agent.wait().change(options); });
}

AgentResult<Seen> Agent::Wait::image(const ImageOptions& options) {
  return agent_.do_on_loop<Seen>([=](AsyncAgent& agent) { return agent.wait().image(options); });
}

AgentResult<Seen> Agent::Wait::colour(const ColourOptions& options) {
  return agent_.do_on_loop<Seen>([=](AsyncAgent& agent) { return agent.wait().colour(options); });
}

AgentResult<Seen> Agent::Wait::text(const TextOptions& options) {
  return agent_.do_on_loop<Seen>([=](AsyncAgent& agent) { return agent.wait().text(options); });
}

AgentResult<ScreenReport> Agent::screen() {
  return do_on_loop<ScreenReport>([=](AsyncAgent& agent) { return at_once(agent.screen()); });
}

AgentResult<Mark> Agent::mark() {
  return do_on_loop<Mark>([=](AsyncAgent& agent) { return at_once(agent.mark()); });
}

std::optional<Mark> Agent::last_action() {
  const auto mark = do_on_loop<std::optional<Mark>>(
      [](AsyncAgent& agent) { return at_once(agent.last_action()); });
  return mark.value_or(std::nullopt);
}

AgentStatus Agent::perform(const std::vector<Action>& actions, milliseconds delay) {
  return do_on_loop<void>([=](AsyncAgent& agent) { return agent.perform(actions, delay); });
}

AgentResult<ActReport> Agent::act(const ActRequest& request) {
  return do_on_loop<ActReport>([=](AsyncAgent& agent) { return agent.act(request); });
}

AgentResult<VerbResult> Agent::run(const VerbCall& call) {
  return do_on_loop<VerbResult>([=](AsyncAgent& agent) { return oriel::agent::run(call, agent); });
}

}  // namespace oriel::agent
