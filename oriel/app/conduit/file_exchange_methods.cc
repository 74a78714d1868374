// The methods by which peers send files here and fetch them.
#include <algorithm>
#include <chrono>
#include <utility>

#include "oriel/app/conduit/binding.h"
#include "oriel/app/conduit/file_answers.h"
#include "oriel/app/conduit/file_chunks.h"
#include "oriel/app/conduit/file_documents.h"
#include "oriel/app/conduit/file_exchange.h"
#include "oriel/app/conduit/file_source.h"
#include "oriel/app/conduit/random_text.h"
#include "oriel/core/crypto/base64.h"

namespace oriel::conduit {

void FileExchange::serve_uploads(Dispatcher& dispatcher) {
  const auto self = shared_from_this();
  dispatcher.add_method(make_method(
      "file_upload_start",
      [self](Context& context, std::string filename, std::uint64_t size, std::string checksum,
             std::optional<std::uint64_t> chunk_size) -> CallResult<UploadStart> {
        const auto chunk = std::clamp(chunk_size.value_or(self->options_.chunk_bytes),
                                      kFileChunkBytesMin, kFileChunkBytesMax);
        auto begun = self->begin_receiving({.filename = std::move(filename),
                                            .size_bytes = size,
                                            .checksum = std::move(checksum),
                                            .chunk_bytes = chunk,
                                            .sender = context.identity()},
                                           random_uuid());
        if (!begun) return std::unexpected(std::move(begun.error()));
        return UploadStart{.transfer_id = (*begun)->id(),
                           .chunk_size = chunk,
                           .total_chunks = (*begun)->total_chunks(),
                           .next_chunk = (*begun)->next_chunk()};
      },
      {.parameters = {"filename", "size", "checksum", "chunk_size"},
       .description = "Begins to send a file here, or goes on with one that was cut off.",
       .role = options_.role}));
  dispatcher.add_method(make_method(
      "file_upload_chunk",
      [self](std::string transfer_id, std::uint64_t chunk_index,
             std::optional<std::string> data_b64,
             std::optional<Bytes> data) -> CallResult<UploadChunk> {
        const auto receiving = self->find_receiving(transfer_id);
        if (!receiving) return std::unexpected(no_transfer(transfer_id));
        auto bytes = chunk_bytes(data_b64 ? &*data_b64 : nullptr, data ? &*data : nullptr);
        if (!bytes) return std::unexpected(std::move(bytes.error()));
        if (auto written = receiving->write(chunk_index, *bytes); !written)
          return std::unexpected(std::move(written.error()));
        return UploadChunk{.chunk_index = chunk_index,
                           .chunks_received = receiving->received(),
                           .total_chunks = receiving->total_chunks()};
      },
      {.parameters = {"transfer_id", "chunk_index", "data_b64", "data"},
       .description = "One chunk of a file that is sent here, as base64 text or as bytes.",
       .role = options_.role}));
  dispatcher.add_method(
      make_method("file_upload_complete",
                  [self](Context& context, std::string transfer_id) -> CallResult<UploadEnd> {
                    const auto receiving = self->find_receiving(transfer_id);
                    if (!receiving) return std::unexpected(no_transfer(transfer_id));
                    auto file = self->finish(receiving);
                    if (!file) return std::unexpected(std::move(file.error()));
                    if (self->on_received_) self->on_received_(context, *file);
                    const std::chrono::duration<double> elapsed = Clock::now() - receiving->began();
                    return UploadEnd{.filename = file->filename,
                                     .size = file->size_bytes,
                                     .path = file->filename,
                                     .checksum = file->checksum,
                                     .elapsed = elapsed.count()};
                  },
                  {.parameters = {"transfer_id"},
                   .description = "Checks the file that was sent here, and gives it its name.",
                   .role = options_.role}));
}

void FileExchange::serve_downloads(Dispatcher& dispatcher) {
  const auto self = shared_from_this();
  dispatcher.add_method(
      make_method("file_download_start",
                  [self](std::string filename) -> CallResult<DownloadStart> {
                    self->forget_idle();
                    auto source = open_source(*self->folder_, filename);
                    if (!source) return std::unexpected(std::move(source.error()));
                    const auto size = source->size_bytes, chunk = self->options_.chunk_bytes;
                    const auto checksum = source->checksum;
                    return DownloadStart{.transfer_id = self->begin_sending(std::move(*source)),
                                         .size = size,
                                         .total_chunks = chunks_of(size, chunk),
                                         .chunk_size = chunk,
                                         .checksum = checksum};
                  },
                  {.parameters = {"filename"},
                   .description = "Begins to fetch a file from here.",
                   .role = options_.role}));
  dispatcher.add_method(
      make_method("file_download_chunk",
                  [self](std::string transfer_id, std::uint64_t chunk_index,
                         std::optional<bool> as_bytes) -> CallResult<Value> {
                    const auto sending = self->find_sending(transfer_id);
                    if (!sending) return std::unexpected(no_transfer(transfer_id));
                    sending->heard_at = Clock::now();
                    auto bytes = read_chunk(*sending->source.file, sending->source.size_bytes,
                                            self->options_.chunk_bytes, chunk_index);
                    if (!bytes) return std::unexpected(std::move(bytes.error()));
                    const auto size = bytes->size();
                    Map chunk{{"chunk_index", chunk_index}};
                    if (as_bytes.value_or(false))
                      chunk.set("data", std::move(*bytes));
                    else
                      chunk.set("data_b64", crypto::base64(*bytes));
                    chunk.set("size", size);
                    return Value(std::move(chunk));
                  },
                  {.parameters = {"transfer_id", "chunk_index", "as_bytes"},
                   .description = "One chunk of a file that is fetched from here.",
                   .role = options_.role,
                   .result = describe_result<DownloadChunk>()}));
  dispatcher.add_method(make_method(
      "file_list",
      [self]() -> CallResult<FileList> {
        const auto listed = self->folder_->list();
        if (!listed) return std::unexpected(file_failed(listed.error()));
        FileList list;
        for (const auto& file : *listed) list.files.push_back({file.name, file.size_bytes});
        return list;
      },
      {.description = "Lists the files that can be fetched from here.", .role = options_.role}));
}

}  // namespace oriel::conduit
