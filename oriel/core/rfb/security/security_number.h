#pragma once
// Numbers of the security types (RFC 6143, 7.1.2; rfbproto.rst) and of VeNCrypt's subtypes.

#include <cstdint>

namespace oriel::rfb {

inline constexpr std::uint8_t kSecurityNone = 1;
inline constexpr std::uint8_t kSecurityVncAuthentication = 2;
inline constexpr std::uint8_t kSecurityTight = 16;
inline constexpr std::uint8_t kSecurityTls = 18;
inline constexpr std::uint8_t kSecurityVencrypt = 19;
inline constexpr std::uint8_t kSecurityAppleDh = 30;

inline constexpr std::uint32_t kSecurityPlain = 256;
inline constexpr std::uint32_t kSecurityTlsNone = 257;
inline constexpr std::uint32_t kSecurityTlsVnc = 258;
inline constexpr std::uint32_t kSecurityTlsPlain = 259;
inline constexpr std::uint32_t kSecurityX509None = 260;
inline constexpr std::uint32_t kSecurityX509Vnc = 261;
inline constexpr std::uint32_t kSecurityX509Plain = 262;

}  // namespace oriel::rfb
