#include "oriel/core/rfb/version.h"

#include <fmt/format.h>

namespace oriel::rfb {
namespace {

constexpr Version kTable[] = {
    {3, "RFB 003.003\n", true, false, false},
    {7, "RFB 003.007\n", false, false, false},
    {8, "RFB 003.008\n", false, true, true},
};

// RealVNC's programs say 4.0 to 5.0, and speak 3.8 with all others. Nobody says more.
constexpr int kMajorMost = 5;

// Three digits, or -1.
int number(ByteSpan digits) {
  int value = 0;
  for (auto digit : digits) {
    if (digit < '0' || digit > '9') return -1;
    value = value * 10 + (digit - '0');
  }
  return value;
}

std::string quoted(ByteSpan bytes) {
  std::string text;
  for (auto byte : bytes)
    text += byte >= 0x20 && byte < 0x7f && byte != '"' ? std::string(1, static_cast<char>(byte))
                                                       : fmt::format("\\x{:02x}", byte);
  return text;
}

}  // namespace

std::span<const Version> version_table() { return kTable; }

const Version& newest_version() { return kTable[2]; }

Result<const Version*> choose_version(ByteSpan line) {
  const int major = number(line.subspan(4, 3)), minor = number(line.subspan(8, 3));
  const bool is_version = as_text(line.first(4)) == "RFB " && line[7] == '.' && line[11] == '\n' &&
                          major >= 0 && minor >= 0;
  if (!is_version || major < 3 || major > kMajorMost || (major == 3 && minor < 3)) {
    return fail(ErrorCode::kInvalid, fmt::format("protocol version: got \"{}\", expected \"RFB "
                                                 "003.003\" to \"RFB 005.000\" and a line feed; "
                                                 "is this an RFB (VNC) peer?",
                                                 quoted(line)));
  }
  if (major > 3 || minor >= 8) return &kTable[2];
  return minor == 7 ? &kTable[1] : &kTable[0];
}

}  // namespace oriel::rfb
