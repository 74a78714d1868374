#pragma once
// Writes the file by which X clients and a private X server know each other (libXau's format).
// Pure: no files.

#include <array>
#include <cstdint>

#include "oriel/base/bytes.h"

namespace oriel::desktop {

inline constexpr std::string_view kCookieProtocol = "MIT-MAGIC-COOKIE-1";
using Cookie = std::array<std::uint8_t, 16>;

// One entry for display `number` that matches any host name (FamilyWild): the name of a container
// may change while the server runs.
Bytes write_xauthority(int number, const Cookie& cookie);

}  // namespace oriel::desktop
