// What a program does to the desktop: input and clipboard.

#include <array>
#include <boost/json/array.hpp>
#include <utility>

#include "oriel/app/api/action_document.h"
#include "oriel/app/api/operation.h"
#include "oriel/app/api/reply.h"

namespace oriel::api {
namespace {

namespace json = boost::json;

void perform(Call call, net::HttpAnswer answer) {
  auto actions = actions_of(call.body);
  if (!actions) return answer(error_reply(actions.error()));
  const auto count = actions->size();
  call.backend.perform(
      *std::move(actions), call.request.peer,
      [answer = std::move(answer), count](Result<std::uint64_t> generation) mutable {
        if (!generation && generation.error().code == ErrorCode::kRefused)
          return answer(error_reply(409, "control_taken", generation.error().message));
        if (!generation && generation.error().code == ErrorCode::kTooLarge)
          return answer(busy_reply(generation.error().message));
        if (!generation) return answer(error_reply(generation.error()));
        answer(json_reply({{"performed", count}, {"generation", *generation}}));
      });
}

constexpr auto kClipboardTypes =
    std::to_array<std::pair<std::string_view, ClipboardKind>>({{"text/plain", ClipboardKind::kText},
                                                               {"text/html", ClipboardKind::kHtml},
                                                               {"image/png", ClipboardKind::kPng}});

void read_clipboard(Call call, net::HttpAnswer answer) {
  auto kind = ClipboardKind::kText;
  if (const auto* format = call.parameters.if_contains("format")) {
    if (*format == "html") kind = ClipboardKind::kHtml;
    if (*format == "png") kind = ClipboardKind::kPng;
  }
  call.backend.read_clipboard(
      kind, [answer = std::move(answer), kind](Result<Bytes> bytes) mutable {
        if (!bytes) return answer(error_reply(bytes.error()));
        if (bytes->empty()) return answer(empty_reply());
        std::string type(kClipboardTypes[static_cast<std::size_t>(kind)].first);
        if (kind != ClipboardKind::kPng) type += "; charset=utf-8";
        auto response = net::http_body(200, std::move(type), as_text(*bytes));
        // What a program has copied is shown, never run.
        response.fields = {{"Cache-Control", "no-store"}, {"Content-Disposition", "attachment"}};
        answer(std::move(response));
      });
}

void write_clipboard(Call call, net::HttpAnswer answer) {
  const auto& type = *call.request.find("Content-Type");
  auto kind = ClipboardKind::kText;
  for (const auto& [name, each] : kClipboardTypes)
    if (type.starts_with(name)) kind = each;
  const auto& text = call.request.body;
  if (auto status = call.backend.write_clipboard(kind, Bytes(text.begin(), text.end())); !status)
    return answer(error_reply(status.error()));
  answer(empty_reply());
}

void show_clipboard_history(Call call, net::HttpAnswer answer) {
  const auto history = call.backend.clipboard_history();
  if (!history) return answer(error_reply(history.error()));
  json::array entries;
  for (const auto& [text, age] : *history)
    entries.push_back({{"text", text}, {"age_seconds", age.count()}});
  auto response = json_reply({{"entries", std::move(entries)}});
  response.fields = {{"Cache-Control", "no-store"}};
  answer(std::move(response));
}

constexpr auto kClipboardParameters = std::to_array<Parameter>({
    {"format", ParameterPlace::kQuery, R"({"enum": ["text", "html", "png"]})", "text without it"},
});

const auto kOperations = std::to_array<Operation>({
    {.method = "POST",
     .path = "/api/v1/input",
     .id = "act",
     .help = "Types, points and clicks, one action after another",
     .role = Role::kControl,
     .body_types = "application/json",
     .body_schema = kActionsSchema,
     .result_types = "application/json",
     .result_schema = R"({"type": "object", "properties": {"performed": {"type": "integer"},
       "generation": {"type": "integer"}}})",
     .run = perform},
    {.method = "GET",
     .path = "/api/v1/clipboard",
     .id = "readClipboard",
     .help = "What is on the desktop's clipboard; 204 when it has nothing of that format",
     .role = Role::kClipboard,
     .parameters = kClipboardParameters,
     .result_types = "text/plain, text/html, image/png",
     .run = read_clipboard},
    {.method = "PUT",
     .path = "/api/v1/clipboard",
     .id = "writeClipboard",
     .help = "Puts something on the desktop's clipboard",
     .role = Role::kClipboard,
     .body_types = "text/plain, text/html, image/png",
     .success = 204,
     .run = write_clipboard},
    {.method = "GET",
     .path = "/api/v1/clipboard/history",
     .id = "readClipboardHistory",
     .help = "The last texts that were copied, the newest first; none unless --clipboard-history "
             "keeps some",
     .role = Role::kAdmin,
     .result_types = "application/json",
     .result_schema = R"({"type": "object", "properties": {"entries": {"type": "array", "items":
       {"type": "object", "properties": {"text": {"type": "string"},
       "age_seconds": {"type": "number"}}}}}})",
     .run = show_clipboard_history},
});

}  // namespace

std::span<const Operation> input_operations() { return kOperations; }

}  // namespace oriel::api
