#include "oriel/app/client/preset_table.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdint>

namespace oriel::client {
namespace {

template <std::uint32_t kFirst, std::uint32_t kLast>
bool is_number(std::string_view text) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && number >= kFirst &&
         number <= kLast;
}

bool is_guest(std::string_view text) { return text == "qemu" || text == "lxc"; }

// As the names of machines are (RFC 1123, 2.1).
bool is_node(std::string_view text) {
  return text.size() <= 63 && !text.starts_with('-') && !text.ends_with('-') &&
         std::ranges::all_of(
             text, [](unsigned char c) { return c < 0x80 && (std::isalnum(c) != 0 || c == '-'); });
}

// Proxmox VE's API: the path of POST /nodes/{node}/{qemu|lxc}/{vmid}/vncproxy, and its answer.
constexpr PresetRule kProxmoxRules[] = {
    {"guest", "qemu or lxc", is_guest},
    {"vmid", "the number of a guest, 100 to 999999999", is_number<100, 999'999'999>},
    {"node", "the name of a node: letters, digits and -, at most 63", is_node},
    {"vnc_port", "a port, 1 to 65535", is_number<1, 65'535>},
};

constexpr PresetValue kProxmox[] = {{"scheme", "wss"}, {"port", "8006"}, {"guest", "qemu"}};
constexpr PresetValue kNovnc[] = {{"scheme", "wss"}, {"port", "6080"}};
constexpr PresetValue kQemu[] = {{"scheme", "ws"}, {"port", "5700"}};

constexpr Preset kTable[] = {
    {"proxmox",
     "${scheme}://${host}:${port}/api2/json/nodes/${node}/${guest}/${vmid}/vncwebsocket"
     "?port=${vnc_port}&vncticket=${ticket}",
     kProxmox, "PVEAuthCookie",
     "Proxmox VE: vnc_port and ticket are the `port` and `ticket` that POST .../vncproxy with "
     "websocket=1 answers; port is the web page's, 8006 without it; guest is qemu or lxc; needs "
     "the cookie PVEAuthCookie or a header Authorization: PVEAPIToken=...",
     kProxmoxRules},
    {"novnc", "${scheme}://${host}:${port}/websockify", kNovnc, "",
     "noVNC with websockify, and Oriel; scheme=ws without TLS"},
    {"openstack", "${scheme}://${host}:${port}/websockify?token=${ticket}", kNovnc, "",
     "OpenStack Nova: ticket is the token of `openstack console url show --novnc`; its whole URL "
     "is a target too"},
    {"qemu", "${scheme}://${host}:${port}/", kQemu, "",
     "QEMU with -vnc :N,websocket=on; port is 5700 + N, scheme=wss with its tls-creds"},
};

}  // namespace

std::span<const Preset> preset_table() { return kTable; }

const Preset* find_preset(std::string_view name) {
  for (const auto& preset : kTable)
    if (preset.name == name) return &preset;
  return nullptr;
}

}  // namespace oriel::client
