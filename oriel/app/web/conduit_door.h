#pragma once
// The conduit of a running server: its own door, /conduit of the page, the methods that tell of the
// server and its host, and the topics of what happens in it.

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "oriel/app/api/backend.h"
#include "oriel/app/conduit/file_exchange.h"
#include "oriel/app/conduit/server.h"
#include "oriel/app/config/settings.h"
#include "oriel/app/monitor/sample_once.h"
#include "oriel/app/observe/log.h"
#include "oriel/app/server/server.h"
#include "oriel/core/monitor/alert.h"

namespace oriel::web {

// Lives on the network thread's loop.
class ConduitDoor {
 public:
  // Hears of the first client that comes and the last one that goes.
  using OnListeners = std::function<void(bool has_listeners)>;

  // All outlive the door.
  ConduitDoor(boost::asio::any_io_executor executor, const config::Settings& settings,
              observe::Logger logger, server::Server& server, const api::Backend& backend,
              OnListeners on_listeners);
  ~ConduitDoor();
  ConduitDoor(const ConduitDoor&) = delete;
  ConduitDoor& operator=(const ConduitDoor&) = delete;

  // Opens conduit.listen, if it is set. An error is one sentence for the user, and exit code 2.
  Status open();
  // A WebSocket of the page's door.
  void accept(net::StreamPointer stream);
  // Tells clients of a change of an alert.
  void tell(const monitor::AlertRules::Event& event);
  // Says goodbye to all.
  void stop(std::function<void()> stopped);

  // "tcp://127.0.0.1:8080", "tls://...", "unix:PATH"; empty when closed.
  std::string uri() const;
  // The self-signed certificate that its clients must trust; empty: another, or none.
  const std::string& ca_file() const { return ca_file_; }

 private:
  Result<conduit::ServerOptions> options();
  void add_methods();
  void subscribe();

  boost::asio::any_io_executor executor_;
  const config::Settings& settings_;
  observe::Logger logger_;
  server::Server& server_;
  const api::Backend& backend_;
  OnListeners on_listeners_;
  std::unique_ptr<monitor::SampleOnce> samples_;
  std::shared_ptr<conduit::FileExchange> files_;
  std::unique_ptr<conduit::Server> conduit_;
  std::string ca_file_;
  std::optional<std::uint64_t> subscription_;
};

}  // namespace oriel::web
