#include "oriel/app/conduit/server_shared.h"

#include <chrono>
#include <utility>

#include "oriel/app/conduit/server_totals.h"

namespace oriel::conduit {
namespace asio = boost::asio;

Server::Shared::Shared(Server& server, asio::any_io_executor strand,
                       std::function<bool()> is_inside, ServerOptions options,
                       std::shared_ptr<OwnLoop> loop)
    : loop_(std::move(loop)),
      server_(server),
      options_(std::move(options)),
      core_(std::make_shared<ConnectionShared>(options_.workers_max)),
      strand_(strand),
      log_(options_.logger.with_name("conduit")),
      lockout_(options_.lockout != nullptr ? *options_.lockout : own_lockout_),
      wake_(strand) {
  core_->executor = std::move(strand);
  core_->is_inside = std::move(is_inside);
  core_->log = log_;
  core_->numbers = options_.error_numbers;
  core_->compression = options_.enable_compression ? Compression::kWhenSmaller : Compression::kNone;
  core_->handed_over_max = options_.send_queue_size;
  core_->owner = this;
  for (const auto& login : options_.logins) {
    auto& roles = roles_[login.identity];
    roles.insert(roles.end(), login.roles.begin(), login.roles.end());
  }
}

ServerState Server::Shared::state() const {
  std::lock_guard lock(mutex_);
  return state_;
}

std::optional<Error> Server::Shared::failure() const {
  std::lock_guard lock(mutex_);
  return failure_;
}

std::string Server::Shared::address() const {
  std::lock_guard lock(mutex_);
  return address_;
}

std::uint16_t Server::Shared::port() const {
  std::lock_guard lock(mutex_);
  return port_;
}

std::vector<ConnectionPointer> Server::Shared::connections() const {
  std::vector<ConnectionPointer> all;
  std::lock_guard lock(mutex_);
  all.reserve(open_.size());
  for (const auto& [id, connection] : open_) all.push_back(connection);
  return all;
}

std::size_t Server::Shared::connection_count() const {
  std::lock_guard lock(mutex_);
  return open_.size();
}

ConnectionPointer Server::Shared::find_connection(std::string_view id) const {
  std::lock_guard lock(mutex_);
  const auto found = open_.find(id);
  return found != open_.end() ? found->second : nullptr;
}

ServerStatistics Server::Shared::statistics() const {
  const auto now = Clock::now();
  std::vector<ConnectionPointer> open;
  ServerStatistics statistics;
  {
    std::lock_guard lock(mutex_);
    statistics = totals_;
    statistics.connections = open_.size();
    if (running_since_) statistics.uptime = now - *running_since_;
    for (const auto& [id, connection] : open_) open.push_back(connection);
  }
  for (const auto& connection : open) add_to(statistics.traffic, connection->stats());
  const auto& traffic = statistics.traffic;
  const auto seconds = std::chrono::duration<double>(statistics.uptime).count();
  if (seconds > 0)
    statistics.messages_per_second =
        static_cast<double>(traffic.messages_in + traffic.messages_out) / seconds;
  return statistics;
}

std::int64_t Server::Shared::unix_ms_now() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace oriel::conduit
