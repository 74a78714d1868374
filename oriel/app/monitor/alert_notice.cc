#include "oriel/app/monitor/alert_notice.h"

#include <fmt/format.h>
#include <time.h>

#include <chrono>
#include <cmath>

#include "oriel/app/observe/escape.h"
#include "oriel/core/monitor/document.h"

namespace oriel::monitor {
namespace {

std::string figure_text(const Alert& alert) {
  return fmt::format("{} {:.1f}{}", alert.what, alert.value, alert.unit);
}

// With the zone said: whoever gets it may be in another one.
std::string utc_timestamp(WallTime time) {
  time.utc_offset_seconds = 0;
  return local_timestamp(time) + "+00:00";
}

std::string seconds_timestamp(WallTime time) {
  auto text = local_timestamp(time);
  text = text.substr(0, text.find('.'));
  if (const auto between = text.find('T'); between != text.npos) text[between] = ' ';
  return text;
}

}  // namespace

std::string notice_message(const AlertNotice& notice) {
  if (!notice.is_ended) return alert_message(notice.alert);
  const auto now = notice.alert.level < notice.level && notice.alert.level != AlertLevel::kNone
                       ? fmt::format(", now {}", alert_level_name(notice.alert.level))
                       : std::string();
  return fmt::format("Over: {} (was {}{})", figure_text(notice.alert),
                     alert_level_name(notice.level), now);
}

std::string notice_line(const AlertNotice& notice) {
  return observe::text_line(fmt::format(
      "{} [{}] {} {}", seconds_timestamp(notice.time), notice.host,
      notice.is_ended ? "ENDED" : alert_level_name(notice.level), notice_message(notice)));
}

Value notice_document(const AlertNotice& notice) {
  const auto& alert = notice.alert;
  return Object{{"timestamp", utc_timestamp(notice.time)},
                {"level", std::string(alert_level_name(notice.level))},
                {"component", alert.component},
                {"metric", alert.metric},
                {"value", std::round(alert.value * 10) / 10},
                {"threshold", alert.threshold},
                {"message", notice_message(notice)},
                {"host", notice.host},
                {"ended", notice.is_ended}};
}

std::string notice_subject(const AlertNotice& notice) {
  return observe::text_line(fmt::format("[{}] {}: {}", notice.host,
                                        notice.is_ended ? "Over" : alert_level_name(notice.level),
                                        figure_text(notice.alert)));
}

std::string notice_body(const AlertNotice& notice) {
  const auto line = [](std::string_view name, std::string_view value) {
    return fmt::format("{:<10} {}\n", name, observe::text_line(value));
  };
  const auto& alert = notice.alert;
  return observe::text_line(notice_message(notice)) + "\n\n" + line("Host:", notice.host) +
         line("Level:", alert_level_name(notice.level)) +
         line("Figure:", fmt::format("{}.{}", alert.component, alert.metric)) +
         line("Value:", fmt::format("{:.1f}{}", alert.value, alert.unit)) +
         line("Threshold:", fmt::format("{:.1f}{}", alert.threshold, alert.unit)) +
         line("Since:", utc_timestamp(alert.since)) + line("Time:", utc_timestamp(notice.time));
}

WallTime wall_now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(since).count();
  const time_t seconds = microseconds / 1'000'000;
  tm local{};
  const bool has_zone = ::localtime_r(&seconds, &local) != nullptr;
  return {microseconds, has_zone ? static_cast<std::int32_t>(local.tm_gmtoff) : 0};
}

}  // namespace oriel::monitor
