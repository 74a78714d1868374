#pragma once
// Listens on one TCP address and hands out each connection as a Stream. Survives what accept can
// fail with: a connection that has gone again, or no file descriptor left. One strand owns it.

#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "oriel/base/result.h"
#include "oriel/io/net/stream.h"

namespace oriel::net {

struct ListenOptions {
  std::string host = "127.0.0.1";    // a numeric address, or "localhost" (127.0.0.1)
  std::uint16_t port = 0;            // 0: the system chooses
  std::string setting = "--listen";  // the flag that sets it, named in errors
};

class TcpListener {
 public:
  using OnConnection = std::function<void(StreamPointer)>;

  // Binds and listens; connections come once the executor runs. On failure one clause that says
  // what to do. "::" also takes IPv4.
  static Result<std::unique_ptr<TcpListener>> listen(boost::asio::any_io_executor executor,
                                                     const ListenOptions& options,
                                                     OnConnection on_connection);
  // Closes; no connection is handed out afterwards.
  ~TcpListener();
  TcpListener(const TcpListener&) = delete;
  TcpListener& operator=(const TcpListener&) = delete;

  // The real port and address: "127.0.0.1:5900", "[::1]:5900".
  std::uint16_t port() const;
  std::string address() const;
  // Whether only this machine can connect.
  bool is_loopback() const;

  void close();

 private:
  struct Accepting;  // shared with the coroutine that accepts
  explicit TcpListener(std::shared_ptr<Accepting> accepting);

  std::shared_ptr<Accepting> accepting_;
};

}  // namespace oriel::net
