// The desktop: what it is, its size, its picture, and what happens on it.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <charconv>
#include <cmath>
#include <utility>

#include "oriel/app/api/control_document.h"
#include "oriel/app/api/limits.h"
#include "oriel/app/api/operation.h"
#include "oriel/app/api/reply.h"

namespace oriel::api {
namespace {

namespace json = boost::json;

json::object size_document(image::Size size) {
  return {{"width", size.width}, {"height", size.height}};
}

void show_desktop(Call call, net::HttpAnswer answer) {
  const auto desktop = call.backend.desktop();
  json::value cursor;
  if (desktop.cursor)
    cursor = {{"width", desktop.cursor->size.width},
              {"height", desktop.cursor->size.height},
              {"hot_x", desktop.cursor->hotspot.x},
              {"hot_y", desktop.cursor->hotspot.y}};
  answer(json_reply({{"name", desktop.name},
                     {"state", desktop.state},
                     {"state_message", desktop.state_message},
                     {"geometry", size_document(desktop.geometry)},
                     {"generation", desktop.generation},
                     {"resizable", desktop.is_resizable},
                     {"max_geometry", size_document(desktop.max_geometry)},
                     {"pointer", {{"x", desktop.pointer.x}, {"y", desktop.pointer.y}}},
                     {"cursor", std::move(cursor)},
                     {"control", control_document(desktop.control)}}));
}

void resize(Call call, net::HttpAnswer answer) {
  const image::Size size{call.body.at("width").to_number<int>(),
                         call.body.at("height").to_number<int>()};
  call.backend.resize(size, [answer = std::move(answer), size](const Status& status) mutable {
    if (!status) return answer(error_reply(409, "resize_refused", status.error().message));
    answer(json_reply(size_document(size)));
  });
}

// "10,20,300,200": x, y, width, height.
Result<image::Rect> parse_region(std::string_view text) {
  std::array<int, 4> numbers{};
  const auto* at = text.data();
  const auto* const end = at + text.size();
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const auto [rest, error] = std::from_chars(at, end, numbers[i]);
    const bool is_last = i + 1 == numbers.size();
    if (error != std::errc() || (is_last ? rest != end : rest == end || *rest != ','))
      return fail(ErrorCode::kInvalid,
                  fmt::format("region is \"{}\", x,y,width,height are expected", text));
    at = rest + 1;
  }
  if (std::ranges::any_of(numbers, [](int number) { return number < 0 || number > kScreenPxMax; }))
    return fail(
        ErrorCode::kInvalid,
        fmt::format("region is \"{}\", numbers of 0 to {} are expected", text, kScreenPxMax));
  const auto [x, y, width, height] = numbers;
  if (width < 1 || height < 1)
    return fail(ErrorCode::kInvalid,
                fmt::format("region is {} pixels wide and {} high, at least 1 each is expected",
                            width, height));
  return image::Rect{x, y, width, height};
}

Result<PictureRequest> picture_request(const Call& call, PictureKind kind) {
  PictureRequest wish{.kind = kind};
  if (const auto* region = call.parameters.if_contains("region")) {
    ORIEL_TRY(wish.region, parse_region({region->as_string().data(), region->as_string().size()}));
  }
  if (const auto* scale = call.parameters.if_contains("scale"))
    wish.scale = scale->to_number<double>();
  if (const auto* quality = call.parameters.if_contains("quality"))
    wish.quality = quality->to_number<int>();
  if (const auto* since = call.parameters.if_contains("since"))
    wish.since = since->to_number<std::uint64_t>();
  if (const auto* known = call.request.find("If-None-Match")) wish.known_etag = *known;
  return wish;
}

std::string rect_text(const image::Rect& rect) {
  return fmt::format("{},{},{},{}", rect.x, rect.y, rect.width, rect.height);
}

net::HttpResponse picture_reply(Picture picture, PictureKind kind, bool is_since) {
  net::HttpResponse response;
  response.content_type = kind == PictureKind::kPng ? "image/png" : "image/jpeg";
  response.fields = {{"Cache-Control", "no-cache"},
                     {"Oriel-Generation", std::to_string(picture.generation)},
                     {"Oriel-Region", rect_text(picture.region)}};
  // Nothing that has changed is no picture, so it has no tag.
  if (!picture.etag.empty()) response.fields.push_back({"ETag", picture.etag});
  if (is_since) {
    std::string boxes;
    for (const auto& box : picture.boxes) boxes += (boxes.empty() ? "" : ";") + rect_text(box);
    response.fields.push_back({"Oriel-Boxes", boxes});
  }
  response.status = picture.bytes ? 200 : 304;
  response.body = std::move(picture.bytes);
  return response;
}

void take_picture(const Call& call, PictureKind kind, net::HttpAnswer answer) {
  const auto wish = picture_request(call, kind);
  if (!wish) return answer(error_reply(wish.error()));
  const bool is_since = wish->since.has_value();
  call.backend.take_picture(
      *wish, [answer = std::move(answer), kind, is_since](Result<Picture> picture) mutable {
        if (picture) return answer(picture_reply(*std::move(picture), kind, is_since));
        if (picture.error().code != ErrorCode::kTooLarge)
          return answer(error_reply(picture.error()));
        answer(busy_reply(picture.error().message));
      });
}

void take_png(Call call, net::HttpAnswer answer) {
  take_picture(call, PictureKind::kPng, std::move(answer));
}
void take_jpeg(Call call, net::HttpAnswer answer) {
  take_picture(call, PictureKind::kJpeg, std::move(answer));
}

// "a,b,c" as a list.
std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const auto end = std::min(text.find(','), text.size());
    if (end > 0) words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

std::string text_parameter(const Call& call, const char* name) {
  const auto* value = call.parameters.if_contains(name);
  return value == nullptr ? std::string()
                          : std::string(value->as_string().data(), value->as_string().size());
}

void listen(Call call, net::HttpAnswer answer) {
  auto stream = call.backend.subscribe(
      {split_list(text_parameter(call, "types")), text_parameter(call, "tag"), call.visitor.roles});
  if (!stream) {
    const auto& error = stream.error();
    if (error.code == ErrorCode::kRefused)
      return answer(error_reply(403, "forbidden", error.message));
    if (error.code == ErrorCode::kTooLarge) return answer(busy_reply(error.message));
    return answer(error_reply(error));
  }
  net::HttpResponse response;
  response.content_type = "text/event-stream";
  response.fields = {{"Cache-Control", "no-store"}, {"X-Accel-Buffering", "no"}};
  response.stream = *std::move(stream);
  answer(std::move(response));
}

constexpr std::string_view kSize =
    R"({"type": "object", "required": ["width", "height"], "properties": {
  "width": {"type": "integer", "minimum": 1, "maximum": 65535},
  "height": {"type": "integer", "minimum": 1, "maximum": 65535}}})";

constexpr std::string_view kDesktop = R"({"type": "object", "properties": {
  "name": {"type": "string"},
  "state": {"enum": ["ok", "lost", "starting"]},
  "state_message": {"type": "string"},
  "geometry": {"type": "object", "properties": {"width": {"type": "integer"}, "height": {"type": "integer"}}},
  "generation": {"type": "integer", "description": "counts the changes of the screen"},
  "resizable": {"type": "boolean"},
  "max_geometry": {"type": "object", "properties": {"width": {"type": "integer"}, "height": {"type": "integer"}}},
  "pointer": {"type": "object", "properties": {"x": {"type": "integer"}, "y": {"type": "integer"}}},
  "cursor": {"description": "its size and hot spot, or null"},
  "control": {"type": "object", "properties": {
    "policy": {"enum": ["shared", "single"]},
    "owner": {"description": "the viewer that has control, or null"},
    "owner_tag": {}, "owner_peer": {}}}}})";

constexpr auto kPictureParameters = std::to_array<Parameter>({
    {"region", ParameterPlace::kQuery, R"({"type": "string", "maxLength": 48})",
     "x,y,width,height on the screen; without it the whole screen"},
    {"scale", ParameterPlace::kQuery, R"({"type": "number", "minimum": 0.01, "maximum": 1})",
     "Size of the picture in relation to the region"},
    {"quality", ParameterPlace::kQuery, R"({"type": "integer", "minimum": 1, "maximum": 100})",
     "Of JPEG"},
    {"since", ParameterPlace::kQuery, R"({"type": "integer", "minimum": 0})",
     "Only what has changed after this generation: the picture is of the box around it "
     "(Oriel-Region), and Oriel-Boxes lists x,y,width,height of each change; 304 when nothing has"},
});

constexpr auto kEventParameters = std::to_array<Parameter>({
    {"types", ParameterPlace::kQuery, R"({"type": "string", "maxLength": 200})",
     "Kinds of events with commas between; without it all but damage, viewers and log: hello, "
     "viewer_joined, viewer_left, resized, damage, clipboard, control, desktop, message, viewers, "
     "log"},
    {"tag", ParameterPlace::kQuery, R"({"type": "string", "maxLength": 64})",
     "The tag of one's own viewer, to get messages for it"},
});

constexpr auto kOperations = std::to_array<Operation>({
    {.method = "GET",
     .path = "/api/v1/desktop",
     .id = "getDesktop",
     .help = "The desktop: its size, state, pointer, and who has control",
     .role = Role::kView,
     .result_types = "application/json",
     .result_schema = kDesktop,
     .run = show_desktop},
    {.method = "PUT",
     .path = "/api/v1/desktop/geometry",
     .id = "resizeDesktop",
     .help = "Gives the desktop another size",
     .role = Role::kResize,
     .body_types = "application/json",
     .body_schema = kSize,
     .result_types = "application/json",
     .result_schema = kSize,
     .run = resize},
    {.method = "GET",
     .path = "/api/v1/screenshot.png",
     .id = "takeScreenshotPng",
     .help = "The screen as PNG; its ETag names its content, so an unchanged screen answers 304",
     .role = Role::kView,
     .parameters = kPictureParameters,
     .result_types = "image/png",
     .run = take_png},
    {.method = "GET",
     .path = "/api/v1/screenshot.jpg",
     .id = "takeScreenshotJpeg",
     .help = "The screen as JPEG; its ETag names its content, so an unchanged screen answers 304",
     .role = Role::kView,
     .parameters = kPictureParameters,
     .result_types = "image/jpeg",
     .run = take_jpeg},
    {.method = "GET",
     .path = "/api/v1/events",
     .id = "listen",
     .help = "What happens, as server-sent events",
     .role = Role::kView,
     .parameters = kEventParameters,
     .result_types = "text/event-stream",
     .run = listen},
});

}  // namespace

std::span<const Operation> desktop_operations() { return kOperations; }

}  // namespace oriel::api
