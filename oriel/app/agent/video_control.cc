#include "oriel/app/agent/video_control.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <cmath>
#include <utility>

#include "oriel/app/agent/elsewhere.h"
#include "oriel/app/agent/screenshot_control.h"
#include "oriel/app/agent/waits.h"
#include "oriel/io/programs/program.h"

namespace oriel::agent {

using boost::asio::awaitable;
using image::Rect;

namespace {

constexpr auto kEncodeTime = std::chrono::minutes(10);

Duration interval_of(double frames_per_second) {
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(1 / frames_per_second));
}

AgentStatus ffmpeg_failed(const Error& error) {
  if (error.code == ErrorCode::kUnavailable)
    return failure(ErrorKind::kInternal,
                   fmt::format("films are written by the program ffmpeg, which must be installed; "
                               "pictures can be saved without it: {}",
                               error.message));
  return failure(ErrorKind::kInternal, "ffmpeg: " + error.message);
}

std::string last_line(std::string_view text) {
  text = text.substr(0, text.find_last_not_of("\r\n") + 1);
  return std::string(text.substr(text.rfind('\n') + 1));
}

// Blocks until ffmpeg has ended.
AgentStatus write_video(const Recording& recording, const std::string& path) {
  if (recording.frames.empty()) return failure(ErrorKind::kInput, "the recording has no pictures");
  const auto size = recording.frames.front().picture->size();
  const auto deadline = Clock::now() + kEncodeTime;
  // Most encoders want even sizes.
  auto program = programs::Program::start(
      {"ffmpeg", "-y", "-loglevel", "error", "-f", "rawvideo", "-pixel_format", "bgr0",
       "-video_size", fmt::format("{}x{}", size.width, size.height), "-framerate",
       fmt::format("{:.6g}", recording.frames_per_second), "-i", "-", "-vf",
       "pad=ceil(iw/2)*2:ceil(ih/2)*2", "-pix_fmt", "yuv420p", path});
  if (!program) return ffmpeg_failed(program.error());
  for (const auto& frame : recording.frames) {
    const auto view = frame.picture->view();
    const ByteSpan bytes(view.data, 4 * static_cast<std::size_t>(view.size().area()));
    auto written = (*program)->write(bytes, deadline);
    if (!written && written.error().code == ErrorCode::kClosed) break;  // its end says why
    if (!written) return ffmpeg_failed(written.error());
  }
  const auto end = (*program)->finish(deadline);
  if (!end) return ffmpeg_failed(end.error());
  if (end->exit_code == 0) return {};
  return failure(ErrorKind::kInternal, fmt::format("ffmpeg ended with exit code {}: {}",
                                                   end->exit_code, last_line(end->complaint)));
}

AgentResult<std::size_t> write_frames(const Recording& recording, const std::string& folder,
                                      const std::string& prefix, PictureFormat format) {
  std::shared_ptr<const image::Frame> known;
  Bytes file;
  std::size_t count = 0;
  for (const auto& frame : recording.frames) {
    if (frame.picture != std::exchange(known, frame.picture)) {
      ORIEL_TRY(file, write_picture(frame.picture->view(), format));
    }
    ORIEL_TRY_VOID(
        write_file(fmt::format("{}/{}_{:06}.{}", folder, prefix, count, name_of(format)), file));
    ++count;
  }
  return count;
}

}  // namespace

// Shared with the coroutine that takes the frames, which outlives a recording by one frame.
struct VideoControl::Recorder {
  AgentParts& parts;
  VideoOptions options;
  Rect region;
  TimePoint begun;
  bool is_over = false;
  int resizes = 0;
  screen::Generation generation = 0;  // of the last picture
  std::size_t bytes = 0;
  Recording recording = {};

  void end(std::string why) {
    recording.ended = std::move(why);
    is_over = true;
  }

  void take_frame(TimePoint at) {
    auto& target = parts.target;
    if (auto status = target.check(); !status) return end(status.error().message);
    if (parts.log.resizes() != resizes) return end("the screen has another size");
    const auto newest = target.screen().content_generation(region);
    auto& frames = recording.frames;
    if (frames.empty() || newest > generation) {
      bytes += 4 * static_cast<std::size_t>(region.area());
      if (bytes > options.bytes_max)
        return end(fmt::format("the pictures are more than {} bytes", options.bytes_max));
      frames.push_back({at - begun, std::make_shared<const image::Frame>(
                                        copy_of(target.screen().view(), region))});
      generation = std::max(newest, target.screen().generation());
    } else {
      frames.push_back({at - begun, frames.back().picture});
    }
  }
};

VideoControl::~VideoControl() {
  if (recorder_) recorder_->is_over = true;
}

awaitable<void> VideoControl::run(std::shared_ptr<Recorder> recorder) {
  const auto executor = recorder->parts.target.executor();
  const auto interval = interval_of(recorder->options.frames_per_second);
  for (auto next = recorder->begun + interval;; next += interval) {
    co_await sleep_until(executor, next);
    // The target may be gone when it is over.
    if (recorder->is_over) co_return;
    recorder->take_frame(next);
  }
}

AgentStatus VideoControl::start(VideoOptions options) {
  if (recorder_) return failure(ErrorKind::kState, "it is recording already");
  ORIEL_TRY_VOID(parts_.target.check());
  if (!(options.frames_per_second > 0 && options.frames_per_second <= kVideoRateMax))
    return failure(ErrorKind::kInput,
                   fmt::format("{} frames per second, more than 0 and at most {} are possible",
                               options.frames_per_second, kVideoRateMax));
  ORIEL_TRY(const auto region, Waits(parts_.target, parts_.log).region_of(options.region));
  recorder_ = std::make_shared<Recorder>(parts_, options, region, Clock::now());
  recorder_->resizes = parts_.log.resizes();
  recorder_->recording.frames_per_second = options.frames_per_second;
  recorder_->take_frame(recorder_->begun);
  boost::asio::co_spawn(parts_.target.executor(), run(recorder_), boost::asio::detached);
  return {};
}

AgentResult<Recording> VideoControl::stop() {
  if (!recorder_) return failure(ErrorKind::kState, "it is not recording");
  const auto recorder = std::exchange(recorder_, nullptr);
  recorder->is_over = true;
  recorder->recording.duration = Clock::now() - recorder->begun;
  return std::move(recorder->recording);
}

VideoControl::Awaitable<Recording> VideoControl::record(milliseconds duration,
                                                        VideoOptions options) {
  return record_until([] { return false; }, duration, std::move(options));
}

VideoControl::Awaitable<Recording> VideoControl::record_until(std::function<bool()> is_over,
                                                              milliseconds duration,
                                                              VideoOptions options) {
  if (duration < milliseconds::zero() || duration > kDurationMax)
    co_return failure(ErrorKind::kInput, fmt::format("a recording of {}, at most {} is possible",
                                                     shown(duration), shown(kDurationMax)));
  const auto executor = parts_.target.executor();
  const auto begun = Clock::now();
  if (auto status = start(options); !status) co_return std::unexpected(status.error());
  const auto interval = interval_of(options.frames_per_second);
  for (auto next = begun; next < begun + duration && !is_over();) {
    next = std::min(next + interval, begun + duration);
    co_await sleep_until(executor, next);
    if (!recorder_) co_return failure(ErrorKind::kState, "the recording was stopped elsewhere");
    if (recorder_->is_over) break;
  }
  co_return stop();
}

VideoControl::Awaitable<std::size_t> VideoControl::save_frames(Recording recording,
                                                               std::string folder,
                                                               std::string prefix,
                                                               PictureFormat format) {
  std::function<AgentResult<std::size_t>()> work = [recording = std::move(recording), folder,
                                                    prefix, format] {
    return write_frames(recording, folder, prefix, format);
  };
  return elsewhere(std::move(work));
}

VideoControl::Awaitable<void> VideoControl::save_video(Recording recording, std::string path) {
  std::function<AgentStatus()> work = [recording = std::move(recording), path] {
    return write_video(recording, path);
  };
  return elsewhere(std::move(work));
}

}  // namespace oriel::agent
