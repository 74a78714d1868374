// How a FileExchange fetches files of its peer.
#include <algorithm>
#include <deque>
#include <functional>
#include <utility>

#include "oriel/app/conduit/call_window.h"
#include "oriel/app/conduit/disk_work.h"
#include "oriel/app/conduit/file_answers.h"
#include "oriel/app/conduit/file_checksum.h"
#include "oriel/app/conduit/file_chunks.h"
#include "oriel/app/conduit/file_exchange.h"
#include "oriel/app/conduit/map_members.h"
#include "oriel/app/conduit/random_text.h"
#include "oriel/core/conduit/limits.h"

namespace oriel::conduit {
using boost::asio::awaitable;

awaitable<CallResult<TransferResult>> FileExchange::download(std::shared_ptr<Connection> from,
                                                             std::string name,
                                                             OnProgress on_progress) {
  const auto self = shared_from_this();
  const auto began = Clock::now();
  auto start = without_hidden_error(co_await from->async_call(
      "file_download_start", one_member("filename", name), {.timeout = std::chrono::minutes(10)}));
  if (!start) co_return std::unexpected(std::move(start.error()));
  const auto id = text_in(*start, "transfer_id");
  const auto chunk = number_in(*start, "chunk_size", kFileChunkBytes);
  const auto size = number_in(*start, "size", UINT64_MAX);
  // Of chunks that are too small there would be too many to keep count of.
  const auto chunk_min = std::clamp<std::uint64_t>(size, 1, kFileChunkBytesMin);
  if (id.empty() || chunk < chunk_min || chunk > kWirePayloadBytesMax)
    co_return std::unexpected(CallError{
        .code = CallCode::kInvalidValue,
        .message =
            "the peer's answer to file_download_start has no usable transfer_id or chunk_size"});
  // A real server says no checksum: then one cannot go on where another ended, nor check.
  const auto told = text_in(*start, "checksum");
  const FileAnnouncement announced{
      .filename = name,
      .size_bytes = size,
      .checksum = is_checksum(told) ? std::optional(told) : std::nullopt,
      .chunk_bytes = chunk,
      .sender = is_checksum(told) ? "" : id};
  // Locals of their own, here and below: g++ 12 would destroy temporaries of a co_await twice.
  std::function<CallResult<ReceivingPointer>()> begin = [self, announced] {
    return self->begin_receiving(announced, random_uuid());
  };
  auto begun = co_await on_disk(from, begin);
  if (!begun) co_return std::unexpected(std::move(begun.error()));
  const auto receiving = *begun;
  const auto first = receiving->next_chunk();
  TransferProgress progress{
      .filename = name,
      .total_bytes = receiving->announced().size_bytes,
      .transferred_bytes = std::min(first * chunk, receiving->announced().size_bytes)};
  const bool is_oriel = from->program().is_oriel;
  // Chunks that have come, until they are written.
  std::deque<std::pair<std::uint64_t, Bytes>> landed;
  CallWindow window(from);
  for (auto index = first; index < receiving->total_chunks() && !window.failure(); ++index) {
    Map params{{"transfer_id", id}, {"chunk_index", index}};
    if (is_oriel) params.set("as_bytes", true);
    window.call("file_download_chunk", std::move(params),
                [&, index](const Value& data) -> CallResult<void> {
                  auto bytes = chunk_bytes(data);
                  if (!bytes) return std::unexpected(std::move(bytes.error()));
                  landed.emplace_back(index, std::move(*bytes));
                  return {};
                });
    co_await window.room(index + 1 < receiving->total_chunks() ? kFileChunksAhead : 1);
    while (!landed.empty() && !window.failure()) {
      auto chunk_at = std::move(landed.front());
      landed.pop_front();
      const auto bytes = chunk_at.second.size();
      std::function<CallResult<void>()> write = [receiving, landing = std::move(chunk_at)] {
        return receiving->write(landing.first, landing.second);
      };
      auto written = co_await on_disk(from, write);
      if (!written) window.fail(std::move(written.error()));
      progress.transferred_bytes += bytes;
      progress.elapsed = Clock::now() - began;
      if (written && on_progress) on_progress(progress);
    }
  }
  co_await window.room(1);
  if (window.failure()) co_return std::unexpected(*window.failure());
  std::function<CallResult<ReceivedFile>()> end = [self, receiving] {
    return self->finish(receiving);
  };
  auto file = co_await on_disk(from, end);
  if (!file) co_return std::unexpected(std::move(file.error()));
  co_return TransferResult{.filename = file->filename,
                           .size_bytes = file->size_bytes,
                           .resumed_at_bytes = std::min(first * chunk, file->size_bytes),
                           .checksum = file->checksum,
                           .elapsed = Clock::now() - began};
}

awaitable<CallResult<std::vector<files::ListedFile>>> FileExchange::list(
    std::shared_ptr<Connection> of) {
  auto answer = without_hidden_error(co_await of->async_call("file_list"));
  if (!answer) co_return std::unexpected(std::move(answer.error()));
  std::vector<files::ListedFile> listed;
  const auto* rows = answer->find("files");
  if (rows != nullptr && rows->if_array() != nullptr)
    for (const auto& row : *rows->if_array())
      listed.push_back({text_in(row, "name"), number_in(row, "size", 0)});
  co_return listed;
}

}  // namespace oriel::conduit
