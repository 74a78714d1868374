#include "oriel/app/net/peer_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

namespace oriel::net {

std::string address_of(std::string_view peer) {
  if (!peer.starts_with('[')) return std::string(peer.substr(0, peer.rfind(':')));
  std::string address(peer.substr(1, peer.find(']') - 1));
  std::array<unsigned char, 16> bytes{};
  if (::inet_pton(AF_INET6, address.c_str(), bytes.data()) != 1) return address;
  std::fill(bytes.begin() + 8, bytes.end(), 0);
  char text[INET6_ADDRSTRLEN] = "";
  ::inet_ntop(AF_INET6, bytes.data(), text, sizeof text);
  return std::string(text) + "/64";
}

}  // namespace oriel::net
