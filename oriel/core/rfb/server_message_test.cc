#include "oriel/core/rfb/server_message.h"

#include <gtest/gtest.h>

#include <functional>

#include "oriel/core/rfb/constants.h"

namespace oriel::rfb {
namespace {

std::string hex_of(const std::function<void(ByteWriter&)>& write) {
  Bytes bytes;
  ByteWriter writer(bytes);
  write(writer);
  std::string hex;
  for (auto byte : bytes)
    hex += "0123456789abcdef"[byte >> 4], hex += "0123456789abcdef"[byte & 15];
  return hex;
}

// Each layout as rfbproto.rst draws it.
TEST(ServerMessage, IsWhatTheSpecificationDraws) {
  EXPECT_EQ(hex_of([](auto& w) {
              write_server_fence(kFenceRequest | kFenceBlockBefore, Bytes{7, 8}, w);
            }),
            "f8"
            "000000"
            "80000001"
            "02"
            "0708");
  EXPECT_EQ(hex_of([](auto& w) { write_end_of_continuous_updates(w); }), "96");
  EXPECT_EQ(hex_of([](auto& w) { write_bell(w); }), "02");
  EXPECT_EQ(hex_of([](auto& w) { write_server_cut_text(as_bytes("hi"), w); }),
            "03"
            "000000"
            "00000002"
            "6869");
  EXPECT_EQ(hex_of([](auto& w) { write_desktop_size({640, 480}, w); }),
            "0000"
            "0000"
            "0280"
            "01e0"
            "ffffff21");
  EXPECT_EQ(hex_of([](auto& w) {
              write_extended_desktop_size({640, 480}, {{5, {0, 0, 640, 480}, 0}},
                                          kResizedByThisClient, kResizeInvalidLayout, w);
            }),
            "0001"
            "0003"
            "0280"
            "01e0"
            "fffffecc"
            "01"
            "000000"
            "00000005"
            "0000"
            "0000"
            "0280"
            "01e0"
            "00000000");
  EXPECT_EQ(hex_of([](auto& w) { write_desktop_name("d\xc3\xa9", w); }),
            "0000000000000000"
            "fffffecd"
            "00000003"
            "64c3a9");
  EXPECT_EQ(hex_of([](auto& w) { write_qemu_led_state(5, w); }),
            "0000000000000000"
            "fffffefb"
            "05");
  EXPECT_EQ(hex_of([](auto& w) { write_vmware_led_state(5, w); }),
            "0000000000000000"
            "574d5668"
            "00000005");
  EXPECT_EQ(hex_of([](auto& w) { write_pointer_position({3, 4}, kPseudoPointerPos, w); }),
            "0003"
            "0004"
            "0000"
            "0000"
            "ffffff18");
  EXPECT_EQ(hex_of([](auto& w) { write_empty_pseudo_rectangle(kPseudoQemuExtendedKey, w); }),
            "0000000000000000"
            "fffffefe");
}

}  // namespace
}  // namespace oriel::rfb
