#include "tests/interop/card_disk.h"

#include <cstdint>
#include <fstream>
#include <vector>

#include "tests/interop/card_server.h"

namespace oriel::interop {
namespace {

constexpr int kWidth = CardServer::kWidth, kHeight = CardServer::kHeight;
constexpr int kSector = 512;
constexpr int kBank = 64 << 10;  // of the display's memory, that a program in real mode sees
constexpr int kBanks = (4 * kWidth * kHeight + kBank - 1) / kBank;

constexpr std::uint8_t low(int value) { return static_cast<std::uint8_t>(value & 0xff); }
constexpr std::uint8_t high(int value) { return static_cast<std::uint8_t>(value >> 8); }

// What a PC reads from the first sector to 0000:7c00 and starts, in real mode. It sets the size by
// the registers of Bochs' display (index port 1CEh, value port 1CFh), lets the BIOS read the card
// from the disk right into the display's memory at A000:0000, bank by bank, and waits for keys.
constexpr std::uint8_t kBoot[] = {
    0x31,
    0xc0,  // 00 xor ax, ax
    0x8e,
    0xd8,  // 02 mov ds, ax
    0x8e,
    0xd0,  // 04 mov ss, ax
    0xbc,
    0x00,
    0x7c,  // 06 mov sp, 7c00h
    0xbe,
    0x60,
    0x7c,  // 09 mov si, registers
    0xad,  // 0c lodsw            ; the index
    0x85,
    0xc0,  // 0d test ax, ax
    0x74,
    0x09,  // 0f jz 1a
    0xba,
    0xce,
    0x01,  // 11 mov dx, 1ceh
    0xef,  // 14 out dx, ax
    0x42,  // 15 inc dx
    0xad,  // 16 lodsw            ; the value
    0xef,  // 17 out dx, ax
    0xeb,
    0xf2,  // 18 jmp 0c
    0x31,
    0xed,  // 1a xor bp, bp
    0xe8,
    0x20,
    0x00,  // 1c call bank
    0xe8,
    0x29,
    0x00,  // 1f call half
    0xe8,
    0x26,
    0x00,  // 22 call half
    0x45,  // 25 inc bp
    0x83,
    0xfd,
    low(kBanks),  // 26 cmp bp, kBanks
    0x75,
    0xf1,  // 29 jne 1c
    0x31,
    0xed,  // 2b xor bp, bp
    0xe8,
    0x0f,
    0x00,  // 2d call bank
    0xb8,
    0x00,
    0xa0,  // 30 mov ax, a000h
    0x8e,
    0xc0,  // 33 mov es, ax
    0x31,
    0xc0,  // 35 xor ax, ax
    0xcd,
    0x16,  // 37 int 16h          ; waits for a key: al
    0x26,
    0xa2,
    0x00,
    0x00,  // 39 mov es:[0], al
    0xeb,
    0xf6,  // 3d jmp 35
    0xb8,
    0x05,
    0x00,  // 3f bank: mov ax, 5  ; shows bank bp
    0xba,
    0xce,
    0x01,  // 42 mov dx, 1ceh
    0xef,  // 45 out dx, ax
    0x42,  // 46 inc dx
    0x89,
    0xe8,  // 47 mov ax, bp
    0xef,  // 49 out dx, ax
    0xc3,  // 4a ret
    0xb4,
    0x42,  // 4b half: mov ah, 42h ; reads the next 32 KiB
    0xb2,
    0x80,  // 4d mov dl, 80h
    0xbe,
    0x76,
    0x7c,  // 4f mov si, packet
    0xcd,
    0x13,  // 52 int 13h
    0x83,
    0x06,
    0x7e,
    0x7c,
    0x40,  // 54 add word [packet + 8], 64
    0x81,
    0x36,
    0x7a,
    0x7c,
    0x00,
    0x80,  // 59 xor word [packet + 4], 8000h
    0xc3,  // 5f ret
    4,
    0,
    0,
    0,  // 60 registers: off
    1,
    0,
    low(kWidth),
    high(kWidth),  //    the width
    2,
    0,
    low(kHeight),
    high(kHeight),  //    the height
    3,
    0,
    32,
    0,  //    bits of a pixel
    4,
    0,
    1,
    0,  //    on
    0,
    0,  //    the end
    16,
    0,
    64,
    0,  // 76 packet: its size, sectors
    0x00,
    0x00,
    0x00,
    0xa0,  //    to A000:0000
    1,
    0,
    0,
    0,
    0,
    0,
    0,
    0,  //    from sector 1 on
};
static_assert(sizeof kBoot == 0x76 + 16);

}  // namespace

void write_card_disk(const std::filesystem::path& file) {
  std::vector<std::uint8_t> disk(kBoot, kBoot + sizeof kBoot);
  disk.resize(kSector);
  disk[kSector - 2] = 0x55;
  disk[kSector - 1] = 0xaa;
  for (const std::uint32_t pixel : test_card(kWidth, kHeight).pixels) {
    for (const int shift : {0, 8, 16, 24})
      disk.push_back(static_cast<std::uint8_t>(pixel >> shift));
  }
  disk.resize(kSector + std::size_t{kBank} * kBanks);
  std::ofstream(file, std::ios::binary)
      .write(reinterpret_cast<const char*>(disk.data()), static_cast<std::streamsize>(disk.size()));
}

}  // namespace oriel::interop
