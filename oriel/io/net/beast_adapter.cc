#include "oriel/io/net/beast_adapter.h"

#include <algorithm>

namespace oriel::net {

using boost::asio::awaitable;

void StreamBelow::keep_rest(std::span<const ByteSpan> pieces, std::size_t written) {
  for (auto piece : pieces) {
    const auto skipped = std::min(written, piece.size());
    written -= skipped;
    rest.insert(rest.end(), piece.begin() + static_cast<std::ptrdiff_t>(skipped), piece.end());
  }
}

Result<std::size_t> StreamBelow::try_read(std::span<std::uint8_t> into) {
  auto count = std::min(into.size(), already_read.size() - already_taken);
  if (count == 0) return stream->try_read(into);
  std::copy_n(already_read.begin() + static_cast<std::ptrdiff_t>(already_taken), count,
              into.begin());
  already_taken += count;
  if (already_taken == already_read.size()) already_read = {};
  return count;
}

awaitable<Result<std::size_t>> read_below(SharedBelow below, std::span<std::uint8_t> into) {
  co_return co_await below->stream->read_some(into);
}

namespace {

// Until nothing is left of a frame that was written past Beast.
awaitable<Status> flush(SharedBelow below) {
  while (below->is_flushing) co_await below->flushed.wait();
  if (below->rest.empty()) co_return Status{};
  below->is_flushing = true;
  Status status;
  std::size_t written = 0;
  while (status && written < below->rest.size()) {
    const ByteSpan piece = ByteSpan(below->rest).subspan(written);
    const auto count = co_await below->stream->write_some({&piece, 1});
    if (!count) status = std::unexpected(count.error());
    written += count.value_or(0);
  }
  below->rest.clear();
  below->is_flushing = false;
  below->flushed.notify();
  co_return status;
}

}  // namespace

awaitable<Result<std::size_t>> write_below(SharedBelow below, Pieces pieces) {
  if (auto status = co_await flush(below); !status) co_return std::unexpected(status.error());
  co_return co_await below->stream->write_some(pieces);
}

awaitable<Status> wait_below(SharedBelow below) {
  if (auto status = co_await flush(below); !status) co_return std::unexpected(status.error());
  co_return co_await below->stream->wait_writable();
}

}  // namespace oriel::net
