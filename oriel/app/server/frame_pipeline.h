#pragma once
// How a frame leaves: damage of the desktop -> commit to the screen -> what each viewer lacks ->
// units -> payloads, encoded once -> viewers. There is no frame clock: a commit happens when some
// viewer could use it now, and an update is composed, from the newest pixels, when its viewer can
// take it.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "oriel/app/observe/latency_trace.h"
#include "oriel/app/server/cursor_news.h"
#include "oriel/app/server/drawn_cursor.h"
#include "oriel/app/server/encoder_pool.h"
#include "oriel/app/server/payload.h"
#include "oriel/base/result.h"
#include "oriel/base/time.h"
#include "oriel/core/image/region.h"
#include "oriel/core/screen/screen.h"
#include "oriel/core/screen/sent_cells.h"
#include "oriel/io/desktop/desktop.h"

namespace oriel::server {

// A viewer as the pipeline sees it. The pipeline's strand owns it.
class FrameViewer {
 public:
  virtual ~FrameViewer() = default;

  // The part of the screen that it waits for; empty when it waits for nothing or could not take it
  // now.
  virtual const image::Region& wanted() const = 0;
  // When it may be sent the next update; now or earlier: at once.
  virtual TimePoint next_allowed(TimePoint now) const = 0;
  virtual const Profile& profile() const = 0;
  virtual screen::SentCells& sent() = 0;

  // An update of `rectangles` follows, all for the profile() of now: a viewer that changes its
  // profile before the last of them gets the update as it was begun. What was wanted is answered by
  // it.
  virtual void begin_update(int rectangles, TimePoint now) = 0;
  virtual void add_rectangle(const image::Rect& rect, const codec::Encoding& encoding,
                             SharedBytes payload) = 0;
  // Everything that is ready has been added for now: write it.
  virtual void flush() = 0;
  // The screen has another size; the viewer must start again with it.
  virtual void screen_resized(const screen::Screen& screen) = 0;

  // The mouse cursor: the pipeline keeps it (cursor()), the viewer what it has not been told yet.
  virtual CursorNews* cursor_news() { return nullptr; }
  // What its pixels show of the cursor; null: nothing ever.
  virtual DrawnCursor* drawn_cursor() { return nullptr; }
  // Whether it waits to be told anything else that may go with pixels.
  virtual bool has_news() const { return false; }
  // An update of the news alone: there are no pixels that it could go with. Answers what was
  // wanted.
  virtual void send_news(TimePoint /*now*/) {}
};

// What the pipeline did; read by tests, benchmarks and the status page.
struct FramePipelineStats {
  std::uint64_t commits = 0;  // that looked at pixels
  std::uint64_t changed_px = 0;
  std::uint64_t encoded_units = 0;  // payloads made
  std::uint64_t shared_units = 0;   // rectangles answered by a payload that was there or under way
  Duration commit_time{};
  Duration inline_encode_time{};
};

// Lives on the network thread's loop and must outlive its viewers.
class FramePipeline final : public desktop::DesktopListener {
 public:
  FramePipeline(boost::asio::any_io_executor executor, desktop::Desktop& desktop,
                int encoder_threads);
  ~FramePipeline() override;

  // Hears all that the desktop says besides damage; of another size after the viewers know of it.
  // `listener` must outlive the pipeline.
  void forward_to(desktop::DesktopListener& listener) { others_ = &listener; }
  // For benchmarks; `trace` must outlive the pipeline.
  void trace(observe::LatencyTrace* trace) { trace_ = trace; }
  void reached(observe::LatencyMark mark) const {
    if (trace_ != nullptr) trace_->reached(mark, Clock::now());
  }
  // Subscribes to the desktop.
  void start();

  const screen::Screen& screen() const { return *screen_; }
  const DesktopCursor& cursor() const { return cursor_; }
  // `mover` has put the pointer at `position`: the others are told.
  void pointer_moved(const FrameViewer& mover, image::Point position);
  // Some viewer has begun or ceased to want to know where the pointer is.
  void pointer_followers_changed();
  const FramePipelineStats& stats() const { return stats_; }

  void add(const std::shared_ptr<FrameViewer>& viewer);
  void remove(const FrameViewer& viewer);
  // Calls `done` when the screen shows all that is known to be damaged now; perhaps before it
  // returns, and late or never when the desktop stalls. kUnavailable: the desktop is lost.
  using Refreshed = std::move_only_function<void(Status)>;
  void refresh(Refreshed done);
  // Called when something may have changed that nobody has looked at yet: refresh() looks.
  void on_damaged(std::function<void()> damaged) { damaged_ = std::move(damaged); }
  // Something about a viewer changed: it may be able to take an update now. Cheap.
  void advance();

  void desktop_damaged() override;
  void desktop_resized(image::Size size) override;
  void desktop_lost(const Error& error) override;
  void desktop_found_again() override {
    lost_.reset();
    if (others_ != nullptr) others_->desktop_found_again();
  }
  void desktop_screens_changed() override {
    if (others_ != nullptr) others_->desktop_screens_changed();
  }
  void desktop_leds_changed(std::uint8_t leds) override {
    if (others_ != nullptr) others_->desktop_leds_changed(leds);
  }
  void desktop_renamed() override {
    if (others_ != nullptr) others_->desktop_renamed();
  }
  void desktop_bell() override {
    if (others_ != nullptr) others_->desktop_bell();
  }
  void desktop_clipboard_changed(desktop::ClipboardFormats formats) override {
    if (others_ != nullptr) others_->desktop_clipboard_changed(formats);
  }
  void desktop_cursor_changed(const image::Cursor& cursor) override;
  void desktop_pointer_moved(image::Point position) override;

 private:
  using Waiters = std::vector<std::weak_ptr<FrameViewer>>;

  struct Unit {
    image::Rect rect;
    screen::Generation content_generation;
  };
  using Plan = std::vector<Unit>;  // what one update of a viewer consists of
  struct PlanKey {
    screen::Generation generation;  // that a viewer has
    int max_width, max_height;      // of the encoding's rectangles

    friend auto operator<=>(const PlanKey&, const PlanKey&) = default;
  };

  static void tell_refreshed(std::vector<Refreshed> waiting, const Status& status = {});
  std::shared_ptr<const Plan> plan_for(FrameViewer& viewer);
  bool commit_if_needed(TimePoint now);
  void commit(std::span<const screen::Patch> patches);
  bool is_anyone_waiting(TimePoint now);
  PlacedCursor cursor_for(FrameViewer& viewer) const;
  void serve(const std::shared_ptr<FrameViewer>& viewer, TimePoint now);
  void send(const std::shared_ptr<FrameViewer>& viewer, const Plan& plan,
            const PlacedCursor& cursor);
  void encode_inline(const std::shared_ptr<FrameViewer>& viewer, const PayloadKey& key);
  void encode_in_pool(const std::shared_ptr<FrameViewer>& viewer, const PayloadKey& key);
  void payload_ready(const PayloadKey& key, const Payload& payload);
  void wake_at(TimePoint when);

  boost::asio::any_io_executor executor_;
  desktop::Desktop& desktop_;
  desktop::DesktopListener* others_ = nullptr;
  observe::LatencyTrace* trace_ = nullptr;
  std::unique_ptr<screen::Screen> screen_;
  DesktopCursor cursor_;
  CursorOnScreen cursor_on_screen_{cursor_};
  bool is_pointer_followed_ = false;
  std::vector<std::shared_ptr<FrameViewer>> viewers_;
  // Who waits for a fresh screen, and of them those whom the capture under way will serve.
  std::vector<Refreshed> refreshing_;
  std::vector<Refreshed> captured_for_;
  std::optional<Error> lost_;  // while the desktop is
  std::function<void()> damaged_;
  bool has_damage_ = false;
  bool is_capturing_ = false;
  bool is_advancing_ = false;
  bool must_advance_again_ = false;
  TimePoint next_commit_{};
  boost::asio::steady_timer timer_;
  std::optional<TimePoint> timer_at_;
  // Plans for the whole screen as it is now: most viewers are in step with another.
  std::map<PlanKey, std::shared_ptr<const Plan>> plans_;
  PayloadCache cache_;
  EncoderSet inline_encoders_;
  std::map<PayloadKey, Waiters> under_way_;
  FramePipelineStats stats_;
  std::shared_ptr<bool> is_alive_ = std::make_shared<bool>(true);  // for what encoder threads post
  EncoderPool pool_;                                               // last: its threads end first
};

}  // namespace oriel::server
