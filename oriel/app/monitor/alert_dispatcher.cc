#include "oriel/app/monitor/alert_dispatcher.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <optional>

#include "oriel/app/monitor/alert_limits.h"
#include "oriel/app/monitor/console_alert_sink.h"
#include "oriel/app/monitor/file_alert_sink.h"
#include "oriel/app/monitor/mail_alert_sink.h"
#include "oriel/app/monitor/mail_text.h"
#include "oriel/app/monitor/webhook_alert_sink.h"

namespace oriel::monitor {
namespace {

using namespace std::chrono_literals;

Status wrong(std::string_view key, std::string_view why) {
  return fail(ErrorCode::kInvalid, fmt::format("{}: {}", key, why));
}

Status check_webhook(const config::AlertSettings& settings) {
  if (settings.webhook.empty()) return {};
  if (const auto status = check_url(settings.webhook, "http", "https"); !status) {
    return wrong("alert.webhook", status.error().message);
  }
  const auto& header = settings.webhook_header.reveal();
  const auto colon = header.find(':');
  if (!header.empty() && (colon == header.npos || colon == 0)) {
    return wrong("alert.webhook_header", "expected a header such as \"Authorization: Bearer X\"");
  }
  return {};
}

Result<std::vector<std::string>> split_addresses(std::string_view text) {
  std::vector<std::string> addresses;
  while (!text.empty()) {
    const auto end = std::min(text.find(','), text.size());
    auto one = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    while (one.starts_with(' ')) one.remove_prefix(1);
    while (one.ends_with(' ')) one.remove_suffix(1);
    ORIEL_TRY_VOID(check_mail_address(one));
    addresses.emplace_back(one);
  }
  if (addresses.empty() || addresses.size() > kMailRecipientsMax) {
    return fail(ErrorCode::kInvalid,
                fmt::format("{} addresses, expected 1 to {} with commas between", addresses.size(),
                            kMailRecipientsMax));
  }
  return addresses;
}

Result<std::optional<MailTransfer>> mail_of(const config::AlertSettings& settings) {
  if (settings.email_server.empty()) return std::nullopt;
  const auto wrong_as = [](std::string_view key, const Error& error) {
    return wrong(key, error.message).error();
  };
  MailTransfer mail;
  if (auto status = check_url(settings.email_server, "smtp", "smtps"); !status) {
    return std::unexpected(wrong_as("alert.email_server", status.error()));
  }
  if (auto status = check_mail_address(settings.email_from); !status) {
    return std::unexpected(wrong_as("alert.email_from", status.error()));
  }
  auto to = split_addresses(settings.email_to);
  if (!to) return std::unexpected(wrong_as("alert.email_to", to.error()));
  if (!settings.email_tls && !settings.email_user.empty()) {
    return fail(ErrorCode::kInvalid,
                "alert.email_tls is off, so alert.email_user and its password could be read on the "
                "way; leave one out");
  }
  if (settings.email_user.empty() != settings.email_password.is_empty()) {
    return fail(ErrorCode::kInvalid,
                "alert.email_user and alert.email_password (or alert.email_password_file) go "
                "together, only one is set");
  }
  mail.url = settings.email_server;
  mail.security = settings.email_tls ? MailSecurity::kTls : MailSecurity::kNone;
  mail.user = settings.email_user;
  mail.password = settings.email_password;
  mail.ca_file = settings.ca_file;
  mail.from = settings.email_from;
  mail.to = *std::move(to);
  return mail;
}

}  // namespace

Status check_alert_settings(const config::AlertSettings& settings) {
  ORIEL_TRY_VOID(check_webhook(settings));
  ORIEL_TRY_VOID(mail_of(settings));
  return {};
}

Result<std::unique_ptr<AlertDispatcher>> AlertDispatcher::make(
    const config::AlertSettings& settings, std::string host, observe::Logger log) {
  ORIEL_TRY_VOID(check_webhook(settings));
  ORIEL_TRY(auto mail, mail_of(settings));
  std::unique_ptr<AlertDispatcher> dispatcher(
      new AlertDispatcher(std::move(host), log.with_name("alert")));
  const auto add = [&](AlertLaneOptions options, std::unique_ptr<AlertSink> sink) {
    dispatcher->lanes_.push_back(
        std::make_unique<AlertLane>(std::move(options), std::move(sink), dispatcher->log_));
  };
  if (settings.console) {
    add({"console", settings.console_level, {}},
        std::make_unique<ConsoleAlertSink>(STDERR_FILENO, shows_color(STDERR_FILENO)));
  }
  if (!settings.file.empty()) {
    if (const auto status = check_alert_file(settings.file); !status)
      return fail(ErrorCode::kInvalid, fmt::format("alert.file: {}", status.error().message));
    add({"file", settings.file_level, {}},
        std::make_unique<FileAlertSink>(
            settings.file, settings.is_file_json ? AlertFileFormat::kJson : AlertFileFormat::kText,
            kAlertFileBytesMax));
  }
  if (!settings.webhook.empty()) {
    add({"webhook", settings.webhook_level, {1s, 3s, 10s}},
        std::make_unique<WebhookAlertSink>(
            HttpPost{settings.webhook, settings.webhook_header, settings.ca_file, {}}));
  }
  if (mail) {
    // A mail server that asks to come again later means minutes (RFC 5321 4.5.4.1).
    add({"email", settings.email_level, {10s, 60s, 300s}},
        std::make_unique<MailAlertSink>(*std::move(mail)));
  }
  return dispatcher;
}

AlertDispatcher::~AlertDispatcher() {
  for (const auto& lane : lanes_) lane->end();
}

void AlertDispatcher::dispatch(const AlertRules::Event& event, std::string_view host) {
  const auto time = wall_now();
  for (const auto& lane : lanes_) lane->post(event, host, time);
}

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "localhost";
  return name.data();
}

}  // namespace oriel::monitor
