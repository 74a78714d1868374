#include "oriel/app/cli/drive_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>
#include <cstdio>
#include <utility>

#include "oriel/app/agent/waits.h"
#include "oriel/app/cli/command_table.h"
#include "oriel/app/cli/say.h"
#include "oriel/app/observe/escape.h"
#include "oriel/core/keys/key_name.h"

namespace oriel::cli {
namespace {

using agent::ErrorKind;
using agent::VerbResult;
namespace json = boost::json;

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

json::object json_of(const image::Rect& rect) {
  return {{"x", rect.x}, {"y", rect.y}, {"width", rect.width}, {"height", rect.height}};
}

json::array json_of(const std::vector<image::Rect>& rects) {
  json::array rows;
  for (const auto& rect : rects) rows.push_back(json_of(rect));
  return rows;
}

json::object json_of(const client::ServerFacts& facts) {
  return {{"target", facts.target},
          {"name", facts.name},
          {"kind", facts.kind},
          {"version", facts.version},
          {"security", facts.security},
          {"encodings", json::value_from(facts.encodings)},
          {"bytes_in", facts.bytes_in},
          {"bytes_out", facts.bytes_out},
          {"updates", facts.updates},
          {"can_resize", facts.can_resize},
          {"extended_clipboard", facts.has_extended_clipboard},
          {"continuous_updates", facts.has_continuous_updates},
          {"fence", facts.has_fence},
          {"uniform", facts.was_uniform}};
}

std::string boxes_text(const std::vector<image::Rect>& boxes) {
  std::string text;
  for (const auto& box : boxes)
    text += fmt::format("{}{}", text.empty() ? "" : " ", agent::shown(box));
  return text;
}

// Keys by their names, then buttons.
std::vector<std::string> held_in(const agent::ScreenReport& screen) {
  std::vector<std::string> held;
  for (const auto keysym : screen.keys) held.push_back(keys::name_of_keysym(keysym));
  constexpr std::pair<agent::Button, const char*> kButtons[] = {
      {agent::Button::kLeft, "left button"},
      {agent::Button::kMiddle, "middle button"},
      {agent::Button::kRight, "right button"},
      {agent::Button::kBack, "back button"},
      {agent::Button::kForward, "forward button"}};
  for (const auto& [button, name] : kButtons)
    if ((screen.buttons & static_cast<std::uint16_t>(button)) != 0) held.emplace_back(name);
  return held;
}

std::string info_text(const VerbResult& result, const std::optional<client::ServerFacts>& server) {
  std::string text;
  const auto line = [&text](std::string_view name, const std::string& value) {
    // What servers say must not drive the terminal.
    if (!value.empty()) text += fmt::format("{:<10} {}\n", name, observe::text_line(value));
  };
  if (server) {
    line("target", server->target);
    line("name", server->name);
  }
  line("size", fmt::format("{}x{}", result.screen->size.width, result.screen->size.height));
  const auto& pointer = result.screen->pointer;
  line("pointer", pointer ? fmt::format("{},{}", pointer->x, pointer->y) : "not known");
  line("held", fmt::format("{}", fmt::join(held_in(*result.screen), ", ")));
  if (!server) return text;
  line("server", fmt::format("{}, {}", server->kind, server->version));
  line("security", server->security);
  line("encodings", fmt::format("{}", fmt::join(server->encodings, ", ")));
  line("traffic", fmt::format("{} bytes in, {} out", server->bytes_in, server->bytes_out));
  line("can", fmt::format("{}{}{}", server->can_resize ? "resize " : "",
                          server->has_extended_clipboard ? "clipboard in UTF-8 " : "",
                          server->has_continuous_updates ? "continuous updates" : ""));
  if (server->was_uniform) line("note", "the first picture was all one colour");
  return text;
}

std::string wait_text(const VerbResult& result) {
  std::string text = fmt::format("{} after {}", result.verb, agent::shown(*result.waited));
  if (result.text) text += fmt::format(": {}", *result.text);
  if (!result.boxes.empty()) text += fmt::format("; {}", boxes_text(result.boxes));
  for (const auto& again : result.recurring)
    text += fmt::format("; {} changes again and again", agent::shown(again.box));
  return text + "\n";
}

std::string text_of(const VerbResult& result, const std::optional<client::ServerFacts>& server) {
  if (result.screen) return info_text(result, server);
  if (result.waited) return wait_text(result);
  if (!result.texts.empty()) {
    std::string text;
    for (const auto& one : result.texts) text += one + "\n";
    return text;
  }
  if (result.text) return *result.text + (result.text->ends_with('\n') ? "" : "\n");
  return "";
}

json::object json_of(const VerbResult& result, const std::optional<client::ServerFacts>& server) {
  json::object out{{"verb", result.verb}, {"took_s", seconds(result.took)}};
  if (result.screen) {
    out["size"] = {{"width", result.screen->size.width}, {"height", result.screen->size.height}};
    out["generation"] = result.screen->generation;
    out["has_clipboard"] = result.screen->has_clipboard;
    out["held"] = json::value_from(held_in(*result.screen));
  }
  if (server && result.screen) out["server"] = json_of(*server);
  if (result.pointer) out["pointer"] = {{"x", result.pointer->x}, {"y", result.pointer->y}};
  if (result.waited) out["waited_s"] = seconds(*result.waited);
  if (result.mark) out["generation"] = result.mark->generation;
  if (result.text) out["text"] = *result.text;
  if (!result.texts.empty()) out["texts"] = json::value_from(result.texts);
  if (result.region) out["region"] = json_of(*result.region);
  if (result.picture_size)
    out["picture"] = {{"width", result.picture_size->width},
                      {"height", result.picture_size->height}};
  if (result.waited || !result.boxes.empty()) out["boxes"] = json_of(result.boxes);
  if (!result.recurring.empty()) {
    json::array rows;
    for (const auto& again : result.recurring) {
      auto row = json_of(again.box);
      row["times"] = again.times;
      rows.push_back(std::move(row));
    }
    out["recurring"] = std::move(rows);
  }
  if (!result.file.empty()) out["file"] = result.file;
  return out;
}

}  // namespace

VerbOutput output_of(VerbResult result, const std::optional<client::ServerFacts>& server) {
  VerbOutput output;
  output.text = text_of(result, server);
  output.json = json_of(result, server);
  output.picture = std::move(result.picture);
  return output;
}

void set_timed_out(DriveOutcome& outcome, std::chrono::milliseconds time) {
  outcome.error = agent::AgentError{
      ErrorKind::kTimeout,
      fmt::format("{} had not ended within the {} of --time-limit",
                  outcome.under_way.empty() ? "connecting" : "`" + outcome.under_way + "`",
                  agent::shown(time))};
}

int exit_code_of(const agent::AgentError& error, bool has_connected) {
  switch (error.kind) {
    case ErrorKind::kConnection:
      return has_connected ? kConnectionLost : kNeverConnected;
    case ErrorKind::kTimeout:
      return kTimedOut;
    case ErrorKind::kAuthentication:
      return kRefused;
    case ErrorKind::kProtocol:
      return kProtocolError;
    case ErrorKind::kInput:
      return kUsage;
    case ErrorKind::kState:
    case ErrorKind::kAction:
    case ErrorKind::kInternal:
      return kActionFailed;
  }
  return kInternalError;
}

int exit_code_of(const DriveOutcome& outcome) {
  return outcome.error ? exit_code_of(*outcome.error, outcome.has_connected) : kDone;
}

json::object error_document(const agent::AgentError& error, bool has_connected) {
  return {{"error",
           {{"kind", agent::error_kind_name(error.kind)},
            {"message", error.message},
            {"exit_code", exit_code_of(error, has_connected)}}}};
}

json::object json_of(const DriveOutcome& outcome) {
  json::array results;
  for (const auto& output : outcome.outputs) results.push_back(output.json);
  json::object out{{"target", outcome.target}};
  if (!outcome.name.empty()) out["name"] = outcome.name;
  out["results"] = std::move(results);
  if (!outcome.error) return out;
  auto document = error_document(*outcome.error, outcome.has_connected);
  auto& error = document["error"].as_object();
  if (!outcome.error_where.empty()) error["where"] = outcome.error_where;
  out["error"] = std::move(error);
  return out;
}

int say_usage_error(std::string_view message, bool is_json) {
  if (!is_json) {
    say_error(message);
    return kUsage;
  }
  const auto document = error_document({ErrorKind::kInput, std::string(message)}, false);
  std::fputs((json::serialize(document) + "\n").c_str(), stdout);
  return kUsage;
}

std::string error_line(const DriveOutcome& outcome, bool names_target) {
  std::string line = "oriel: ";
  if (names_target) line += outcome.label() + ": ";
  if (!outcome.error_where.empty()) line += outcome.error_where + ": ";
  return line + outcome.error->message + "\n";
}

}  // namespace oriel::cli
