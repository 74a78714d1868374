#pragma once
// What the conduit's methods and topics of a running server say, for their JSON Schemas. The
// documents themselves are those of the API and of monitoring.

#include <boost/describe.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace oriel::web {

struct Geometry {
  std::uint32_t width = 0, height = 0;  // pixels
};
BOOST_DESCRIBE_STRUCT(Geometry, (), (width, height))

struct ServerInfo {
  std::string status;  // "ok", "starting", "desktop lost"
  std::string version;
  double uptime_seconds = 0;
  std::uint64_t viewers = 0;
  // Not while the server starts.
  std::optional<Geometry> geometry;
  std::optional<std::map<std::string, std::string>> desktop;
};
BOOST_DESCRIBE_STRUCT(ServerInfo, (), (status, version, uptime_seconds, viewers, geometry, desktop))

struct Viewer {
  std::uint64_t id = 0;
  std::optional<std::string> tag;
  std::string peer;
  std::string transport;  // "tcp", "websocket"
  std::string role;       // "view", "control"
  bool has_control = false;
  std::string encoding, pixel_format;
  double connected_s = 0, frames_per_s = 0, bytes_per_s = 0;
  std::uint64_t bytes_sent = 0, bytes_received = 0;
  std::optional<double> latency_ms;
  std::vector<double> latency_history_ms;
};
BOOST_DESCRIBE_STRUCT(Viewer, (),
                      (id, tag, peer, transport, role, has_control, encoding, pixel_format,
                       connected_s, frames_per_s, bytes_per_s, bytes_sent, bytes_received,
                       latency_ms, latency_history_ms))

struct ViewerList {
  std::vector<Viewer> viewers;
};
BOOST_DESCRIBE_STRUCT(ViewerList, (), (viewers))

// ---- topics

struct ViewerJoined {
  std::uint64_t id = 0;
  std::string peer;
  bool view_only = false;
};
BOOST_DESCRIBE_STRUCT(ViewerJoined, (), (id, peer, view_only))

struct ViewerLeft {
  std::uint64_t id = 0;
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(ViewerLeft, (), (id, reason))

struct Alert {
  std::string timestamp;  // ISO 8601, UTC
  std::string level;      // "WARNING", "CRITICAL"
  std::string component, metric;
  double value = 0, threshold = 0;
  std::string message, host;
  bool ended = false;
};
BOOST_DESCRIBE_STRUCT(Alert, (),
                      (timestamp, level, component, metric, value, threshold, message, host, ended))

}  // namespace oriel::web
