#pragma once
// The messages of the monitoring stream, one JSON document each: what a server writes, and what it
// reads of a subscriber.

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "oriel/base/result.h"
#include "oriel/core/monitor/alert.h"
#include "oriel/core/monitor/metric_table.h"
#include "oriel/core/monitor/snapshot.h"
#include "oriel/core/monitor/value.h"

namespace oriel::monitor {

// Whose type names and order of keys. The seed's text says "connection_message" and
// "error_message" and puts the timestamp first; the real server "connection" and "error".
enum class Dialect { kServer, kSeed };

// Which sample a document is, and for a delta the one that it changes. Numbers count up from 1;
// those of the past, as they go to who reads deltas, count up to 0.
struct Sequence {
  std::int64_t number = 0;
  std::optional<std::int64_t> base;  // set: the document is a delta

  friend bool operator==(const Sequence&, const Sequence&) = default;
};

// `data` as a member "data"; alerts only when there are some. Without a sequence these are exactly
// the real server's members; with one, "sequence", and "delta": true with "base", stand before
// data.
std::string write_monitoring_data(WallTime time, const Value& data, std::span<const Alert> alerts,
                                  Dialect dialect, std::optional<Sequence> sequence = {});
std::string write_connection(WallTime time, std::string_view message, Dialect dialect);
std::string write_pong(WallTime time);
std::string write_status(WallTime time, std::size_t connected_clients, bool is_active);
// severity: "warning" where the connection stays, "error" where it is closed.
std::string write_error(WallTime time, std::string_view message, std::string_view severity,
                        Dialect dialect);

struct Ping {
  friend bool operator==(const Ping&, const Ping&) = default;
};
struct GetStatus {
  friend bool operator==(const GetStatus&, const GetStatus&) = default;
};
// {"type":"subscribe","metrics":["cpu","memory"],"interval":0.5,"delta":true,"since":1763646471.4,
//  "top":10,"dialect":"seed"}; each but the type may be missing.
struct Subscribe {
  MetricSet metrics = all_but_processes();
  std::chrono::milliseconds interval{500};
  bool wants_delta = false;
  std::optional<std::int64_t> since_us;  // wall time, microseconds since 1970
  std::size_t top_processes = 10;
  Dialect dialect = Dialect::kServer;

  friend bool operator==(const Subscribe&, const Subscribe&) = default;
};
// Of a type that is not known: the real server does not answer it.
struct Unknown {
  std::string type;

  friend bool operator==(const Unknown&, const Unknown&) = default;
};
using Request = std::variant<Ping, GetStatus, Subscribe, Unknown>;

// A subscription that names no dialect has `otherwise`. Errors: what is no JSON object with a
// "type", unknown metrics or members, values out of range; those of a subscription begin with
// "subscribe: ".
Result<Request> parse_request(std::string_view text, Dialect otherwise = Dialect::kServer);

}  // namespace oriel::monitor
