#pragma once
// Files between two peers, by the methods and messages of the real programs
// (docs/conduit_files.md): chunks, a SHA-256 of the whole, and a folder that nothing gets out of.
// Either side of a conversation can offer a folder, and send and fetch. Transfers that were cut off
// go on where they ended.

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "oriel/app/conduit/connection.h"
#include "oriel/app/conduit/dispatcher.h"
#include "oriel/core/conduit/response.h"
#include "oriel/io/files/confined_folder.h"

namespace oriel::conduit {

inline constexpr std::uint64_t kFileChunkBytes = 64 * 1024;
inline constexpr std::uint64_t kFileChunkBytesMin = 4 * 1024;
inline constexpr std::uint64_t kFileChunkBytesMax = 1024 * 1024;
inline constexpr std::size_t kFileTransfersMax = 64;  // at a time, of one folder
// Chunks on their way to the peer that it has not acknowledged.
inline constexpr std::size_t kFileChunksAhead = 8;
// A transfer that nothing is heard of is forgotten, and a file that is not whole removed.
inline constexpr std::chrono::hours kFileTransferIdle{1};
inline constexpr std::chrono::hours kPartialFileAge{24 * 7};

struct FileExchangeOptions {
  std::string folder;  // what is received goes there, and what is in it is offered
  std::uint64_t chunk_bytes = kFileChunkBytes;
  std::uint64_t file_bytes_max = std::uint64_t{4} << 30;
  // A file of a name that is there: replaced, or else it becomes "name (2)".
  bool replaces = false;
  std::string role;  // that peers need
};

struct TransferProgress {
  std::string filename;
  std::uint64_t total_bytes = 0;
  std::uint64_t transferred_bytes = 0;
  Duration elapsed{};

  double percent() const;  // 100 of an empty file
  double bytes_per_second() const;
  std::optional<Duration> remaining() const;  // at the speed so far
};
using OnProgress = std::function<void(const TransferProgress&)>;

struct TransferResult {
  std::string filename;  // as it was stored
  std::uint64_t size_bytes = 0;
  std::uint64_t resumed_at_bytes = 0;  // what was there from an earlier try
  std::string checksum;                // SHA-256, 64 hex characters
  Duration elapsed{};
};

// A file that a peer has sent, whole and checked.
struct ReceivedFile {
  std::string filename;  // in the folder
  std::string path;
  std::uint64_t size_bytes = 0;
  std::string checksum;
};

// Any thread. The coroutines run on the executor of their connection.
class FileExchange : public std::enable_shared_from_this<FileExchange> {
 public:
  static Result<std::shared_ptr<FileExchange>> open(FileExchangeOptions options);

  // Lets peers send files here and fetch them: adds its methods and handlers. `dispatcher` keeps
  // the exchange alive.
  void serve(Dispatcher& dispatcher);
  // Called in a worker thread for each file that came. Set before serve().
  void on_file_received(std::function<void(Context&, const ReceivedFile&)> handler) {
    on_received_ = std::move(handler);
  }

  // Sends the folder's file `name` to the peer's folder by its methods.
  boost::asio::awaitable<CallResult<TransferResult>> upload(std::shared_ptr<Connection> to,
                                                            std::string name,
                                                            OnProgress on_progress = {});
  // Fetches a file of the peer's folder into ours.
  boost::asio::awaitable<CallResult<TransferResult>> download(std::shared_ptr<Connection> from,
                                                              std::string name,
                                                              OnProgress on_progress = {});
  // Sends by messages, as the real server sends to a client that it cannot call: the peer says
  // that it is ready, but not that the file came whole.
  boost::asio::awaitable<CallResult<TransferResult>> push(std::shared_ptr<Connection> to,
                                                          std::string name,
                                                          OnProgress on_progress = {});
  static boost::asio::awaitable<CallResult<std::vector<files::ListedFile>>> list(
      std::shared_ptr<Connection> of);

  const files::ConfinedFolder& folder() const { return *folder_; }

 private:
  struct Receiving;
  struct Sending;
  struct Announcement {
    std::string filename;
    std::uint64_t size_bytes = 0;
    std::string checksum;
    std::uint64_t chunk_bytes = 0;
    std::string sender;  // whose partial files are its own
  };

  explicit FileExchange(FileExchangeOptions options);

  CallResult<std::shared_ptr<Receiving>> begin_receiving(Announcement announced, std::string id);
  std::shared_ptr<Receiving> find_receiving(const std::string& id) const;
  std::shared_ptr<Sending> find_sending(const std::string& id) const;
  CallResult<ReceivedFile> finish(const std::shared_ptr<Receiving>& receiving);
  void forget_idle();

  void serve_uploads(Dispatcher& dispatcher);
  void serve_downloads(Dispatcher& dispatcher);
  void serve_pushes(Dispatcher& dispatcher);

  FileExchangeOptions options_;
  std::shared_ptr<files::ConfinedFolder> folder_;
  std::function<void(Context&, const ReceivedFile&)> on_received_;

  mutable std::mutex mutex_;                                               // guards the next ones
  std::unordered_map<std::string, std::shared_ptr<Receiving>> receiving_;  // by transfer id
  std::unordered_map<std::string, std::shared_ptr<Sending>> sending_;
  // Of pushes: told when the peer is ready.
  std::unordered_map<std::string, std::function<void()>> awaited_;
};

// The SHA-256 of a file as 64 hex characters; its time is the disk's.
Result<std::string> file_checksum(const files::File& file);

}  // namespace oriel::conduit
