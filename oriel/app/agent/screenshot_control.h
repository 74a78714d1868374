#pragma once
// Pictures of the desktop for an agent.

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>

#include "oriel/app/agent/agent_parts.h"
#include "oriel/app/agent/coordinate_scale.h"
#include "oriel/app/agent/picture_file.h"
#include "oriel/core/image/frame.h"

namespace oriel::agent {

struct CaptureOptions {
  std::optional<image::Rect> region = {};  // the whole screen
  double scale = 1;                        // more than 0, at most 1
  int long_edge_px = 0;                    // the picture's at most; 0: as it comes
  bool has_cursor = false;                 // painted into it
  // Waits until all that was drawn before the call has come; else what is known now.
  bool is_current = true;
  milliseconds timeout = kCatchUpTimeout;
  milliseconds delay{};  // before it
};

struct Picture {
  image::Frame frame;
  image::Rect region;  // of the screen
  Mark mark;           // when it looked like this
  // Between places in `frame` and in `region`, both from their corners.
  CoordinateScale scale{image::Size{1, 1}};
};

struct SaveOptions {
  std::optional<PictureFormat> format = {};  // by the end of the path
  int quality = kJpegQuality;
};

// Lives as long as its agent, on the same loop.
class ScreenshotControl {
 public:
  template <typename T>
  using Awaitable = boost::asio::awaitable<AgentResult<T>>;

  explicit ScreenshotControl(AgentParts& parts) : parts_(parts) {}

  // Never waits for a change: an unchanged screen comes at once.
  Awaitable<Picture> capture(CaptureOptions options = {});
  Awaitable<Picture> capture_region(image::Rect region);
  // Into the bytes of a file, on another thread.
  static Awaitable<Bytes> encode(image::Frame frame, PictureFormat format,
                                 int quality = kJpegQuality);
  // The picture that it wrote. kInternal when the file cannot be written.
  Awaitable<Picture> save(std::string path, CaptureOptions options = {}, SaveOptions file = {});

 private:
  AgentParts& parts_;
};

// Makes or replaces a file. kInternal says why not.
AgentStatus write_file(const std::string& path, ByteSpan bytes);

}  // namespace oriel::agent
