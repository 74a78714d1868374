#include "oriel/app/desktops/remote_source.h"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <memory>
#include <utility>

#include "oriel/app/desktops/open_reconnecting.h"
#include "oriel/app/desktops/remote_desktop.h"
#include "oriel/io/desktop/x11_opener.h"

namespace oriel::desktops {
namespace {

// Connects once for each open().
class RemoteOpener : public std::enable_shared_from_this<RemoteOpener> {
 public:
  RemoteOpener(boost::asio::io_context& io, client::ConnectionOptions options)
      : io_(io), options_(std::move(options)) {}

  // `done` is not called any more when this has ended.
  void open(desktop::DesktopDone done) {
    boost::asio::co_spawn(io_, connect(io_, options_, weak_from_this(), std::move(done)),
                          boost::asio::detached);
  }

 private:
  static boost::asio::awaitable<void> connect(boost::asio::io_context& io,
                                              client::ConnectionOptions options,
                                              std::weak_ptr<RemoteOpener> self,
                                              desktop::DesktopDone done) {
    auto desktop = std::make_unique<RemoteDesktop>(io.get_executor(), std::move(options));
    const auto status = co_await desktop->screen().connect();
    if (self.expired()) co_return;
    if (status)
      done(std::move(desktop));
    else
      done(fail(ErrorCode::kUnavailable, status.error().message));
  }

  boost::asio::io_context& io_;
  client::ConnectionOptions options_;
};

client::ConnectionOptions options_of(const DesktopRequest& request, const observe::Logger& logger) {
  const auto& settings = request.settings;
  client::ConnectionOptions options{.target = settings.desktop};
  options.password = settings.remote_password.reveal();
  options.tls.ca_file = settings.remote_ca_file;
  options.tls.verify = settings.verifies_remote;
  options.log = [logger](std::string_view line) { logger.debug(std::string(line)); };
  return options;
}

}  // namespace

DesktopOpening open_remote(DesktopRequest request, DesktopOpened opened) {
  const auto logger = request.logger.with_name("desktop");
  if (!request.settings.verifies_remote)
    logger.warning("remote.verify is off: whoever is on the way to the desktop can see and act");
  const auto opener = std::make_shared<RemoteOpener>(request.io, options_of(request, logger));
  return open_reconnecting(request.io, logger, opener, std::move(opened));
}

}  // namespace oriel::desktops
