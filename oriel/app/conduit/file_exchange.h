#pragma once
// Files between two peers, by the methods and messages of the real programs
// (docs/conduit_files.md): chunks, a SHA-256 of the whole, and a folder that nothing gets out of.
// Either side of a conversation can offer a folder, and send and fetch. Transfers that were cut off
// go on where they ended.

#include <atomic>
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
#include "oriel/app/conduit/file_chunks.h"
#include "oriel/app/conduit/file_receiving.h"
#include "oriel/app/conduit/file_source.h"
#include "oriel/app/conduit/transfer_progress.h"
#include "oriel/core/conduit/response.h"
#include "oriel/io/files/confined_folder.h"

namespace oriel::conduit {

inline constexpr std::size_t kFileTransfersMax = 64;  // at a time, of one folder
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
  using ReceivingPointer = std::shared_ptr<FileReceiving>;
  struct Sending {
    FileSource source;
    std::atomic<TimePoint> heard_at = Clock::now();
  };

  explicit FileExchange(FileExchangeOptions options);

  CallResult<ReceivingPointer> begin_receiving(FileAnnouncement announced, std::string id);
  ReceivingPointer find_receiving(const std::string& id) const;
  std::string begin_sending(FileSource source);  // its id
  std::shared_ptr<Sending> find_sending(const std::string& id) const;
  CallResult<ReceivedFile> finish(const ReceivingPointer& receiving);
  void forget_idle();
  boost::asio::awaitable<CallResult<void>> announce(std::shared_ptr<Connection> to, std::string id,
                                                    Map announcement);

  void serve_uploads(Dispatcher& dispatcher);
  void serve_downloads(Dispatcher& dispatcher);
  void serve_pushes(Dispatcher& dispatcher);

  FileExchangeOptions options_;
  std::shared_ptr<files::ConfinedFolder> folder_;
  std::function<void(Context&, const ReceivedFile&)> on_received_;

  mutable std::mutex mutex_;                                     // guards the next ones
  std::unordered_map<std::string, ReceivingPointer> receiving_;  // by transfer id
  std::unordered_map<std::string, std::shared_ptr<Sending>> sending_;
  // Of pushes: told that the peer is ready, or why it is not.
  std::unordered_map<std::string, std::function<void(std::string refusal)>> awaited_;
};

}  // namespace oriel::conduit
