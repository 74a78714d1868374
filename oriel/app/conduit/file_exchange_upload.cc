// How a FileExchange sends a file by the methods of its peer.
#include <algorithm>
#include <utility>

#include "oriel/app/conduit/call_window.h"
#include "oriel/app/conduit/file_answers.h"
#include "oriel/app/conduit/file_chunks.h"
#include "oriel/app/conduit/file_exchange.h"
#include "oriel/app/conduit/file_source.h"
#include "oriel/app/conduit/map_members.h"

namespace oriel::conduit {
using boost::asio::awaitable;

awaitable<CallResult<TransferResult>> FileExchange::upload(std::shared_ptr<Connection> to,
                                                           std::string name,
                                                           OnProgress on_progress) {
  const auto self = shared_from_this();
  const auto began = Clock::now();
  auto source = co_await open_source_on(to, folder_, name);
  if (!source) co_return std::unexpected(std::move(source.error()));
  const bool is_oriel = to->program().is_oriel;
  Map request{{"filename", name}, {"size", source->size_bytes}, {"checksum", source->checksum}};
  if (is_oriel) request.set("chunk_size", options_.chunk_bytes);
  auto start = without_hidden_error(co_await to->async_call("file_upload_start", request));
  if (!start) co_return std::unexpected(std::move(start.error()));
  const auto id = text_in(*start, "transfer_id");
  const auto chunk = number_in(*start, "chunk_size", kFileChunkBytes);
  if (id.empty() || chunk == 0 || chunk > kFileChunkBytesMax)
    co_return std::unexpected(CallError{
        .code = CallCode::kInvalidValue,
        .message =
            "the peer's answer to file_upload_start has no usable transfer_id or chunk_size"});
  const auto total = chunks_of(source->size_bytes, chunk);
  const auto first = std::min(number_in(*start, "next_chunk", 0), total);

  TransferProgress progress{.filename = name,
                            .total_bytes = source->size_bytes,
                            .transferred_bytes = std::min(first * chunk, source->size_bytes)};
  // The real programs write chunks in the order in which they come, so there is one at a time.
  CallWindow window(to);
  std::optional<CallError> broken;
  for (auto index = first; index < total && !window.failure(); ++index) {
    auto bytes = co_await read_chunk_on(to, *source, index, chunk);
    if (!bytes) {
      broken = std::move(bytes.error());
      break;
    }
    const auto size = bytes->size();
    Map params{{"transfer_id", id}, {"chunk_index", index}};
    put_chunk(params, std::move(*bytes), is_oriel);
    window.call("file_upload_chunk", std::move(params),
                [&, size](const Value&) -> CallResult<void> {
                  progress.transferred_bytes += size;
                  progress.elapsed = Clock::now() - began;
                  if (on_progress) on_progress(progress);
                  return {};
                });
    co_await window.room(is_oriel ? kFileChunksAhead : 1);
  }
  co_await window.room(1);  // the answers refer to what is here
  if (window.failure()) broken = window.failure();
  if (broken) co_return std::unexpected(std::move(*broken));
  auto end = without_hidden_error(co_await to->async_call("file_upload_complete",
                                                          one_member("transfer_id", id),
                                                          {.timeout = std::chrono::minutes(10)}));
  if (!end) co_return std::unexpected(std::move(end.error()));
  const auto stored = text_in(*end, "filename");
  co_return TransferResult{.filename = stored.empty() ? name : stored,
                           .size_bytes = source->size_bytes,
                           .resumed_at_bytes = std::min(first * chunk, source->size_bytes),
                           .checksum = source->checksum,
                           .elapsed = Clock::now() - began};
}

}  // namespace oriel::conduit
