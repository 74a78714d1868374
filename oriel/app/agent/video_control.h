#pragma once
// Records the desktop as pictures with times, and writes them as files: picture by picture, or as a
// film by the program ffmpeg.

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <string>

#include "oriel/app/agent/agent_parts.h"
#include "oriel/app/agent/picture_file.h"
#include "oriel/app/agent/recording.h"

namespace oriel::agent {

// Lives as long as its agent, on the same loop.
class VideoControl {
 public:
  template <typename T>
  using Awaitable = boost::asio::awaitable<AgentResult<T>>;

  explicit VideoControl(AgentParts& parts) : parts_(parts) {}
  ~VideoControl();
  VideoControl(const VideoControl&) = delete;
  VideoControl& operator=(const VideoControl&) = delete;

  // kState when it is recording already.
  AgentStatus start(VideoOptions options = {});
  // kState when it is not recording.
  AgentResult<Recording> stop();
  bool is_recording() const { return recorder_ != nullptr; }

  Awaitable<Recording> record(milliseconds duration, VideoOptions options = {});
  // Until `is_over` says so, asked at each frame, or for `duration`.
  Awaitable<Recording> record_until(std::function<bool()> is_over, milliseconds duration,
                                    VideoOptions options = {});

  // FOLDER/PREFIX_000000.png and so on. The folder must exist. How many it wrote.
  static Awaitable<std::size_t> save_frames(Recording recording, std::string folder,
                                            std::string prefix = "frame",
                                            PictureFormat format = PictureFormat::kPng);
  // By ffmpeg, which knows the format by the end of the path. kInternal when it is not installed
  // or fails.
  static Awaitable<void> save_video(Recording recording, std::string path);

 private:
  struct Recorder;
  static boost::asio::awaitable<void> run(std::shared_ptr<Recorder> recorder);

  AgentParts& parts_;
  std::shared_ptr<Recorder> recorder_;
};

}  // namespace oriel::agent
