#include "oriel/app/conduit/client_book.h"

#include <utility>

#include "oriel/base/check.h"

namespace oriel::conduit {
namespace {

double milliseconds(Duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

Value milliseconds(const std::optional<Duration>& duration) {
  return duration ? Value(milliseconds(*duration)) : Value();
}

// What counts on; the latencies stay those of the last connection that has some.
void add(ConnectionStats& to, const ConnectionStats& stats) {
  to.bytes_in += stats.bytes_in;
  to.bytes_out += stats.bytes_out;
  to.calls_made += stats.calls_made;
  to.calls_answered += stats.calls_answered;
  to.calls_timed_out += stats.calls_timed_out;
  to.replies_unexpected += stats.replies_unexpected;
  to.messages_in += stats.messages_in;
  to.messages_out += stats.messages_out;
  if (stats.call_latency) to.call_latency = stats.call_latency;
  auto& session = to.session;
  const auto& more = stats.session;
  session.frames_in += more.frames_in;
  session.frames_out += more.frames_out;
  session.pings_sent += more.pings_sent;
  session.pongs_received += more.pongs_received;
  session.pings_received += more.pings_received;
  session.pauses_sent += more.pauses_sent;
  session.resumes_sent += more.resumes_sent;
  session.pauses_received += more.pauses_received;
  session.resumes_received += more.resumes_received;
  if (more.latency.current) session.latency = more.latency;
}

}  // namespace

Map ClientStatistics::to_map() const {
  return {{"messages_sent", messages_sent},
          {"messages_received", messages_received},
          {"bytes_sent", bytes_sent},
          {"bytes_received", bytes_received},
          {"rpc_calls_made", rpc_calls_made},
          {"rpc_calls_received", rpc_calls_received},
          {"rpc_timeouts", rpc_timeouts},
          {"replies_unexpected", replies_unexpected},
          {"connections_total", connections_total},
          {"connections_active", connections_active},
          {"connections_failed", connections_failed},
          {"uptime_seconds", uptime_seconds},
          {"avg_latency_ms", milliseconds(call_latency)},
          {"messages_per_second", messages_per_second},
          {"heartbeat", Map{{"pings_sent", pings_sent},
                            {"pongs_received", pongs_received},
                            {"pings_received", pings_received},
                            {"pongs_sent", pings_received},
                            {"current_latency_ms", milliseconds(heartbeat.current)},
                            {"avg_latency_ms", milliseconds(heartbeat.average)},
                            {"min_latency_ms", milliseconds(heartbeat.least)},
                            {"max_latency_ms", milliseconds(heartbeat.most)},
                            {"timeouts", heartbeat_timeouts}}},
          {"flow", Map{{"pause_count", pauses_received},
                       {"resume_count", resumes_received},
                       {"pauses_sent", pauses_sent},
                       {"resumes_sent", resumes_sent},
                       {"total_pause_duration_ms", milliseconds(paused)}}}};
}

Map ClientHealth::to_map() const {
  Map map{{"connected", connected},
          {"state", client_state_name(state)},
          {"authenticated", authenticated},
          {"reconnect_attempts", reconnect_attempts},
          {"server_info", server.name.empty() && server.version.empty()
                              ? Value(Map{})
                              : Value(Map{{"name", server.name}, {"version", server.version}})},
          {"reconnecting", is_reconnecting}};
  if (failure) map.set("error", failure->message);
  return map;
}

ClientState ClientBook::state() const {
  std::lock_guard lock(mutex_);
  return state_;
}

ClientState ClientBook::set_state(ClientState state) {
  std::lock_guard lock(mutex_);
  if (state == state_) return state_;
  ORIEL_CHECK(can_change(state_, state));
  note_pause(state_, state);
  return std::exchange(state_, state);
}

void ClientBook::note_pause(ClientState before, ClientState now) {
  if (now == ClientState::kPaused) paused_at_ = Clock::now();
  if (before == ClientState::kPaused && paused_at_)
    paused_ += Clock::now() - *std::exchange(paused_at_, std::nullopt);
}

ClientHealth ClientBook::health() const {
  std::lock_guard lock(mutex_);
  return {.connected = is_connected(state_),
          .state = state_,
          .authenticated = is_connected(state_),
          .is_reconnecting = is_reconnecting_,
          .reconnect_attempts = attempts_,
          .server = server_,
          .failure = failure_};
}

ClientStatistics ClientBook::statistics() const {
  std::lock_guard lock(mutex_);
  auto all = past_;
  if (connection_) add(all, connection_->stats());
  const auto uptime = std::chrono::duration<double>(Clock::now() - made_at_).count();
  const auto messages = static_cast<double>(all.messages_in + all.messages_out);
  return {.messages_sent = all.messages_out,
          .messages_received = all.messages_in,
          .bytes_sent = all.bytes_out,
          .bytes_received = all.bytes_in,
          .rpc_calls_made = all.calls_made,
          .rpc_calls_received = all.calls_answered,
          .rpc_timeouts = all.calls_timed_out,
          .replies_unexpected = all.replies_unexpected,
          .connections_total = connections_total_,
          .connections_active = connection_ ? 1u : 0u,
          .connections_failed = connections_failed_,
          .uptime_seconds = uptime,
          .messages_per_second = uptime > 0 ? messages / uptime : 0,
          .call_latency = all.call_latency,
          .pings_sent = all.session.pings_sent,
          .pongs_received = all.session.pongs_received,
          .pings_received = all.session.pings_received,
          .heartbeat_timeouts = heartbeat_timeouts_,
          .heartbeat = all.session.latency,
          .pauses_received = all.session.pauses_received,
          .resumes_received = all.session.resumes_received,
          .pauses_sent = all.session.pauses_sent,
          .resumes_sent = all.session.resumes_sent,
          .paused = paused_ + (paused_at_ ? Clock::now() - *paused_at_ : Duration{})};
}

std::optional<ClientError> ClientBook::failure() const {
  std::lock_guard lock(mutex_);
  return failure_;
}

std::string ClientBook::session_token() const {
  std::lock_guard lock(mutex_);
  return token_;
}

ProgramFacts ClientBook::server() const {
  std::lock_guard lock(mutex_);
  return server_;
}

ConnectionPointer ClientBook::connection() const {
  std::lock_guard lock(mutex_);
  // Its calls hear of its end before we do.
  return connection_ && connection_->is_connected() ? connection_ : nullptr;
}

bool ClientBook::is_reconnecting() const {
  std::lock_guard lock(mutex_);
  return is_reconnecting_;
}

void ClientBook::set_failure(std::optional<ClientError> failure) {
  std::lock_guard lock(mutex_);
  failure_ = std::move(failure);
}

void ClientBook::set_attempts(unsigned in_a_row, bool is_reconnecting) {
  std::lock_guard lock(mutex_);
  attempts_ = in_a_row;
  is_reconnecting_ = is_reconnecting;
}

void ClientBook::count_failed_attempt() {
  std::lock_guard lock(mutex_);
  ++connections_failed_;
}

void ClientBook::opened(ConnectionPointer connection, const Opened& opened) {
  std::lock_guard lock(mutex_);
  connection_ = std::move(connection);
  token_ = opened.token;
  server_ = opened.peer;
  is_reconnecting_ = false;
  attempts_ = 0;
  failure_.reset();
  ++connections_total_;
}

void ClientBook::ended(const ConnectionStats& stats, bool was_silent) {
  ConnectionPointer gone;  // ends without the lock
  std::lock_guard lock(mutex_);
  gone = std::move(connection_);
  add(past_, stats);
  if (was_silent) ++heartbeat_timeouts_;
}

}  // namespace oriel::conduit
