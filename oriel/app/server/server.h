#pragma once
// The server: the RFB door, desktop, pipelines and viewers put together. Everything lives on one
// loop.

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "oriel/app/config/settings.h"
#include "oriel/app/net/lockout.h"
#include "oriel/app/observe/log.h"
#include "oriel/app/observe/metrics.h"
#include "oriel/app/server/access.h"
#include "oriel/app/server/clipboard_hub.h"
#include "oriel/app/server/control.h"
#include "oriel/app/server/frame_pipeline.h"
#include "oriel/app/server/input_pipeline.h"
#include "oriel/app/server/server_event.h"
#include "oriel/app/server/viewer.h"
#include "oriel/io/net/tcp_listener.h"

namespace oriel::server {

class Server : private desktop::DesktopListener {
 public:
  // `io` must outlive the server.
  Server(boost::asio::io_context& io, const config::Settings& settings, observe::Logger logger);
  ~Server() override;

  // Opens the doors; who comes before the desktop is there is sent away (/healthz says "starting").
  // An error is one sentence for the user, and exit code 2.
  Status listen();
  // Shows `desktop`, which must outlive the server. Called once.
  void serve(desktop::Desktop& desktop);
  // Called when the source of pixels is gone; viewers keep the last picture.
  void on_desktop_lost(std::function<void(const Error&)> lost) { desktop_lost_ = std::move(lost); }
  // Called when it is there again.
  void on_desktop_found(std::function<void()> found) { desktop_found_ = std::move(found); }
  // Closes the doors and says goodbye to all; `stopped` is called when the last one has gone.
  void stop(std::function<void()> stopped);

  // Where the doors really are: "127.0.0.1:5900"; empty when closed.
  std::string vnc_address() const { return vnc_ ? vnc_->address() : ""; }

  std::string health_json() const;
  // After serve().
  FramePipeline& frames() { return show_->frames; }
  observe::Metrics& metrics() { return metrics_; }
  EventBus& events() { return events_; }
  // After serve(): what went over the clipboard.
  const clipboard::Clipboard& clipboard() const { return clipboard_->record(); }
  // Takes a connection that speaks RFB.
  void accept(net::StreamPointer stream, Arrival arrival = {});
  // Sends a viewer away; false when there is none of that id.
  bool kick(ViewerId viewer, std::string_view reason);
  // Shows `text` in the title of a viewer's window for a while; false when there is none.
  bool tell(ViewerId viewer, std::string_view text);
  // The log-in of that number has ended, and so have the viewers that came by it.
  void end_log_in(std::uint64_t log_in);

  const std::string& name() const { return name_; }
  // Before serve() there is none.
  bool has_desktop() const { return show_ != nullptr; }
  // Why the desktop is gone; null while it is there.
  const std::string* lost_reason() const { return lost_reason_ ? &*lost_reason_ : nullptr; }
  const std::map<ViewerId, std::shared_ptr<Viewer>>& viewers() const { return viewers_; }
  net::Lockout& lockout() { return lockout_; }
  // After serve().
  desktop::Desktop& desktop() { return show_->desktop; }
  InputPipeline& input() { return show_->input; }
  ClipboardHub& clipboard_hub() { return *clipboard_; }

  // A number for who acts without being a viewer.
  ViewerId new_id() { return next_id_++; }
  // Whether the input of `actor` counts now; it has control then, where one at a time has it.
  bool may_act(ViewerId actor);
  std::optional<ViewerId> control_owner() const { return control_.owner(Clock::now()); }
  void give_control(ViewerId viewer);
  void release_control(ViewerId viewer);
  // kUnavailable while another resize is under way.
  void resize_desktop(image::Size size, std::function<void(Status)> done);

 private:
  // What exists once there is a desktop.
  struct Show {
    desktop::Desktop& desktop;
    FramePipeline frames;
    InputPipeline input;
  };

  rfb::SecurityServerConfig security_for(const Arrival& arrival) const;
  Viewer::Callbacks callbacks();
  std::string refusal_for(std::string_view peer) const;
  void viewer_joined(Viewer& viewer);
  void viewer_ended(Viewer& viewer, const Error& reason);
  void resize(Viewer& viewer, image::Size size, std::function<void(Status)> done);
  ResizeCause resize_cause(const Viewer& viewer) const;
  void tell_control();
  void let_go_for(ViewerId owner);
  // What the window of a viewer is called: who has control, and whether there is a desktop.
  std::string title_for(ViewerId viewer) const;
  void tell_titles();
  std::vector<rfb::ScreenLayout> screens() const;
  ClipboardHubConfig clipboard_config();

  // What the frame pipeline passes on.
  void desktop_damaged() override {}
  void desktop_resized(image::Size size) override;
  void desktop_lost(const Error& error) override;
  void desktop_found_again() override;
  void desktop_screens_changed() override;
  void desktop_leds_changed(std::uint8_t leds) override;
  void desktop_bell() override;
  void desktop_renamed() override;
  void desktop_clipboard_changed(desktop::ClipboardFormats formats) override;
  void desktop_pointer_moved(image::Point position) override;

  boost::asio::io_context& io_;
  const config::Settings& settings_;
  observe::Logger logger_;
  observe::Metrics metrics_;
  TimePoint started_;
  std::string name_;
  Access access_;
  net::Lockout lockout_;
  Control control_;
  ViewerId told_owner_ = 0;  // who has control, as far as the viewers know
  ViewerId last_owner_ = 0;  // whose keys and buttons may be down, where one at a time has control
  boost::asio::steady_timer control_timer_;
  EventBus events_;
  // Who asked for the size that the desktop is about to have.
  struct ResizeWish {
    ViewerId viewer;
    image::Size size;
  };
  std::optional<ResizeWish> resize_wish_;
  bool is_resizing_ = false;
  std::uint8_t leds_ = 0;
  std::unique_ptr<net::TcpListener> vnc_;
  std::unique_ptr<Show> show_;
  std::optional<ClipboardHub> clipboard_;  // as long as show_
  ViewerId next_id_ = 1;
  std::map<ViewerId, std::shared_ptr<Viewer>> viewers_;
  std::function<void(const Error&)> desktop_lost_;
  std::function<void()> desktop_found_;
  std::optional<std::string> lost_reason_;  // while the desktop is gone
  std::function<void()> stopped_;
};

}  // namespace oriel::server
