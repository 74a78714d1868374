#include "oriel/core/monitor/network_texts.h"

#include <algorithm>
#include <array>

#include "oriel/core/monitor/limits.h"
#include "oriel/core/monitor/text_scan.h"

namespace oriel::monitor {
namespace {

// name: bytes packets errs drop fifo frame compressed multicast, and eight more that were sent.
// Old kernels put no blank behind the colon; aliases such as "eth0:1" have colons of their own.
std::optional<InterfaceTraffic> parse_interface_line(std::string_view line) {
  auto colon = line.find(": ");
  if (colon == std::string_view::npos) colon = line.rfind(':');
  if (colon == std::string_view::npos) return {};
  const auto name = trimmed(line.substr(0, colon));
  if (name.empty() || name.size() > kNameBytesMax) return {};
  line.remove_prefix(colon + 1);
  std::array<std::uint64_t, 12> fields{};
  for (auto& field : fields) {
    const auto value = take_u64(line);
    if (!value) return {};
    field = *value;
  }
  InterfaceTraffic traffic;
  traffic.name = name;
  traffic.received_bytes = fields[0];
  traffic.received_packets = fields[1];
  traffic.receive_errors = fields[2];
  traffic.receive_drops = fields[3];
  traffic.sent_bytes = fields[8];
  traffic.sent_packets = fields[9];
  traffic.send_errors = fields[10];
  traffic.send_drops = fields[11];
  return traffic;
}

}  // namespace

std::vector<InterfaceTraffic> parse_net_dev(std::string_view text) {
  std::vector<InterfaceTraffic> interfaces;
  while (!text.empty() && interfaces.size() < kInterfacesMax) {
    if (auto traffic = parse_interface_line(take_line(text))) {
      interfaces.push_back(std::move(*traffic));
    }
  }
  return interfaces;
}

void set_traffic_rates(std::span<const InterfaceTraffic> before, std::span<InterfaceTraffic> now,
                       double seconds, CounterWidth width) {
  for (auto& traffic : now) {
    const auto earlier = std::ranges::find(before, traffic.name, &InterfaceTraffic::name);
    if (earlier == before.end()) continue;
    const auto rate = [&](std::uint64_t InterfaceTraffic::* field) {
      return counter_rate((*earlier).*field, traffic.*field, seconds, width);
    };
    traffic.received_bytes_per_s = rate(&InterfaceTraffic::received_bytes);
    traffic.sent_bytes_per_s = rate(&InterfaceTraffic::sent_bytes);
    traffic.received_packets_per_s = rate(&InterfaceTraffic::received_packets);
    traffic.sent_packets_per_s = rate(&InterfaceTraffic::sent_packets);
  }
}

}  // namespace oriel::monitor
