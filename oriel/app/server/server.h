#pragma once
// The server: doors, desktop, pipelines and viewers put together. Everything lives on one loop.

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "oriel/app/config/settings.h"
#include "oriel/app/observe/log.h"
#include "oriel/app/observe/metrics.h"
#include "oriel/app/server/access.h"
#include "oriel/app/server/clipboard_hub.h"
#include "oriel/app/server/control.h"
#include "oriel/app/server/frame_pipeline.h"
#include "oriel/app/server/http_api.h"
#include "oriel/app/server/input_pipeline.h"
#include "oriel/app/server/lockout.h"
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
  std::string http_address() const { return http_listener_ ? http_listener_->address() : ""; }

  std::string health_json() const;
  // After serve().
  FramePipeline& frames() { return show_->frames; }
  observe::Metrics& metrics() { return metrics_; }
  EventBus& events() { return events_; }
  // After serve(): what went over the clipboard.
  const clipboard::Clipboard& clipboard() const { return clipboard_->record(); }
  // Sends a viewer away; false when there is none of that id.
  bool kick(ViewerId viewer, std::string_view reason);

 private:
  // What exists once there is a desktop.
  struct Show {
    desktop::Desktop& desktop;
    FramePipeline frames;
    InputPipeline input;
  };

  void accept(net::StreamPointer stream);
  Viewer::Callbacks callbacks();
  std::string refusal_for(std::string_view peer) const;
  void viewer_joined(Viewer& viewer);
  void viewer_ended(Viewer& viewer, const Error& reason);
  bool may_act(Viewer& viewer);
  void resize(Viewer& viewer, image::Size size, std::function<void(Status)> done);
  ResizeCause resize_cause(const Viewer& viewer) const;
  void tell_control();
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
  void desktop_clipboard_changed(desktop::ClipboardFormats formats) override;
  void desktop_pointer_moved(image::Point position) override;

  boost::asio::io_context& io_;
  const config::Settings& settings_;
  observe::Logger logger_;
  observe::Metrics metrics_;
  TimePoint started_;
  std::string name_;
  Access access_;
  Lockout lockout_;
  Control control_;
  ViewerId told_owner_ = 0;  // who has control, as far as the viewers know
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
  HttpApi http_api_;
  std::optional<net::HttpServer> http_;
  std::unique_ptr<net::TcpListener> vnc_;
  std::unique_ptr<net::TcpListener> http_listener_;
  std::unique_ptr<Show> show_;
  std::optional<ClipboardHub> clipboard_;  // as long as show_
  ViewerId next_id_ = 1;
  std::uint64_t refused_requests_ = 0;
  std::map<ViewerId, std::shared_ptr<Viewer>> viewers_;
  std::function<void(const Error&)> desktop_lost_;
  std::function<void()> desktop_found_;
  std::optional<std::string> lost_reason_;  // while the desktop is gone
  std::function<void()> stopped_;
};

}  // namespace oriel::server
