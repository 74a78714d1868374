#include "oriel/app/conduit/file_chunks.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "oriel/app/conduit/file_answers.h"
#include "oriel/core/crypto/base64.h"

namespace oriel::conduit {

std::uint64_t chunks_of(std::uint64_t size_bytes, std::uint64_t chunk_bytes) {
  return (size_bytes + chunk_bytes - 1) / chunk_bytes;
}

CallError no_such_chunk(std::uint64_t index, std::uint64_t total_chunks) {
  return CallError::validation(fmt::format("the file has {} chunks, from 0", total_chunks),
                               "chunk_index", {}, Value(index));
}

CallResult<Bytes> read_chunk(const files::File& file, std::uint64_t size_bytes,
                             std::uint64_t chunk_bytes, std::uint64_t index) {
  const auto total = chunks_of(size_bytes, chunk_bytes);
  if (index >= total) return std::unexpected(no_such_chunk(index, total));
  Bytes bytes(std::min(chunk_bytes, size_bytes - index * chunk_bytes));
  const auto count = file.read_at(index * chunk_bytes, bytes);
  if (!count) return std::unexpected(file_failed(count.error()));
  if (*count != bytes.size())
    return std::unexpected(CallError::internal("the file was cut short meanwhile"));
  return bytes;
}

CallResult<Bytes> chunk_bytes(const std::string* text, const Bytes* data) {
  if (data != nullptr) return *data;
  if (text == nullptr)
    return std::unexpected(
        CallError::validation("a chunk needs \"data_b64\" or \"data\"", "data_b64", "base64 text"));
  auto bytes = crypto::from_base64(*text);
  if (!bytes) return std::unexpected(CallError::validation(bytes.error().message, "data_b64"));
  return std::move(*bytes);
}

CallResult<Bytes> chunk_bytes(const Value& map) {
  const auto* text = map.find("data_b64");
  const auto* data = map.find("data");
  return chunk_bytes(text != nullptr ? text->if_text() : nullptr,
                     data != nullptr ? data->if_bytes() : nullptr);
}

void put_chunk(Map& into, Bytes bytes, bool is_oriel) {
  if (is_oriel)
    into.set("data", std::move(bytes));
  else
    into.set("data_b64", crypto::base64(bytes));
}

}  // namespace oriel::conduit
