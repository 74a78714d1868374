#pragma once
// Keys and pointer for a server; remembers what is down, to let go of it. One strand owns it.

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "oriel/app/client/remote_link.h"
#include "oriel/io/desktop/desktop.h"

namespace oriel::client {

class RemoteInput final : public desktop::InputSink {
 public:
  // Null: everything is dropped. A new link knows nothing of what was down.
  void use(std::shared_ptr<RemoteLink> link);
  void set_view_only(bool is_view_only) { is_view_only_ = is_view_only; }
  // The server takes keys by their place too (QEMU extended key event).
  void use_scancodes(bool is_used) { uses_scancodes_ = is_used; }
  bool has_scancodes() const { return uses_scancodes_; }

  void key(std::uint32_t keysym, bool is_down) override;
  void key_with_scancode(std::uint32_t keysym, std::uint32_t scancode, bool is_down) override;
  void pointer(image::Point position, std::uint16_t buttons) override;
  // Nobody says what a server needs, and none is harmed by what all people do.
  bool wants_shift() const override { return true; }
  void flush() override;

  // Lets go of every key and button that is down.
  void release_all();

  // Nothing while neither we have put it anywhere nor the server has told.
  std::optional<image::Point> position() const { return position_; }
  // Somebody else has moved it.
  void set_position(image::Point position) { position_ = position; }

 private:
  void say_key(std::uint32_t keysym, std::uint32_t scancode, bool is_down);

  std::shared_ptr<RemoteLink> link_;
  bool is_view_only_ = false;
  bool uses_scancodes_ = false;
  std::set<std::pair<std::uint32_t, std::uint32_t>> held_;  // keysym and scancode; 0: without one
  std::uint16_t buttons_ = 0;
  std::optional<image::Point> position_;
};

}  // namespace oriel::client
