#include "oriel/io/desktop/xauthority.h"

#include <string>

#include "oriel/base/byte_writer.h"

namespace oriel::desktop {
namespace {

constexpr std::uint16_t kFamilyWild = 0xffff;

void counted(ByteWriter& writer, ByteSpan bytes) {
  writer.u16(static_cast<std::uint16_t>(bytes.size())).bytes(bytes);
}

}  // namespace

// family u16, then address, display number, protocol name and secret, each a u16 length and bytes.
Bytes write_xauthority(int number, const Cookie& cookie) {
  Bytes bytes;
  ByteWriter writer(bytes);
  writer.u16(kFamilyWild);
  counted(writer, {});
  counted(writer, as_bytes(std::to_string(number)));
  counted(writer, as_bytes(kCookieProtocol));
  counted(writer, cookie);
  return bytes;
}

}  // namespace oriel::desktop
