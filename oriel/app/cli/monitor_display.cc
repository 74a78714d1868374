#include "oriel/app/cli/monitor_display.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "oriel/app/monitor/format_text.h"
#include "oriel/core/monitor/document.h"
#include "oriel/core/monitor/server_message.h"

namespace oriel::cli {
namespace {

using monitor::Format;
using monitor::Value;

bool is_pretty(JsonForm form, bool is_terminal) {
  return form == JsonForm::kPretty || (form == JsonForm::kByOutput && is_terminal);
}

std::string_view string_member(const Value& message, std::string_view key) {
  const auto* value = message.find(key);
  const auto* text = value == nullptr ? nullptr : value->string();
  return text == nullptr ? std::string_view() : *text;
}

// What a connection or error message says, in either dialect.
std::string_view spoken(const Value& message) {
  const auto text = string_member(message, "message");
  return text.empty() ? string_member(message, "error") : text;
}

}  // namespace

MonitorDisplay::MonitorDisplay(MonitorDisplayOptions options,
                               std::optional<monitor::SaveFile> save_file)
    : labels_(std::move(options.labels)),
      is_json_(options.flags.format == Format::kJson),
      has_color_(options.has_color),
      saves_formatted_(options.flags.saves_formatted),
      formatter_(monitor::make_formatter(
          options.flags.format,
          {.has_color = options.has_color,
           .is_pretty = is_pretty(options.flags.json_form, options.is_terminal)})),
      plain_(monitor::make_formatter(options.flags.format, {.has_color = false})),
      output_(STDOUT_FILENO),
      save_file_(std::move(save_file)) {
  for (const auto& label : labels_) label_width_ = std::max(label_width_, label.size());
}

Status MonitorDisplay::show(std::size_t host, const Value& message) {
  const auto text = text_of(*formatter_, host, message);
  return text.empty() ? Status() : output_.write(text);
}

Status MonitorDisplay::show_fleet_alert(const monitor::AlertRules::Event& event,
                                        monitor::WallTime time) {
  const auto& alert = event.alert;
  const bool is_over = event.change.to == monitor::AlertLevel::kNone;
  const auto text = is_over
                        ? fmt::format("over: {} is {:.1f}{}", alert.what, alert.value, alert.unit)
                        : monitor::alert_message(alert);
  if (!is_json_) {
    return output_.write(
        monitor::Paint(has_color_).level(event.change.to, fmt::format("[ALERT] {}", text)));
  }
  return output_.write(formatter_->data(
      monitor::Object{{"type", "fleet_alert"},
                      {"timestamp", monitor::local_timestamp(time)},
                      {"component", alert.component},
                      {"metric", alert.metric},
                      {"value", std::round(alert.value * 10) / 10},
                      {"threshold", alert.threshold},
                      {"level", std::string(monitor::alert_level_name(alert.level))},
                      {"is_over", is_over},
                      {"message", text}}));
}

Status MonitorDisplay::show_statistics(std::size_t host,
                                       const monitor::ClientStatistics& statistics) {
  return output_.write(with_label(host, formatter_->statistics(statistics)));
}

std::optional<Error> MonitorDisplay::take_save_error() { return std::exchange(save_error_, {}); }

std::string MonitorDisplay::text_of(const monitor::Formatter& formatter, std::size_t host,
                                    const Value& message) const {
  using Kind = monitor::ServerMessageKind;
  if (is_json_) return formatter.data(with_host(host, message));
  switch (monitor::server_message_kind(string_member(message, "type"))) {
    case Kind::kMonitoringData:
      return with_label(host, formatter.data(message));
    case Kind::kConnection:
      return with_label(host, formatter.connection(spoken(message)));
    case Kind::kError:
      return with_label(host, formatter.error(spoken(message)));
    case Kind::kPong:
    case Kind::kStatus:
    case Kind::kOther:
      break;  // answers to what nobody here asks
  }
  return {};
}

std::string MonitorDisplay::with_label(std::size_t host, std::string_view text) const {
  if (labels_.size() < 2 || is_json_) return std::string(text);
  std::string result;
  while (true) {
    const auto end = text.find('\n');
    result += fmt::format("{:<{}} | {}", labels_[host], label_width_, text.substr(0, end));
    if (end == text.npos) return result;
    result += '\n';
    text.remove_prefix(end + 1);
  }
}

Value MonitorDisplay::with_host(std::size_t host, const Value& message) const {
  if (labels_.size() < 2 || message.object() == nullptr) return message;
  monitor::Object members{{"host", labels_[host]}};
  for (const auto& member : *message.object())
    if (member.first != "host") members.push_back(member);
  return members;
}

void MonitorDisplay::save(std::size_t host, const Value& message) {
  if (!save_file_) return;
  const auto line = saves_formatted_ ? text_of(*plain_, host, message)
                                     : monitor::to_json(with_host(host, message));
  if (line.empty()) return;
  if (auto error = save_file_->write(line)) save_error_ = *std::move(error);
}

}  // namespace oriel::cli
