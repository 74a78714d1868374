#pragma once
// Another VNC server as a desktop: its picture, cursor, clipboard, name, bell and lights go to our
// viewers, their input goes to it.

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <string>

#include "oriel/app/client/remote_screen.h"
#include "oriel/io/desktop/damage_tracker.h"
#include "oriel/io/desktop/desktop.h"

namespace oriel::desktops {

// The network thread owns it.
class RemoteDesktop final : public desktop::Desktop,
                            private agent::AgentTargetListener,
                            private client::RemoteScreenObserver {
 public:
  RemoteDesktop(boost::asio::any_io_executor executor, client::ConnectionOptions options);
  ~RemoteDesktop() override;

  // To be connected before it is started.
  client::RemoteScreen& screen() { return screen_; }

  image::Size size() const override { return screen_.screen().size(); }
  std::string name() const override { return screen_.name(); }
  void start(desktop::DesktopListener& listener) override;
  std::vector<image::Rect> take_damage() override;
  // Calls `done` before it returns.
  void capture(std::span<const image::Rect> rects, desktop::CaptureDone done) override;
  bool can_resize() const override { return screen_.can_resize(); }
  void resize(image::Size size, std::move_only_function<void(Status)> done) override;
  desktop::InputSink& input() override { return screen_.input(); }
  desktop::Clipboard* clipboard() override { return screen_.clipboard(); }
  std::map<std::string, std::string> details() const override;

 private:
  void screen_changed(const agent::ScreenChange& change) override;
  void screen_resized() override;
  void clipboard_changed(desktop::ClipboardFormats formats) override;
  void bell_rang() override;
  void target_lost(const agent::AgentError& error) override;
  void remote_cursor_changed() override;
  void remote_pointer_moved(image::Point position) override;
  void remote_renamed(const std::string& name) override;
  void remote_leds_changed(std::uint8_t leds) override;
  void announce();

  client::RemoteScreen screen_;
  desktop::DamageTracker damage_;
  desktop::DesktopListener* listener_ = nullptr;
  bool is_announced_ = false;
};

}  // namespace oriel::desktops
