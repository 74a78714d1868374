#include "oriel/app/desktops/remote_source.h"

#include <fmt/format.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "oriel/app/config/suggestion.h"
#include "oriel/app/desktops/open_reconnecting.h"
#include "oriel/app/desktops/remote_desktop.h"
#include "oriel/app/desktops/target_options.h"
#include "oriel/io/desktop/x11_opener.h"

namespace oriel::desktops {
namespace {

// Connects once for each open().
class RemoteOpener : public std::enable_shared_from_this<RemoteOpener> {
 public:
  // `options` is asked anew each time: tickets in files get old.
  using Options = std::function<Result<client::ConnectionOptions>()>;
  RemoteOpener(boost::asio::io_context& io, Options options)
      : io_(io), options_(std::move(options)) {}

  // `done` is not called any more when this has ended.
  void open(desktop::DesktopDone done) {
    auto options = options_();
    if (!options) return done(std::unexpected(std::move(options).error()));
    boost::asio::co_spawn(io_, connect(io_, *std::move(options), weak_from_this(), std::move(done)),
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
  Options options_;
};

std::unexpected<Error> no_such_target(
    const std::string& name,
    const std::map<std::string, config::TargetSettings, std::less<>>& targets) {
  if (targets.empty())
    return fail(ErrorCode::kInvalid,
                fmt::format("--desktop target:{}: the configuration file has no targets", name));
  std::vector<std::string> known;
  for (const auto& [each, _] : targets) known.push_back(each);
  return fail(ErrorCode::kInvalid, fmt::format("--desktop target:{}: there is no such target, {}",
                                               name, config::suggest(name, known)));
}

// With what is in its files now.
Result<config::TargetSettings> with_files(config::TargetSettings settings,
                                          const std::string& name) {
  if (!settings.password_file.empty()) settings.password = {};
  if (!settings.ticket_file.empty()) settings.ticket = {};
  if (!settings.header_file.empty()) settings.headers = {};
  ORIEL_TRY_VOID(config::read_target_files(name, settings));
  return settings;
}

// The group `remote`, and what stands in the target itself or in the one that it names.
Result<client::ConnectionOptions> options_of(const config::Settings& settings,
                                             const std::string& argument) {
  ORIEL_TRY(const auto remote, with_files(settings.remote, "remote"));
  auto options = connection_options(remote);
  const std::string_view desktop = settings.desktop;
  if (desktop.starts_with("template:")) {
    options.url_template = argument;
  } else if (desktop.starts_with("preset:")) {
    options.preset = argument;
  } else if (desktop.starts_with("target:")) {
    const auto found = settings.targets.find(argument);
    if (found == settings.targets.end()) return no_such_target(argument, settings.targets);
    ORIEL_TRY(const auto named, with_files(found->second, "targets." + argument));
    options = completed(std::move(options), connection_options(named));
  } else {
    options.target = desktop;
  }
  return options;
}

}  // namespace

DesktopOpening open_remote(DesktopRequest request, DesktopOpened opened) {
  const auto logger = request.logger.with_name("desktop");
  auto options = [&settings = request.settings, argument = request.argument,
                  logger]() -> Result<client::ConnectionOptions> {
    ORIEL_TRY(auto wanted, options_of(settings, argument));
    wanted.log = [logger](std::string_view line) { logger.debug(std::string(line)); };
    if (!wanted.tls.verify)
      logger.warning(
          "the certificate is not checked (remote.verify, or verify of the target): whoever is on "
          "the way to the desktop can see and act");
    return wanted;
  };
  const auto opener = std::make_shared<RemoteOpener>(request.io, std::move(options));
  return open_reconnecting(request.io, logger, opener, std::move(opened));
}

}  // namespace oriel::desktops
