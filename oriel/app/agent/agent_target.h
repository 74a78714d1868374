#pragma once
// A desktop that verbs and waits can be done on: another server's, through the client, or the one
// inside `oriel serve`. Every call and every callback is on the loop of executor().

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <optional>
#include <span>

#include "oriel/app/agent/agent_error.h"
#include "oriel/base/time.h"
#include "oriel/core/image/cursor.h"
#include "oriel/core/screen/screen.h"
#include "oriel/io/desktop/desktop.h"

namespace oriel::agent {

// New pixels are in the screen: `rects` (inside it, lent) have really changed.
struct ScreenChange {
  screen::Generation generation = 0;
  TimePoint at{};  // when they came
  std::span<const image::Rect> rects;
};

class AgentTargetListener {
 public:
  virtual ~AgentTargetListener() = default;
  virtual void screen_changed(const ScreenChange& change) = 0;
  // The pixels are as they were for the last time, perhaps.
  virtual void screen_changes_soon() {}
  // The screen is another object now, of another size; all of it is new. Generations go on.
  virtual void screen_resized() {}
  // A program of the desktop has copied something, in these formats.
  virtual void clipboard_changed(desktop::ClipboardFormats /*formats*/) {}
  virtual void bell_rang() {}
  // The desktop is gone for good, or until it is connected again; the last picture stays.
  virtual void target_lost(const AgentError& /*error*/) {}
  // A desktop that was lost is there again; its picture is complete.
  virtual void target_found() {}
};

class AgentTarget {
 public:
  virtual ~AgentTarget() = default;

  virtual boost::asio::any_io_executor executor() const = 0;
  // Nothing, or why nothing can be done now (kState, or how the connection was lost).
  virtual AgentStatus check() const = 0;

  // The same for input, which one that only looks on does not take (kState).
  virtual AgentStatus check_input() const { return check(); }

  // The picture as it is known now; lent until the loop goes on.
  virtual const screen::Screen& screen() const = 0;
  // The mouse cursor, which is never part of the pixels; null when it is not known or hidden.
  virtual const image::Cursor* cursor() const = 0;
  // Where the pointer was last put, or was said to be. Nothing while it was neither: it may be
  // anywhere.
  virtual std::optional<image::Point> pointer() const = 0;

  // Takes input for as long as check() is good; what is held is let go when the target goes.
  virtual desktop::InputSink& input() = 0;
  // Null: there is none.
  virtual desktop::Clipboard* clipboard() = 0;

  // Waits until all that the desktop had drawn before the call is in screen(): a sign of life,
  // which also an unchanged screen gives. kTimeout when there is none before `deadline`.
  virtual boost::asio::awaitable<AgentStatus> catch_up(TimePoint deadline) = 0;

  // A target with listeners keeps its screen current. They are told in the order in which they were
  // added, and may remove themselves while they are told.
  virtual void add_listener(AgentTargetListener& listener) = 0;
  virtual void remove_listener(AgentTargetListener& listener) = 0;
};

}  // namespace oriel::agent
