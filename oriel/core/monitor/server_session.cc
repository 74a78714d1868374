#include "oriel/core/monitor/server_session.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "oriel/core/monitor/limits.h"

namespace oriel::monitor {
namespace {

// How many plain requests a subscription counts for, and one with history, which may be megabytes.
constexpr double kSubscribeWeight = 5;
constexpr double kHistoryWeight = 25;

// Messages that only the seed's text knows; who uses their names reads by it.
bool is_of_the_seed(std::string_view type) {
  return type == "connection_message" || type == "error_message";
}

}  // namespace

ServerSession::ServerSession(const ServerFacts& facts, Dialect dialect, TimePoint now)
    : facts_(facts), dialect_(dialect), allowance_(kRequestsPerSecond), counted_at_(now) {
  say(write_connection(facts_.wall_time(), "Connected to monitoring server", dialect_));
}

std::optional<Subscribe> ServerSession::take_subscription() {
  return std::exchange(subscription_, std::nullopt);
}

Result<Need> ServerSession::receive(ByteSpan bytes, TimePoint now) {
  Need need;
  while (!(rests_until_ > now)) {
    const auto rest = as_text(bytes.subspan(need.consumed));
    const auto end = rest.find('\n');
    const bool is_whole = end != std::string_view::npos;
    const auto line = rest.substr(0, end);
    if (!is_skipping_ && line.size() > kRequestBytesMax) {
      is_skipping_ = true;
      refuse(fmt::format("Invalid message: longer than {} bytes", kRequestBytesMax));
      spend(1, now);
    } else if (!is_skipping_ && is_whole) {
      answer(line, now);
    }
    if (is_skipping_ || is_whole) need.consumed += line.size() + (is_whole ? 1 : 0);
    if (is_whole) is_skipping_ = false;
    if (!is_whole) {
      need.wanted = is_skipping_ ? 1 : line.size() + 1;
      return need;
    }
  }
  return need;
}

void ServerSession::answer(std::string_view line, TimePoint now) {
  const auto request = parse_request(line, dialect_);
  if (request) return answer_request(*request, now);
  spend(1, now);
  // The real server's words for what it cannot read; ours for our own request.
  const auto& clause = request.error().message;
  refuse(clause.starts_with("subscribe: ") ? clause : "Invalid message");
}

void ServerSession::answer_request(const Request& request, TimePoint now) {
  if (const auto* subscribe = std::get_if<Subscribe>(&request)) {
    spend(subscribe->since_us ? kHistoryWeight : kSubscribeWeight, now);
    dialect_ = subscribe->dialect;
    subscription_ = *subscribe;
    return;
  }
  spend(1, now);
  if (std::holds_alternative<Ping>(request)) return say(write_pong(facts_.wall_time()));
  if (std::holds_alternative<GetStatus>(request))
    return say(write_status(facts_.wall_time(), facts_.connected_clients(), facts_.is_active()));
  // As the real server does, other types get no answer.
  if (is_of_the_seed(std::get<Unknown>(request).type)) dialect_ = Dialect::kSeed;
}

void ServerSession::refuse(std::string_view clause) {
  say(write_error(facts_.wall_time(), clause, "warning", dialect_));
}

void ServerSession::say(std::string message) {
  message += '\n';
  output_.append(as_bytes(message));
}

void ServerSession::spend(double requests, TimePoint now) {
  now = std::max(now, counted_at_);
  const double seconds = std::chrono::duration<double>(now - counted_at_).count();
  allowance_ = std::min(kRequestsPerSecond, allowance_ + seconds * kRequestsPerSecond) - requests;
  counted_at_ = now;
  rests_until_.reset();
  if (allowance_ >= 0) return;
  rests_until_ = now + std::chrono::duration_cast<Duration>(
                           std::chrono::duration<double>(-allowance_ / kRequestsPerSecond));
}

}  // namespace oriel::monitor
