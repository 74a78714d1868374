#pragma once
// Files as chunks of one size, the last one shorter, and how a chunk is sent.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "oriel/base/bytes.h"
#include "oriel/core/conduit/response.h"
#include "oriel/core/conduit/value.h"
#include "oriel/io/files/confined_folder.h"

namespace oriel::conduit {

inline constexpr std::uint64_t kFileChunkBytes = 64 * 1024;
inline constexpr std::uint64_t kFileChunkBytesMin = 4 * 1024;
inline constexpr std::uint64_t kFileChunkBytesMax = 1024 * 1024;
// Chunks on their way to the peer that it has not acknowledged.
inline constexpr std::size_t kFileChunksAhead = 8;

std::uint64_t chunks_of(std::uint64_t size_bytes, std::uint64_t chunk_bytes);

// One chunk of a file of size_bytes.
CallResult<Bytes> read_chunk(const files::File& file, std::uint64_t size_bytes,
                             std::uint64_t chunk_bytes, std::uint64_t index);
// Of one that there is not.
CallError no_such_chunk(std::uint64_t index, std::uint64_t total_chunks);

// The bytes of a chunk: as text in base64, or as they are between our own programs. Null: not sent.
CallResult<Bytes> chunk_bytes(const std::string* text, const Bytes* data);
// Of a map that a peer made.
CallResult<Bytes> chunk_bytes(const Value& map);
void put_chunk(Map& into, Bytes bytes, bool is_oriel);

}  // namespace oriel::conduit
