// Who is connected, who has control, and what the server was told at its start.

#include <fmt/format.h>

#include <array>
#include <boost/json/array.hpp>
#include <utility>

#include "oriel/app/api/control_document.h"
#include "oriel/app/api/limits.h"
#include "oriel/app/api/operation.h"
#include "oriel/app/api/reply.h"
#include "oriel/app/api/viewer_document.h"

namespace oriel::api {
namespace {

namespace json = boost::json;

std::string_view text_of(const json::value& value) {
  return {value.as_string().data(), value.as_string().size()};
}

net::HttpResponse no_such_viewer(const std::string& name) {
  return error_reply(404, "no_such_viewer",
                     fmt::format("there is no viewer {} here (any more)", name));
}

void list_viewers(Call call, net::HttpAnswer answer) {
  answer(json_reply(viewers_document(call.backend.viewers())));
}

ViewerNumber number_in_path(const Call& call) {
  return call.parameters.at("id").to_number<ViewerNumber>();
}

void kick(Call call, net::HttpAnswer answer) {
  const auto id = number_in_path(call);
  if (!call.backend.kick(id, text_of(call.body.at("reason"))))
    return answer(no_such_viewer(std::to_string(id)));
  answer(empty_reply());
}

void tell(Call call, net::HttpAnswer answer) {
  const auto id = number_in_path(call);
  if (!call.backend.tell(id, text_of(call.body.at("text"))))
    return answer(no_such_viewer(std::to_string(id)));
  answer(empty_reply());
}

// The viewer that the body names; 0 when there is none.
ViewerNumber named_viewer(const Call& call) {
  return call.backend.find_viewer(text_of(call.body.at("viewer")));
}

void take_control(Call call, net::HttpAnswer answer) {
  if (!call.backend.desktop().control.is_single)
    return answer(error_reply(409, "control_shared",
                              "everybody has control here: the server runs with --control shared"));
  const auto viewer = named_viewer(call);
  if (viewer == 0) return answer(no_such_viewer(std::string(text_of(call.body.at("viewer")))));
  if (!call.backend.take_control(viewer, call.visitor.roles.contains(Role::kAdmin)))
    return answer(error_reply(409, "control_taken",
                              "another viewer has control until it gives it back or is idle"));
  answer(json_reply(control_document(call.backend.desktop().control)));
}

void release_control(Call call, net::HttpAnswer answer) {
  const auto viewer = named_viewer(call);
  if (viewer == 0) return answer(no_such_viewer(std::string(text_of(call.body.at("viewer")))));
  call.backend.release_control(viewer);
  answer(empty_reply());
}

void list_settings(Call call, net::HttpAnswer answer) {
  json::array list;
  for (const auto& setting : call.backend.settings())
    list.push_back({{"key", setting.key},
                    {"value", setting.value},
                    {"source", setting.source},
                    {"source_detail", setting.source_detail},
                    {"help", setting.help}});
  answer(json_reply(json::object{{"settings", std::move(list)}}));
}

constexpr auto kViewerParameters = std::to_array<Parameter>({
    {"id", ParameterPlace::kPath, R"({"type": "integer", "minimum": 1})", "The viewer's number"},
});

constexpr std::string_view kViewerName =
    R"({"type": "object", "required": ["viewer"], "properties": {
  "viewer": {"type": "string", "minLength": 1, "maxLength": 64, "description": "its tag or number"}}})";

constexpr auto kOperations = std::to_array<Operation>({
    {.method = "GET",
     .path = "/api/v1/viewers",
     .id = "listViewers",
     .help = "Who is connected, and how well",
     .role = Role::kAdmin,
     .result_types = "application/json",
     .result_schema = R"({"type": "object", "properties": {"viewers": {"type": "array", "items": {
       "type": "object", "properties": {
         "id": {"type": "integer"}, "tag": {"description": "of its page, or null"},
         "peer": {"type": "string"}, "transport": {"enum": ["tcp", "websocket"]},
         "role": {"enum": ["control", "view"]}, "has_control": {"type": "boolean"},
         "encoding": {"type": "string"}, "pixel_format": {"type": "string"},
         "connected_s": {"type": "number"}, "frames_per_s": {"type": "number"},
         "bytes_per_s": {"type": "number"}, "bytes_sent": {"type": "integer"},
         "bytes_received": {"type": "integer"}, "latency_ms": {"description": "a number or null"},
         "latency_history_ms": {"type": "array", "items": {"type": "number"}}}}}}})",
     .run = list_viewers},
    {.method = "DELETE",
     .path = "/api/v1/viewers/{id}",
     .id = "disconnectViewer",
     .help = "Sends a viewer away, with the reason",
     .role = Role::kAdmin,
     .parameters = kViewerParameters,
     .body_types = "application/json",
     .body_schema = R"({"type": "object", "required": ["reason"], "properties": {
       "reason": {"type": "string", "maxLength": 100}}})",
     .success = 204,
     .run = kick},
    {.method = "POST",
     .path = "/api/v1/viewers/{id}/message",
     .id = "tellViewer",
     .help =
         "Shows a viewer a message: a page in a box, other viewers in the title of their window",
     .role = Role::kAdmin,
     .parameters = kViewerParameters,
     .body_types = "application/json",
     .body_schema = R"({"type": "object", "required": ["text"], "properties": {
       "text": {"type": "string", "minLength": 1, "maxLength": 1000}}})",
     .success = 204,
     .run = tell},
    {.method = "PUT",
     .path = "/api/v1/control",
     .id = "takeControl",
     .help =
         "Gives control to a viewer, where one at a time has it; an admin takes it from anybody",
     .role = Role::kControl,
     .body_types = "application/json",
     .body_schema = kViewerName,
     .result_types = "application/json",
     .result_schema = R"({"type": "object"})",
     .run = take_control},
    {.method = "DELETE",
     .path = "/api/v1/control",
     .id = "releaseControl",
     .help = "Takes control from a viewer",
     .role = Role::kControl,
     .body_types = "application/json",
     .body_schema = kViewerName,
     .success = 204,
     .run = release_control},
    {.method = "GET",
     .path = "/api/v1/settings",
     .id = "listSettings",
     .help = "The server's settings, and where each came from",
     .role = Role::kAdmin,
     .result_types = "application/json",
     .result_schema = R"({"type": "object", "properties": {"settings": {"type": "array", "items": {
       "type": "object", "properties": {
         "key": {"type": "string"}, "value": {"type": "string"},
         "source": {"enum": ["default", "file", "environment", "flag"]},
         "source_detail": {"type": "string"}, "help": {"type": "string"}}}}}})",
     .run = list_settings},
});

}  // namespace

std::span<const Operation> viewer_operations() { return kOperations; }

}  // namespace oriel::api
