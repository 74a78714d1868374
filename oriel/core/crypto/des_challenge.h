#pragma once
// The response of VNC Authentication (RFC 6143, 7.2.2): weak by design, kept because every viewer
// speaks it.

#include <array>
#include <cstdint>
#include <string_view>

namespace oriel::crypto {

using Challenge = std::array<std::uint8_t, 16>;

// Encrypts both halves of `challenge` by DES-ECB. The key is the first 8 bytes of `password`,
// padded with zeros, each byte bit-reversed (a mistake of the first VNC that all have kept).
Challenge des_challenge_response(const Challenge& challenge, std::string_view password);

}  // namespace oriel::crypto
