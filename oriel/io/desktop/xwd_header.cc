#include "oriel/io/desktop/xwd_header.h"

#include <fmt/core.h>

#include <array>

#include "oriel/base/byte_reader.h"
#include "oriel/io/desktop/limits.h"

namespace oriel::desktop {
namespace {

// XWDFileHeader, 25 big-endian 32-bit words:
//    0 header_size   1 file_version  2 pixmap_format  3 pixmap_depth    4 width      5 height
//    6 xoffset       7 byte_order    8 bitmap_unit    9 bit_order      10 pad       11
//    bits_per_pixel
//   12 bytes_per_line  13 visual_class  14..16 red, green, blue mask   17 bits_per_rgb
//   18 colormap_entries  19 ncolors (12 bytes each follow the header)  20..24 window
struct Expected {
  std::size_t word;
  std::uint32_t value;
  const char* name;
};
constexpr Expected kExpected[] = {{1, 7, "version"},
                                  {2, 2, "pixmap format"},
                                  {3, 24, "depth"},
                                  {7, 0, "byte order"},
                                  {11, 32, "bits per pixel"},
                                  {14, 0xff0000, "red mask"},
                                  {15, 0x00ff00, "green mask"},
                                  {16, 0x0000ff, "blue mask"}};

constexpr std::uint32_t kMaxHeaderBytes = 4096;
constexpr std::uint32_t kMaxColours = 4096;
constexpr std::uint32_t kColourBytes = 12;

}  // namespace

Result<XwdLayout> parse_xwd_header(ByteSpan bytes, std::uint64_t file_bytes) {
  if (bytes.size() < kXwdHeaderBytes) {
    return fail(ErrorCode::kInvalid,
                fmt::format("framebuffer file: {} bytes of header, expected {}", bytes.size(),
                            kXwdHeaderBytes));
  }
  ByteReader reader(bytes);
  std::array<std::uint32_t, kXwdHeaderBytes / 4> words;
  for (auto& word : words) word = reader.u32();

  for (const auto& [word, value, name] : kExpected) {
    if (words[word] != value) {
      return fail(
          ErrorCode::kUnsupported,
          fmt::format("framebuffer file: {} is {:#x}, expected {:#x}", name, words[word], value));
    }
  }
  const std::uint32_t header = words[0], width = words[4], height = words[5], stride = words[12],
                      colours = words[19];
  // Pixels are read as 32-bit words.
  const bool is_aligned = header % 4 == 0;
  if (header < kXwdHeaderBytes || header > kMaxHeaderBytes || !is_aligned ||
      colours > kMaxColours) {
    return fail(
        ErrorCode::kInvalid,
        fmt::format("framebuffer file: a header of {} bytes and {} colours", header, colours));
  }
  if (width < 1 || width > kMaxSidePx || height < 1 || height > kMaxSidePx) {
    return fail(ErrorCode::kInvalid,
                fmt::format("framebuffer file: size {}x{}, sides of 1 to {} are possible", width,
                            height, kMaxSidePx));
  }
  if (stride < width * 4 || stride > kMaxSidePx * 8 || stride % 4 != 0) {
    return fail(ErrorCode::kInvalid,
                fmt::format("framebuffer file: {} bytes per row of {} pixels", stride, width));
  }
  const std::uint64_t offset = std::uint64_t{header} + std::uint64_t{colours} * kColourBytes;
  const std::uint64_t needed = offset + std::uint64_t{stride} * height;
  if (needed > file_bytes) {
    return fail(ErrorCode::kInvalid,
                fmt::format("framebuffer file: {} bytes, {} needed", file_bytes, needed));
  }
  return XwdLayout{{static_cast<int>(width), static_cast<int>(height)},
                   static_cast<std::ptrdiff_t>(stride),
                   static_cast<std::size_t>(offset)};
}

}  // namespace oriel::desktop
