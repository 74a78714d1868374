#pragma once
// The desktop of a private Xvfb: its framebuffer is mapped, so a capture is a look into memory.

#include <memory>
#include <string>

#include "oriel/io/desktop/mapped_framebuffer.h"
#include "oriel/io/desktop/x11_source.h"

namespace oriel::desktop {

// A private X server that is ready.
struct HeadlessAddress {
  int display = 0;
  Cookie cookie{};
  std::string xauthority;   // path of a file that holds the cookie
  std::string framebuffer;  // path of the file of -fbdir
};

// The network thread owns it.
class HeadlessDesktop : public X11Source {
 public:
  // Shrinks (or grows, up to the size the server was started with) the screen to `geometry` first.
  // Waits for the server a few times: some milliseconds.
  static Result<std::unique_ptr<HeadlessDesktop>> open(boost::asio::io_context& io,
                                                       const HeadlessAddress& address,
                                                       image::Size geometry);

  // Calls `done` before it returns; the pixels are the live ones.
  void capture(std::span<const image::Rect> rects, CaptureDone done) override;
  std::map<std::string, std::string> details() const override;
  // Any size up to that of the mapped framebuffer.
  bool can_resize() const override { return true; }
  void resize(image::Size size, std::move_only_function<void(Status)> done) override;

 private:
  HeadlessDesktop(std::unique_ptr<X11Display> display, MappedFramebuffer framebuffer,
                  std::string xauthority);

  MappedFramebuffer framebuffer_;
  std::string xauthority_;
  std::vector<screen::Patch> patches_;
};

}  // namespace oriel::desktop
