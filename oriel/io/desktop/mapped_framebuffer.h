#pragma once
// The live framebuffer of Xvfb -fbdir, mapped read-only: every pixel that the server draws is there
// at once. Nothing locks it; what is drawn while it is read is reported as damage afterwards.

#include <cstddef>
#include <string>

#include "oriel/base/result.h"
#include "oriel/core/image/frame_view.h"

namespace oriel::desktop {

// Movable; the owner's thread reads it.
class MappedFramebuffer {
 public:
  static Result<MappedFramebuffer> open(const std::string& path);
  MappedFramebuffer(MappedFramebuffer&& other) noexcept;
  MappedFramebuffer& operator=(MappedFramebuffer&&) = delete;
  ~MappedFramebuffer();

  // As large as the server was started, whatever RANDR says. Valid as long as this, also when the
  // server has gone.
  const image::FrameView& view() const { return view_; }

 private:
  MappedFramebuffer(void* memory, std::size_t bytes, image::FrameView view)
      : memory_(memory), bytes_(bytes), view_(view) {}

  void* memory_;
  std::size_t bytes_;
  image::FrameView view_;
};

}  // namespace oriel::desktop
