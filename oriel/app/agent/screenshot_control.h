#pragma once
// Pictures of the desktop for an agent.

#include <boost/asio/awaitable.hpp>
#include <string>

#include "oriel/app/agent/agent_parts.h"
#include "oriel/app/agent/picture.h"

namespace oriel::agent {

// Lives as long as its agent, on the same loop.
class ScreenshotControl {
 public:
  template <typename T>
  using Awaitable = boost::asio::awaitable<AgentResult<T>>;

  explicit ScreenshotControl(AgentParts& parts) : parts_(parts) {}

  // Never waits for a change: an unchanged screen comes at once.
  Awaitable<Picture> capture(CaptureOptions options = {});
  Awaitable<Picture> capture_region(image::Rect region);
  // As the bytes of a file too, which another thread makes. Of PNGs of the whole screen only what
  // has changed since the last is compressed.
  Awaitable<PictureInFile> capture_file(CaptureOptions options, PictureFormat format,
                                        int quality = kPictureQuality);
  // The picture that it wrote. kInternal when the file cannot be written.
  Awaitable<Picture> save(std::string path, CaptureOptions options = {}, SaveOptions file = {});

 private:
  // With what is in it, if it is the whole screen and nothing else; else nothing.
  Awaitable<Picture> capture(CaptureOptions options, BandContents& contents);

  AgentParts& parts_;
};

// Makes or replaces a file. kInternal says why not.
AgentStatus write_file(const std::string& path, ByteSpan bytes);

}  // namespace oriel::agent
