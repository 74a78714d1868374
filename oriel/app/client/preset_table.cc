#include "oriel/app/client/preset_table.h"

namespace oriel::client {
namespace {

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
     "the cookie PVEAuthCookie or a header Authorization: PVEAPIToken=..."},
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
