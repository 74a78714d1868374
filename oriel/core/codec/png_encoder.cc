#include "oriel/core/codec/png_encoder.h"

#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>
#include <zlib.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include "oriel/base/byte_writer.h"
#include "oriel/base/check.h"

namespace oriel::codec {
namespace {

// The first byte of each row: how it was filtered (ISO 15948, 9.2).
enum Filter : std::uint8_t { kNone = 0, kSub = 1, kUp = 2 };

constexpr std::size_t kPixelBytes = 3;

constexpr std::size_t kSignatureBytes = 8, kHeaderBytes = 13;
constexpr std::size_t kChunkBytes = 12;  // a length, a type and a checksum beside the data

// `write` appends the data, of so many bytes.
template <typename Write>
void append_chunk(std::string_view type, std::size_t size, Bytes& out, const Write& write) {
  ByteWriter writer(out);
  writer.u32(static_cast<std::uint32_t>(size));
  const auto begin = out.size();
  out.insert(out.end(), type.begin(), type.end());
  write(writer);
  ORIEL_CHECK(out.size() == begin + type.size() + size);
  writer.u32(crc32_gzip_refl(0, out.data() + begin, out.size() - begin));
}

// Writes a byte beyond the last pixel.
void read_row(const std::uint8_t* bgrx, int width, std::uint8_t* rgb) {
  for (int x = 0; x < width; ++x, bgrx += 4, rgb += kPixelBytes) {
    std::uint32_t pixel;
    std::memcpy(&pixel, bgrx, 4);
    pixel = __builtin_bswap32(pixel) >> 8;
    std::memcpy(rgb, &pixel, 4);
  }
}

// One row of differences, and how far they are from zero: the smaller, the better they compress as
// a rule.
struct Differences {
  Bytes bytes;
  std::uint64_t cost = 0;

  // Of `count` bytes to those at `before`.
  void take(const std::uint8_t* row, const std::uint8_t* before, std::size_t begin,
            std::size_t count) {
    std::size_t i = begin;
#ifdef __SSE2__
    auto sum = _mm_setzero_si128();
    for (; i + 16 <= count; i += 16) {
      const auto now = _mm_loadu_si128(reinterpret_cast<const __m128i*>(row + i));
      const auto then = _mm_loadu_si128(reinterpret_cast<const __m128i*>(before + i));
      const auto difference = _mm_sub_epi8(now, then), other = _mm_sub_epi8(then, now);
      _mm_storeu_si128(reinterpret_cast<__m128i*>(bytes.data() + i), difference);
      // The smaller of d and 256 - d is how far d is from zero.
      sum = _mm_add_epi64(sum, _mm_sad_epu8(_mm_min_epu8(difference, other), _mm_setzero_si128()));
    }
    cost +=
        static_cast<std::uint64_t>(_mm_cvtsi128_si64(_mm_add_epi64(sum, _mm_srli_si128(sum, 8))));
#endif
    for (; i < count; ++i) {
      bytes[i] = static_cast<std::uint8_t>(row[i] - before[i]);
      cost += std::min<unsigned>(bytes[i], 256u - bytes[i]);
    }
  }
};

// Rows of a picture, each filtered as suits it, the first without a look at what is above it. A row
// that is equal to the one above is found by the first look.
class Filtering {
 public:
  explicit Filtering(std::size_t row_bytes)
      : count_(row_bytes), above_(row_bytes + 1), row_(row_bytes + 1) {
    up_.bytes.resize(row_bytes);
    left_.bytes.resize(row_bytes);
  }

  void append(const std::uint8_t* bgrx, int width, Bytes& out) {
    read_row(bgrx, width, row_.data());
    const auto filter = choose();
    const auto& best = filter == kUp ? up_ : left_;
    out.push_back(filter);
    out.insert(out.end(), best.bytes.begin(), best.bytes.end());
    above_.swap(row_);
    is_first_ = false;
  }

 private:
  Filter choose() {
    if (!is_first_) {
      up_.cost = 0;
      up_.take(row_.data(), above_.data(), 0, count_);
      if (up_.cost == 0) return kUp;
    }
    left_.cost = 0;
    std::copy_n(row_.begin(), kPixelBytes, left_.bytes.begin());
    left_.take(row_.data(), row_.data() - kPixelBytes, kPixelBytes, count_);
    return is_first_ || left_.cost < up_.cost ? kSub : kUp;
  }

  std::size_t count_;
  bool is_first_ = true;
  Bytes above_, row_;  // and a byte that read_row writes
  Differences up_, left_;
};

}  // namespace

Bytes PngEncoder::encode(const image::FrameView& frame) {
  const auto band = encode_rows(frame, 0, frame.height);
  return join_png(frame.size(), {&band, 1});
}

PngBand PngEncoder::encode_rows(const image::FrameView& frame, int begin, int end) {
  ORIEL_CHECK(frame.width > 0 && 0 <= begin && begin < end && end <= frame.height);
  const std::size_t row_bytes = static_cast<std::size_t>(frame.width) * kPixelBytes;
  const std::size_t rows_of_group = std::max<std::size_t>(1, kDeflateGroupBytes / (row_bytes + 1));
  Filtering filtering(row_bytes);
  PngBand band;
  Bytes group;
  group.reserve(rows_of_group * (row_bytes + 1));
  for (int y = begin; y < end; ++y) {
    filtering.append(frame.row(y), frame.width, group);
    const bool is_full = static_cast<std::size_t>(y - begin + 1) % rows_of_group == 0;
    if (!is_full && y + 1 < end) continue;
    band.checksum = isal_adler32(band.checksum, group.data(), group.size());
    band.bytes += group.size();
    deflate_.compress(group, band.blocks);
    group.clear();
  }
  return band;
}

Bytes join_png(image::Size size, std::span<const PngBand> bands) {
  // The zlib stream (RFC 1950): two bytes that say deflate, the blocks, an empty last block, and
  // the checksum of what was compressed.
  constexpr std::array<std::uint8_t, 2> kZlibHead{0x78, 0x01};
  constexpr std::array<std::uint8_t, 5> kEmptyLastBlock{0x01, 0x00, 0x00, 0xff, 0xff};
  uLong checksum = 1;
  std::size_t stream_bytes = kZlibHead.size() + kEmptyLastBlock.size() + 4;
  for (const auto& band : bands) {
    checksum = adler32_combine(checksum, band.checksum, static_cast<z_off_t>(band.bytes));
    stream_bytes += band.blocks.size();
  }

  Bytes file{0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  file.reserve(kSignatureBytes + 3 * kChunkBytes + kHeaderBytes + stream_bytes);
  append_chunk("IHDR", kHeaderBytes, file, [size](ByteWriter& writer) {
    writer.u32(static_cast<std::uint32_t>(size.width)).u32(static_cast<std::uint32_t>(size.height));
    for (const std::uint8_t byte : {8, 2, 0, 0, 0}) writer.u8(byte);  // 8-bit RGB
  });
  append_chunk("IDAT", stream_bytes, file, [&](ByteWriter& writer) {
    writer.bytes(kZlibHead);
    for (const auto& band : bands) writer.bytes(band.blocks);
    writer.bytes(kEmptyLastBlock).u32(static_cast<std::uint32_t>(checksum));
  });
  append_chunk("IEND", 0, file, [](ByteWriter&) {});
  return file;
}

}  // namespace oriel::codec
