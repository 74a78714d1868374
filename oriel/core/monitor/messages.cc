#include "oriel/core/monitor/messages.h"

#include <fmt/format.h>

#include <cmath>

#include "oriel/core/monitor/document.h"
#include "oriel/core/monitor/limits.h"

namespace oriel::monitor {
namespace {

Object head(const char* type, WallTime time, Dialect dialect) {
  if (dialect == Dialect::kSeed) return {{"timestamp", local_timestamp(time)}, {"type", type}};
  return {{"type", type}, {"timestamp", local_timestamp(time)}};
}

Value alert_fields(const Alert& alert) {
  return Object{{"timestamp", local_timestamp(alert.since)},
                {"component", alert.component},
                {"metric", alert.metric},
                {"value", std::round(alert.value * 10) / 10},
                {"threshold", alert.threshold},
                {"level", std::string(alert_level_name(alert.level))},
                {"message", alert_message(alert)}};
}

Status set_metrics(const Value& value, Subscribe& subscribe) {
  const auto* names = value.array();
  if (names == nullptr || names->empty() || names->size() > kRequestMetricsMax) {
    return fail(
        ErrorCode::kInvalid,
        fmt::format("subscribe: metrics has to be a list of 1 to {} names", kRequestMetricsMax));
  }
  MetricSet metrics;
  for (const auto& name : *names) {
    const auto metric = name.string() != nullptr ? find_metric(*name.string()) : std::nullopt;
    if (!metric) {
      return fail(ErrorCode::kInvalid, fmt::format("subscribe: unknown metric {}, known are {}",
                                                   to_json(name).substr(0, 60), metric_names()));
    }
    metrics.add(*metric);
  }
  subscribe.metrics = metrics;
  return {};
}

Status set_interval(const Value& value, Subscribe& subscribe) {
  const double seconds = value.number_or(-1);
  if (!(seconds >= 0.1 && seconds <= 3600)) {
    return fail(ErrorCode::kInvalid, fmt::format("subscribe: interval {}, allowed are 0.1 to 3600",
                                                 to_json(value).substr(0, 60)));
  }
  subscribe.interval = std::chrono::milliseconds(std::llround(seconds * 1000));
  return {};
}

Status set_delta(const Value& value, Subscribe& subscribe) {
  if (value.boolean() == nullptr) {
    return fail(ErrorCode::kInvalid, "subscribe: delta has to be true or false");
  }
  subscribe.wants_delta = *value.boolean();
  return {};
}

Status set_since(const Value& value, Subscribe& subscribe) {
  const double seconds = value.number_or(-1);
  if (!(seconds >= 0 && seconds <= 253'402'300'799.0)) {
    return fail(ErrorCode::kInvalid, "subscribe: since has to be seconds since 1970");
  }
  subscribe.since_us = std::llround(seconds * 1e6);
  return {};
}

Status set_top(const Value& value, Subscribe& subscribe) {
  const double count = value.number_or(-1);
  if (!(count >= 1 && count <= static_cast<double>(kTopProcessesMax)) ||
      count != std::floor(count)) {
    return fail(ErrorCode::kInvalid,
                fmt::format("subscribe: top has to be 1 to {}", kTopProcessesMax));
  }
  subscribe.top_processes = static_cast<std::size_t>(count);
  return {};
}

Status set_dialect(const Value& value, Subscribe& subscribe) {
  const auto* name = value.string();
  if (name != nullptr && *name == "seed") {
    subscribe.dialect = Dialect::kSeed;
  } else if (name != nullptr && *name == "server") {
    subscribe.dialect = Dialect::kServer;
  } else {
    return fail(ErrorCode::kInvalid, "subscribe: dialect has to be \"server\" or \"seed\"");
  }
  return {};
}

struct MemberRow {
  std::string_view key;
  Status (*set)(const Value&, Subscribe&);
};

constexpr MemberRow kMembers[]{{"metrics", set_metrics}, {"interval", set_interval},
                               {"delta", set_delta},     {"since", set_since},
                               {"top", set_top},         {"dialect", set_dialect}};

Result<Request> parse_subscribe(const Object& members, Dialect otherwise) {
  Subscribe subscribe{.dialect = otherwise};
  for (const auto& [key, value] : members) {
    if (key == "type") continue;
    const MemberRow* found = nullptr;
    for (const auto& row : kMembers) {
      if (row.key == key) found = &row;
    }
    if (found == nullptr) {
      return fail(ErrorCode::kInvalid,
                  fmt::format("subscribe: unknown member {}", to_json(Value(key)).substr(0, 60)));
    }
    ORIEL_TRY_VOID(found->set(value, subscribe));
  }
  return subscribe;
}

}  // namespace

std::string write_monitoring_data(WallTime time, const Value& data, std::span<const Alert> alerts,
                                  Dialect dialect, std::optional<Sequence> sequence) {
  // By hand, so that the data are not copied into a larger value.
  std::string out = to_json(head("monitoring_data", time, dialect));
  out.pop_back();
  if (sequence) {
    out += fmt::format(", \"sequence\": {}", sequence->number);
    if (sequence->base) out += fmt::format(", \"delta\": true, \"base\": {}", *sequence->base);
  }
  out += ", \"data\": ";
  append_json(data, out);
  if (!alerts.empty()) {
    Array list;
    for (const auto& alert : alerts) list.push_back(alert_fields(alert));
    out += ", \"alerts\": ";
    append_json(list, out);
  }
  out += '}';
  return out;
}

std::string write_connection(WallTime time, std::string_view message, Dialect dialect) {
  if (dialect == Dialect::kSeed) {
    auto members = head("connection_message", time, dialect);
    members.emplace_back("status", "connected");
    members.emplace_back("message", message);
    return to_json(members);
  }
  return to_json(Object{{"type", "connection"},
                        {"status", "connected"},
                        {"timestamp", local_timestamp(time)},
                        {"message", message}});
}

std::string write_pong(WallTime time) { return to_json(head("pong", time, Dialect::kServer)); }

std::string write_status(WallTime time, std::size_t connected_clients, bool is_active) {
  return to_json(Object{{"type", "status"},
                        {"connected_clients", std::uint64_t{connected_clients}},
                        {"monitoring_active", is_active},
                        {"timestamp", local_timestamp(time)}});
}

std::string write_error(WallTime time, std::string_view message, std::string_view severity,
                        Dialect dialect) {
  if (dialect == Dialect::kServer) {
    return to_json(Object{{"type", "error"}, {"message", message}});
  }
  auto members = head("error_message", time, dialect);
  members.emplace_back("error", message);
  members.emplace_back("severity", severity);
  members.emplace_back("message", message);
  return to_json(members);
}

Result<Request> parse_request(std::string_view text, Dialect otherwise) {
  ORIEL_TRY(const auto value, parse_json(text, kRequestBytesMax));
  const auto* members = value.object();
  const auto* type = members == nullptr ? nullptr : value.find("type");
  if (type == nullptr || type->string() == nullptr) {
    return fail(ErrorCode::kInvalid, "message: not an object with a \"type\"");
  }
  const auto& name = *type->string();
  if (name == "ping") return Ping{};
  if (name == "get_status") return GetStatus{};
  if (name == "subscribe") return parse_subscribe(*members, otherwise);
  return Unknown{name.substr(0, kNameBytesMax)};
}

}  // namespace oriel::monitor
