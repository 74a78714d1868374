#pragma once
// What the methods of a FileExchange give, for their schemas (docs/conduit_files.md).

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "oriel/base/bytes.h"

namespace oriel::conduit {

struct UploadStart {
  std::string transfer_id;
  std::uint64_t chunk_size = 0, total_chunks = 0;
  std::uint64_t next_chunk = 0;  // those before are there already
};
BOOST_DESCRIBE_STRUCT(UploadStart, (), (transfer_id, chunk_size, total_chunks, next_chunk))

struct UploadChunk {
  bool received = true;
  std::uint64_t chunk_index = 0, chunks_received = 0, total_chunks = 0;
};
BOOST_DESCRIBE_STRUCT(UploadChunk, (), (received, chunk_index, chunks_received, total_chunks))

struct UploadEnd {
  bool success = true;
  std::string filename;  // as it was stored
  std::uint64_t size = 0;
  std::string path;  // in the folder: the rest of it is none of the peer's business
  std::string checksum;
  double elapsed = 0;  // seconds
};
BOOST_DESCRIBE_STRUCT(UploadEnd, (), (success, filename, size, path, checksum, elapsed))

struct DownloadStart {
  std::string transfer_id;
  std::uint64_t size = 0, total_chunks = 0, chunk_size = 0;
  std::string checksum;
};
BOOST_DESCRIBE_STRUCT(DownloadStart, (), (transfer_id, size, total_chunks, chunk_size, checksum))

// Written as a map: one of the data is left out.
struct DownloadChunk {
  std::uint64_t chunk_index = 0;
  std::optional<std::string> data_b64;
  std::optional<Bytes> data;
  std::uint64_t size = 0;
};
BOOST_DESCRIBE_STRUCT(DownloadChunk, (), (chunk_index, data_b64, data, size))

struct FileRow {
  std::string name;
  std::uint64_t size = 0;
};
BOOST_DESCRIBE_STRUCT(FileRow, (), (name, size))

struct FileList {
  std::vector<FileRow> files;
};
BOOST_DESCRIBE_STRUCT(FileList, (), (files))

}  // namespace oriel::conduit
