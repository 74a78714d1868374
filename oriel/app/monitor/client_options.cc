#include "oriel/app/monitor/client_options.h"

#include <fmt/format.h>

#include <utility>

#include "oriel/app/monitor/client_limits.h"
#include "oriel/app/net/connector.h"

namespace oriel::monitor {
namespace {

using std::chrono::milliseconds;

struct TimeRow {
  const char* name;
  milliseconds ClientOptions::* value;
  milliseconds least;
};

constexpr milliseconds kTimeMax{24 * 3600 * 1000};

const TimeRow kTimes[]{
    {"reconnect_interval", &ClientOptions::reconnect_interval, milliseconds(1)},
    {"reconnect_interval_max", &ClientOptions::reconnect_interval_max, milliseconds(1)},
    {"ping_interval", &ClientOptions::ping_interval, milliseconds(0)},
    {"ping_timeout", &ClientOptions::ping_timeout, milliseconds(1)},
    {"operation_timeout", &ClientOptions::operation_timeout, milliseconds(1)},
    {"send_timeout", &ClientOptions::send_timeout, milliseconds(1)},
    {"stop_timeout", &ClientOptions::stop_timeout, milliseconds(1)},
};

}  // namespace

MessageFormatter formatter_of(std::shared_ptr<const Formatter> formatter) {
  return [formatter = std::move(formatter)](const Value& document) {
    const auto* type = document.find("type");
    const auto kind = type == nullptr || type->string() == nullptr
                          ? ServerMessageKind::kOther
                          : server_message_kind(*type->string());
    const auto text = [&] { return message_text(document); };
    switch (kind) {
      case ServerMessageKind::kMonitoringData:
        return formatter->data(document);
      case ServerMessageKind::kConnection:
        return formatter->connection(text());
      case ServerMessageKind::kError:
        return formatter->error(text());
      default:
        return std::string();
    }
  };
}

Status check_client_options(const ClientOptions& options) {
  for (const auto& row : kTimes) {
    const auto value = options.*row.value;
    if (value >= row.least && value <= kTimeMax) continue;
    return fail(ErrorCode::kInvalid,
                fmt::format("{} is {} ms, allowed are {} to {} ms", row.name, value.count(),
                            row.least.count(), kTimeMax.count()));
  }
  if (options.store_history &&
      (options.history_size < 1 || options.history_size > kClientHistoryMax)) {
    return fail(ErrorCode::kInvalid, fmt::format("history_size is {}, allowed are 1 to {}",
                                                 options.history_size, kClientHistoryMax));
  }
  net::ConnectOptions connect;
  connect.uri = options.uri;
  connect.headers = options.headers;
  connect.ca_file = options.ca_file;
  connect.verify = options.verify;
  if (const auto uri = net::check_connect_options(connect); !uri)
    return fail(ErrorCode::kInvalid, uri.error().message);
  return {};
}

}  // namespace oriel::monitor
