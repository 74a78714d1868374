#include "oriel/app/conduit/file_source.h"

#include <functional>
#include <utility>

#include "oriel/app/conduit/disk_work.h"
#include "oriel/app/conduit/file_answers.h"
#include "oriel/app/conduit/file_checksum.h"
#include "oriel/app/conduit/file_chunks.h"

namespace oriel::conduit {
using boost::asio::awaitable;

CallResult<FileSource> open_source(const files::ConfinedFolder& folder, const std::string& name) {
  auto file = folder.open_file(name);
  if (!file) return std::unexpected(file_refused(file.error()));
  const auto size = (*file)->size_bytes();
  auto checksum = file_checksum(**file);
  if (!size || !checksum)
    return std::unexpected(file_failed(size ? checksum.error() : size.error()));
  return FileSource{std::move(*file), *size, std::move(*checksum)};
}

awaitable<CallResult<FileSource>> open_source_on(std::shared_ptr<Connection> connection,
                                                 std::shared_ptr<files::ConfinedFolder> folder,
                                                 std::string name) {
  return on_disk<FileSource>(
      std::move(connection),
      [folder = std::move(folder), name = std::move(name)] { return open_source(*folder, name); });
}

awaitable<CallResult<Bytes>> read_chunk_on(std::shared_ptr<Connection> connection,
                                           FileSource source, std::uint64_t index,
                                           std::uint64_t chunk_bytes) {
  return on_disk<Bytes>(std::move(connection), [source = std::move(source), index, chunk_bytes] {
    return read_chunk(*source.file, source.size_bytes, chunk_bytes, index);
  });
}

}  // namespace oriel::conduit
