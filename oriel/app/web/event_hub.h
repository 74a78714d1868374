#pragma once
// What happens in the server as server-sent events (HTML, "Server-sent events"): each reader gets
// the kinds that it asked for, conflated where they are many, and one that does not read is let go.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/json/fwd.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "oriel/app/api/backend.h"
#include "oriel/app/observe/log_tail.h"
#include "oriel/app/server/frame_pipeline.h"
#include "oriel/app/server/server_event.h"

namespace oriel::web {

// Lives on the network thread's loop.
class EventHub {
 public:
  // All outlive the hub; `log` may be null.
  EventHub(boost::asio::any_io_executor executor, server::EventBus& events,
           const api::Backend& backend, const observe::LogTail* log);
  ~EventHub();
  EventHub(const EventHub&) = delete;
  EventHub& operator=(const EventHub&) = delete;

  // There is a screen now; it outlives the hub.
  void watch(server::FramePipeline& frames);

  // kInvalid: an unknown kind; kRefused: one that needs another role; kTooLarge: kListenersMax
  // listen already.
  Result<std::shared_ptr<net::HttpBodyStream>> subscribe(const api::EventsRequest& request);
  // Shows a message to the page whose viewer has this tag. False: it does not listen.
  bool tell(std::string_view tag, std::string_view text);

  std::size_t listeners() const { return listeners_.size(); }

 private:
  enum Kind : std::uint16_t {
    kHello = 1 << 0,
    kViewerJoined = 1 << 1,
    kViewerLeft = 1 << 2,
    kResized = 1 << 3,
    kDamage = 1 << 4,
    kClipboard = 1 << 5,
    kControl = 1 << 6,
    kDesktop = 1 << 7,
    kMessage = 1 << 8,
    kViewers = 1 << 9,
    kLog = 1 << 10,
  };
  struct KindRow {
    std::string_view name;
    Kind kind;
    api::Role role;
    bool is_default;  // sent to who asks for no kinds
  };
  static const KindRow kKinds[];

  struct Listener {
    std::shared_ptr<net::HttpBodyStream> stream;
    std::uint16_t kinds = 0;
    std::string tag;
    std::uint64_t sent = 0;
    screen::Generation told = 0;  // of damage
    std::uint64_t log_lines = 0;  // told
  };
  using ListenerId = std::uint64_t;

  Result<std::uint16_t> kinds_of(const api::EventsRequest& request) const;
  void take(const server::HappenedEvent& event);
  void send(Listener& listener, Kind kind, const boost::json::value& data);
  void send_all(Kind kind, const boost::json::value& data);
  bool is_anyone(std::uint16_t kinds) const;
  boost::json::value hello() const;
  boost::json::value damage_since(screen::Generation told) const;
  void tell_damage();
  void send_log(Listener& listener);
  void tick();
  void set_timer();

  boost::asio::any_io_executor executor_;
  server::EventBus& events_;
  const api::Backend& backend_;
  const observe::LogTail* log_;
  server::FramePipeline* frames_ = nullptr;
  std::uint64_t subscription_;
  ListenerId last_id_ = 0;
  std::map<ListenerId, Listener> listeners_;
  bool is_damaged_ = false;
  boost::asio::steady_timer timer_;
  bool is_timer_set_ = false;
  TimePoint next_damage_{}, next_viewers_{}, next_log_{}, next_keep_alive_{};
  std::shared_ptr<bool> is_alive_ = std::make_shared<bool>(true);
};

}  // namespace oriel::web
