// How a server sends to all of its clients.
#include <algorithm>
#include <functional>
#include <utility>

#include "oriel/app/conduit/await_callback.h"
#include "oriel/app/conduit/server_shared.h"

namespace oriel::conduit {
namespace asio = boost::asio;

void Server::Shared::set_topic_policy(std::string_view type, TopicPolicy policy) {
  std::lock_guard lock(mutex_);
  policies_.insert_or_assign(std::string(type), policy);
}

// Nothing when it cannot be sent at all, which is logged.
std::optional<Server::Shared::Packet> Server::Shared::make_packet(std::string_view type,
                                                                  const Value& data,
                                                                  const BroadcastOptions& options) {
  auto frame =
      make_message_frame(type, data, core_->compression, static_cast<std::uint64_t>(unix_ms_now()));
  if (!frame) {
    log_.warning("a broadcast was not sent", {{"type", type}, {"reason", frame.error().message}});
    return std::nullopt;
  }
  // A number for the name; 0 is what belongs to no topic.
  const auto topic = std::max<TopicId>(1, std::hash<std::string_view>()(type));
  Packet packet{.frame = std::move(*frame), .topic = topic, .exclude = options.exclude};
  std::lock_guard lock(mutex_);
  ++totals_.broadcasts;
  if (options.policy) {
    packet.policy = *options.policy;
  } else if (const auto known = policies_.find(type); known != policies_.end()) {
    packet.policy = known->second;
  }
  return packet;
}

std::size_t Server::Shared::broadcast(std::string_view type, const Value& data,
                                      const BroadcastOptions& options) {
  auto packet = make_packet(type, data, options);
  if (!packet) return 0;
  if (core_->is_on_strand()) return spread(*packet);
  std::size_t count = 0;
  {
    std::lock_guard lock(mutex_);
    count = open_.size();
    for (const auto& id : options.exclude) count -= open_.contains(id) ? 1 : 0;
  }
  if (handed_over_.fetch_add(1) >= core_->handed_over_max) {
    --handed_over_;
    return 0;
  }
  const bool is_posted = core_->post([self = shared_from_this(), packet = std::move(*packet)] {
    --self->handed_over_;
    self->spread(packet);
  });
  return is_posted ? count : 0;
}

bool Server::Shared::is_for(const Packet& packet, const Client& client) const {
  return client.has_opened && !client.is_surplus &&
         std::ranges::find(packet.exclude, client.connection->id()) == packet.exclude.end();
}

Sent Server::Shared::offer(const Packet& packet, Connection& connection) {
  const auto sent = connection.offer(packet.frame, packet.topic, packet.policy);
  if (sent == Sent::kTooSlow)
    connection.close_now({ErrorCode::kUnavailable, "too slow: it does not read what it is sent"},
                         net::Farewell::kPolicy);
  return sent;
}

std::size_t Server::Shared::spread(const Packet& packet) {
  std::size_t queued = 0;
  for (auto& [raw, client] : clients_)
    if (is_for(packet, client) && offer(packet, *client.connection) == Sent::kQueued) ++queued;
  return queued;
}

struct Server::Shared::Spreading {
  Packet packet;
  std::function<void(std::size_t)> done;
  std::size_t queued = 0;
  std::size_t waiting = 1;

  void one_less() {
    if (--waiting == 0) done(queued);
  }
};

asio::awaitable<std::size_t> Server::Shared::async_broadcast(std::string type, Value data,
                                                             BroadcastOptions options) {
  const auto self = shared_from_this();
  auto packet = make_packet(type, data, options);
  if (!packet) co_return 0;
  std::function<void(std::function<void(std::size_t)>)> start =
      [self, packet = std::move(*packet)](const std::function<void(std::size_t)>& done) {
        auto spreading = std::make_shared<Spreading>(Spreading{.packet = packet, .done = done});
        if (!self->core_->post([self, spreading] { self->spread_to_all(spreading); })) done(0);
      };
  auto waiting = await_callback<std::size_t>(std::move(start));
  co_return co_await std::move(waiting);
}

void Server::Shared::spread_to_all(const std::shared_ptr<Spreading>& spreading) {
  std::vector<ConnectionPointer> to;  // those that wait may change clients_
  for (auto& [raw, client] : clients_)
    if (is_for(spreading->packet, client)) to.push_back(client.connection);
  for (const auto& connection : to) {
    ++spreading->waiting;
    offer_again(spreading, connection);
  }
  spreading->one_less();
}

void Server::Shared::offer_again(const std::shared_ptr<Spreading>& spreading,
                                 const ConnectionPointer& to) {
  const auto sent = offer(spreading->packet, *to);
  if (sent == Sent::kFull)
    return to->when_room([self = shared_from_this(), spreading, to](const Status& room) {
      if (room) return self->offer_again(spreading, to);
      spreading->one_less();
    });
  if (sent == Sent::kQueued) ++spreading->queued;
  spreading->one_less();
}

}  // namespace oriel::conduit
