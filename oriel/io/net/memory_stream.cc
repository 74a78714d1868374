#include "oriel/io/net/memory_stream.h"

#include <algorithm>

#include "oriel/base/check.h"
#include "oriel/io/net/wake_event.h"

namespace oriel::net {
namespace {

using boost::asio::awaitable;

// One direction.
struct Pipe {
  Pipe(const boost::asio::any_io_executor& executor, std::size_t capacity)
      : capacity_bytes(capacity), changed(executor) {}

  std::size_t capacity_bytes;
  Bytes bytes;
  bool is_ended = false;   // the writer sends no more
  bool is_broken = false;  // the reader has gone
  WakeEvent changed;
};

std::unexpected<Error> closed() { return fail(ErrorCode::kClosed, "the peer closed the stream"); }

class MemoryStream final : public Stream {
 public:
  MemoryStream(std::shared_ptr<Pipe> in, std::shared_ptr<Pipe> out)
      : in_(std::move(in)), out_(std::move(out)) {}
  ~MemoryStream() override { close(); }

  awaitable<Result<std::size_t>> read_some(std::span<std::uint8_t> into) override {
    ORIEL_CHECK(!into.empty());
    for (auto pipe = in_;;) {
      auto count = try_read(into);
      if (!count || *count > 0) co_return count;
      co_await pipe->changed.wait();
    }
  }

  Result<std::size_t> try_read(std::span<std::uint8_t> into) override {
    if (is_closed_) return closed();
    auto count = std::min(into.size(), in_->bytes.size());
    if (count == 0 && in_->is_ended) return closed();
    std::copy_n(in_->bytes.begin(), count, into.begin());
    in_->bytes.erase(in_->bytes.begin(), in_->bytes.begin() + static_cast<std::ptrdiff_t>(count));
    if (count > 0) in_->changed.notify();
    return count;
  }

  awaitable<Result<std::size_t>> write_some(std::span<const ByteSpan> pieces) override {
    for (auto pipe = out_;;) {
      auto count = try_write(pieces);
      if (!count || *count > 0) co_return count;
      co_await pipe->changed.wait();
    }
  }

  Result<std::size_t> try_write(std::span<const ByteSpan> pieces) override {
    ORIEL_CHECK(!pieces.empty() && pieces.size() <= kMaxWritePieces);
    if (is_closed_ || out_->is_broken || out_->is_ended) return closed();
    std::size_t total = 0;
    for (auto piece : pieces) {
      auto count = std::min(piece.size(), out_->capacity_bytes - out_->bytes.size());
      out_->bytes.insert(out_->bytes.end(), piece.begin(),
                         piece.begin() + static_cast<std::ptrdiff_t>(count));
      total += count;
    }
    if (total > 0) out_->changed.notify();
    return total;
  }

  awaitable<Status> wait_writable() override {
    for (auto pipe = out_;;) {
      if (is_closed_ || out_->is_broken) co_return closed();
      if (is_writable_now()) co_return Status{};
      co_await pipe->changed.wait();
    }
  }

  bool is_writable_now() const override {
    return !is_closed_ && out_->bytes.size() < out_->capacity_bytes;
  }

  awaitable<void> shutdown_send() override {
    out_->is_ended = true;
    out_->changed.notify();
    co_return;
  }

  std::size_t unsent_bytes() const override { return out_->bytes.size(); }

  void close() override {
    if (is_closed_) return;
    is_closed_ = true;
    if (!in_->bytes.empty()) out_->bytes.clear();
    in_->is_broken = true;
    out_->is_ended = true;
    in_->changed.notify();
    out_->changed.notify();
  }

  std::string peer() const override { return "memory"; }
  bool is_private() const override { return true; }

 private:
  std::shared_ptr<Pipe> in_;
  std::shared_ptr<Pipe> out_;
  bool is_closed_ = false;
};

}  // namespace

std::pair<StreamPointer, StreamPointer> make_memory_streams(
    const boost::asio::any_io_executor& executor, std::size_t capacity_bytes) {
  ORIEL_CHECK(capacity_bytes > 0);
  auto there = std::make_shared<Pipe>(executor, capacity_bytes);
  auto back = std::make_shared<Pipe>(executor, capacity_bytes);
  return {std::make_unique<MemoryStream>(back, there), std::make_unique<MemoryStream>(there, back)};
}

}  // namespace oriel::net
