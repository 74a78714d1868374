#pragma once
// Listens on a Unix socket and hands out each connection as a Stream. The file is ours from
// listen() to close(): with its mode before anybody can connect, and removed afterwards unless it
// is another's by then. One strand owns it.

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <string>

#include "oriel/base/result.h"
#include "oriel/io/net/stream.h"

namespace oriel::net {

struct UnixListenOptions {
  std::string path;                  // at most kUnixPathBytesMax bytes; no abstract ones
  unsigned mode = 0600;              // who may connect: those who may write the file
  std::string setting = "--listen";  // the flag that sets it, named in errors
};

class UnixListener {
 public:
  using OnConnection = std::function<void(StreamPointer)>;

  // Binds and listens; connections come once the executor runs. A socket file on which nobody
  // listens any more is replaced; a live one, and any other kind of file, is an error that says so.
  static Result<std::unique_ptr<UnixListener>> listen(boost::asio::any_io_executor executor,
                                                      const UnixListenOptions& options,
                                                      OnConnection on_connection);
  // Closes; no connection is handed out afterwards.
  ~UnixListener();
  UnixListener(const UnixListener&) = delete;
  UnixListener& operator=(const UnixListener&) = delete;

  // "unix:PATH", with the path as it was given.
  std::string address() const;

  void close();

 private:
  struct Accepting;  // shared with the coroutine that accepts
  explicit UnixListener(std::shared_ptr<Accepting> accepting);

  std::shared_ptr<Accepting> accepting_;
};

// Why no Unix socket can have this path, or nothing.
Status check_unix_path(const std::string& path);

}  // namespace oriel::net
