#include "oriel/app/server/encoder_pool.h"

#include <cstring>

namespace oriel::server {

Bytes EncoderSet::encode(const image::FrameView& pixels, const Profile& profile) {
  auto& encoder = encoders_[profile.encoding];
  if (!encoder) encoder = profile.encoding->make_encoder();
  Bytes payload;
  encoder->encode(pixels, profile.format, payload);
  payload.shrink_to_fit();
  return payload;
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
    auto payload =
        std::make_shared<const Bytes>(encoders.encode(job->pixels.view(), job->key.profile));
    job->pixels = {};
    done_(std::move(job), std::move(payload));
  }
}

}  // namespace oriel::server
