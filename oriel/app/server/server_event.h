#pragma once
// What happens in a server, for whoever wants to know: the log, the web app, an audit. One place to
// subscribe.

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <variant>

#include "oriel/app/server/input_pipeline.h"
#include "oriel/core/image/rect.h"

namespace oriel::server {

struct ViewerJoined {
  ViewerId viewer;
  std::string peer;
  bool is_view_only;
};
struct ViewerLeft {
  ViewerId viewer;
  std::string reason;
};
struct DesktopResized {
  image::Size size;
};
// `owner` is 0 when nobody has control any more.
struct ControlChanged {
  ViewerId owner;
};
// The content is asked for where it is needed; it may be secret.
struct ClipboardChanged {
  bool is_by_viewer;
};
struct DesktopLost {
  std::string reason;
};

// Its source is there again.
struct DesktopFound {};

using HappenedEvent = std::variant<ViewerJoined, ViewerLeft, DesktopResized, ControlChanged,
                                   ClipboardChanged, DesktopLost, DesktopFound>;

// The network thread owns it; subscribers are called there, in order, and may not throw.
class EventBus {
 public:
  using Subscriber = std::function<void(const HappenedEvent&)>;

  std::uint64_t subscribe(Subscriber subscriber) {
    subscribers_[++last_] = std::move(subscriber);
    return last_;
  }
  void unsubscribe(std::uint64_t subscription) { subscribers_.erase(subscription); }

  void publish(const HappenedEvent& event) const {
    // A copy: a subscriber may unsubscribe itself.
    for (const auto& [id, subscriber] : std::map(subscribers_)) subscriber(event);
  }

 private:
  std::uint64_t last_ = 0;
  std::map<std::uint64_t, Subscriber> subscribers_;
};

}  // namespace oriel::server
