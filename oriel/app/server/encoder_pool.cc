#include "oriel/app/server/encoder_pool.h"

#include <cstring>

#include "oriel/core/rfb/constants.h"

namespace oriel::server {

Payload EncoderSet::encode(const image::FrameView& pixels, const Profile& profile) {
  const auto* encoding = profile.encoding;
  auto bytes = encode_in(*encoding, pixels, profile.format);
  const auto raw_size = static_cast<std::size_t>(pixels.size().area()) *
                        static_cast<std::size_t>(profile.format.bytes_per_pixel());
  if (bytes.size() > raw_size) {
    encoding = codec::find_encoding(rfb::kEncodingRaw);
    bytes = encode_in(*encoding, pixels, profile.format);
  }
  return {encoding, std::make_shared<const Bytes>(std::move(bytes))};
}

Bytes EncoderSet::encode_in(const codec::Encoding& encoding, const image::FrameView& pixels,
                            const image::PixelFormat& format) {
  auto& encoder = encoders_[&encoding];
  if (!encoder) encoder = encoding.make_encoder();
  Bytes bytes;
  encoder->encode(pixels, format, bytes);
  bytes.shrink_to_fit();
  return bytes;
}

EncoderPool::EncoderPool(int threads, Done done) : done_(std::move(done)) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

EncoderPool::~EncoderPool() {
  {
    std::lock_guard lock(mutex_);
    is_ending_ = true;
    queue_.clear();
  }
  wake_.notify_all();
  for (auto& thread : threads_) thread.join();
}

void EncoderPool::submit(EncodeJobPointer job, const screen::Screen& screen) {
  {
    std::lock_guard lock(mutex_);
    queue_.push_back({std::move(job), &screen});
  }
  wake_.notify_one();
}

void EncoderPool::commit(std::span<const screen::Patch> patches,
                         const std::function<void()>& commit) {
  std::lock_guard lock(mutex_);
  for (const auto& queued : queue_)
    for (const auto& patch : patches)
      if (!queued.job->is_copied && queued.job->key.rect.intersects(patch.rect))
        copy_pixels(queued);
  commit();
}

void EncoderPool::release() {
  std::lock_guard lock(mutex_);
  for (const auto& queued : queue_)
    if (!queued.job->is_copied) copy_pixels(queued);
}

void EncoderPool::copy_pixels(const Queued& queued) {
  const auto& rect = queued.job->key.rect;
  const auto source = queued.screen->view().crop(rect);
  queued.job->pixels = image::Frame(rect.size());
  const auto target = queued.job->pixels.mutable_view();
  for (int y = 0; y < rect.height; ++y)
    std::memcpy(target.row(y), source.row(y), std::size_t{4} * rect.width);
  queued.job->is_copied = true;
}

void EncoderPool::work() {
  EncoderSet encoders;
  while (true) {
    EncodeJobPointer job;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return is_ending_ || !queue_.empty(); });
      if (is_ending_) return;
      if (!queue_.front().job->is_copied) copy_pixels(queue_.front());
      job = std::move(queue_.front().job);
      queue_.pop_front();
    }
    auto payload = encoders.encode(job->pixels.view(), job->key.profile);
    job->pixels = {};
    done_(std::move(job), std::move(payload));
  }
}

}  // namespace oriel::server
