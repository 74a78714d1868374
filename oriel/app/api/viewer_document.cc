#include "oriel/app/api/viewer_document.h"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <cmath>
#include <utility>

namespace oriel::api {
namespace {

namespace json = boost::json;

// Three digits after the point say enough.
double rounded(double value) { return std::round(value * 1000) / 1000; }

json::object viewer_document(const ViewerInfo& viewer) {
  json::object document{{"id", viewer.id},
                        {"tag", nullptr},
                        {"peer", viewer.peer},
                        {"transport", viewer.transport},
                        {"role", viewer.is_view_only ? "view" : "control"},
                        {"has_control", viewer.has_control},
                        {"encoding", viewer.encoding},
                        {"pixel_format", viewer.pixel_format},
                        {"connected_s", rounded(viewer.connected.count())},
                        {"frames_per_s", rounded(viewer.frames_per_s)},
                        {"bytes_per_s", rounded(viewer.bytes_per_s)},
                        {"bytes_sent", viewer.bytes_sent},
                        {"bytes_received", viewer.bytes_received},
                        {"latency_ms", nullptr}};
  if (!viewer.tag.empty()) document["tag"] = viewer.tag;
  if (viewer.latency_ms) document["latency_ms"] = rounded(*viewer.latency_ms);
  json::array history;
  for (const double latency : viewer.latency_history_ms) history.push_back(rounded(latency));
  document["latency_history_ms"] = std::move(history);
  return document;
}

}  // namespace

json::object viewers_document(const std::vector<ViewerInfo>& viewers) {
  json::array list;
  for (const auto& viewer : viewers) list.push_back(viewer_document(viewer));
  return {{"viewers", std::move(list)}};
}

}  // namespace oriel::api
