#pragma once
// A file of our folder that is sent to a peer.

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>
#include <string>

#include "oriel/app/conduit/connection.h"
#include "oriel/core/conduit/response.h"
#include "oriel/io/files/confined_folder.h"

namespace oriel::conduit {

struct FileSource {
  files::FilePointer file;
  std::uint64_t size_bytes = 0;
  std::string checksum;
};

// With its checksum; its time is the disk's.
CallResult<FileSource> open_source(const files::ConfinedFolder& folder, const std::string& name);

// In a worker thread of the connection.
boost::asio::awaitable<CallResult<FileSource>> open_source_on(
    std::shared_ptr<Connection> connection, std::shared_ptr<files::ConfinedFolder> folder,
    std::string name);
boost::asio::awaitable<CallResult<Bytes>> read_chunk_on(std::shared_ptr<Connection> connection,
                                                        FileSource source, std::uint64_t index,
                                                        std::uint64_t chunk_bytes);

}  // namespace oriel::conduit
