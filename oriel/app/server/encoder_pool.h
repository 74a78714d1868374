#pragma once
// Threads that encode. A job holds a rectangle of the screen and gets its pixels when a thread has
// time, or earlier when a commit is about to overwrite them: so a payload has exactly the pixels of
// its generation, and a commit never waits for an encoder.

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "oriel/app/server/payload.h"
#include "oriel/core/image/frame.h"
#include "oriel/core/screen/screen.h"

namespace oriel::server {

// Encoders by encoding, made when first needed. One thread owns it.
class EncoderSet {
 public:
  // In the encoding of `profile`, or in Raw, which every viewer takes, where that is shorter: RRE
  // of a photograph is three times as long.
  Payload encode(const image::FrameView& pixels, const Profile& profile);

 private:
  Bytes encode_in(const codec::Encoding& encoding, const image::FrameView& pixels,
                  const image::PixelFormat& format);

  std::map<const codec::Encoding*, std::unique_ptr<codec::Encoder>> encoders_;
};

// One rectangle to be encoded. `pixels` and `is_copied` are guarded by the pool's lock; a job that
// has other pixels than the screen is submitted with them.
struct EncodeJob {
  PayloadKey key;
  image::Frame pixels;
  bool is_copied = false;
};
using EncodeJobPointer = std::shared_ptr<EncodeJob>;

class EncoderPool {
 public:
  // `done` is called on an encoder thread for each finished job.
  using Done = std::function<void(EncodeJobPointer, Payload)>;

  EncoderPool(int threads, Done done);
  // Finishes the jobs under way, drops the others.
  ~EncoderPool();

  // The owner of the screen (the network thread):
  // Queues a job whose pixels stand in `screen` now. `screen` must live until release() or the
  // pool's end.
  void submit(EncodeJobPointer job, const screen::Screen& screen);
  // Runs `commit`, which overwrites pixels of `screen` inside `patches`: jobs that still need those
  // get them first.
  void commit(std::span<const screen::Patch> patches, const std::function<void()>& commit);
  // Copies what every queued job needs: its screen is about to go.
  void release();

 private:
  struct Queued {
    EncodeJobPointer job;
    const screen::Screen* screen;
  };

  void work();
  static void copy_pixels(const Queued& queued);

  Done done_;
  std::mutex mutex_;  // guards everything below, the jobs in `queue_`, and the pixels of the
                      // screens against commits
  std::condition_variable wake_;
  std::deque<Queued> queue_;
  bool is_ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace oriel::server
