#include "oriel/core/codec/png_encoder.h"

#include <zlib.h>

#include <array>
#include <cstdlib>
#include <string_view>

#include "oriel/base/byte_writer.h"
#include "oriel/base/check.h"

namespace oriel::codec {
namespace {

// The first byte of each row: how it was filtered (ISO 15948, 9.2).
enum Filter : std::uint8_t { kNone = 0, kSub = 1, kUp = 2 };

constexpr std::size_t kPixelBytes = 3;

void append_chunk(std::string_view type, ByteSpan data, Bytes& out) {
  ByteWriter writer(out);
  writer.u32(static_cast<std::uint32_t>(data.size()));
  const auto begin = out.size();
  out.insert(out.end(), type.begin(), type.end());
  out.insert(out.end(), data.begin(), data.end());
  const auto crc = crc32_z(0, out.data() + begin, out.size() - begin);
  writer.u32(static_cast<std::uint32_t>(crc));
}

void read_row(const std::uint8_t* bgrx, int width, std::uint8_t* rgb) {
  for (int x = 0; x < width; ++x, bgrx += 4, rgb += kPixelBytes) {
    rgb[0] = bgrx[2];
    rgb[1] = bgrx[1];
    rgb[2] = bgrx[0];
  }
}

// How far the differences are from zero: the smaller, the better they compress as a rule.
std::uint32_t cost_of(const std::uint8_t* differences, std::size_t count) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < count; ++i)
    sum += static_cast<std::uint32_t>(std::abs(static_cast<std::int8_t>(differences[i])));
  return sum;
}

// The rows of a picture, each filtered as suits it. A row that is all of one colour, or equal to
// the one above, is found by the first look.
class Filtering {
 public:
  explicit Filtering(std::size_t row_bytes)
      : above_(row_bytes), row_(row_bytes), sub_(row_bytes), up_(row_bytes) {}

  void append(const std::uint8_t* bgrx, int width, Bytes& out) {
    read_row(bgrx, width, row_.data());
    const auto count = row_.size();
    for (std::size_t i = 0; i < count; ++i) up_[i] = static_cast<std::uint8_t>(row_[i] - above_[i]);
    const auto up_cost = cost_of(up_.data(), count);
    const Bytes* best = &up_;
    auto filter = kUp;
    if (up_cost != 0) {
      std::copy_n(row_.begin(), std::min(kPixelBytes, count), sub_.begin());
      for (std::size_t i = kPixelBytes; i < count; ++i)
        sub_[i] = static_cast<std::uint8_t>(row_[i] - row_[i - kPixelBytes]);
      if (cost_of(sub_.data(), count) < up_cost) {
        best = &sub_;
        filter = kSub;
      }
    }
    out.push_back(filter);
    out.insert(out.end(), best->begin(), best->end());
    above_.swap(row_);
  }

 private:
  Bytes above_, row_, sub_, up_;
};

}  // namespace

Bytes PngEncoder::encode(const image::FrameView& frame) {
  ORIEL_CHECK(frame.width > 0 && frame.height > 0);
  const std::size_t row_bytes = static_cast<std::size_t>(frame.width) * kPixelBytes;
  // The zlib stream (RFC 1950): two bytes that say deflate, the blocks, an empty last block, and
  // the checksum of what was compressed.
  Bytes stream{0x78, 0x01};
  Filtering filtering(row_bytes);
  auto checksum = adler32_z(0, nullptr, 0);
  const std::size_t rows_of_group = std::max<std::size_t>(1, kDeflateGroupBytes / (row_bytes + 1));
  Bytes group;
  group.reserve(rows_of_group * (row_bytes + 1));
  for (int y = 0; y < frame.height; ++y) {
    filtering.append(frame.row(y), frame.width, group);
    const bool is_full = (static_cast<std::size_t>(y) + 1) % rows_of_group == 0;
    if (!is_full && y + 1 < frame.height) continue;
    checksum = adler32_z(checksum, group.data(), group.size());
    deflate_.compress(group, stream);
    group.clear();
  }
  constexpr std::array<std::uint8_t, 5> kEmptyLastBlock{0x01, 0x00, 0x00, 0xff, 0xff};
  stream.insert(stream.end(), kEmptyLastBlock.begin(), kEmptyLastBlock.end());
  ByteWriter(stream).u32(static_cast<std::uint32_t>(checksum));

  Bytes file{0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  Bytes header;
  ByteWriter writer(header);
  writer.u32(static_cast<std::uint32_t>(frame.width));
  writer.u32(static_cast<std::uint32_t>(frame.height));
  for (const int byte : {8, 2, 0, 0, 0}) writer.u8(static_cast<std::uint8_t>(byte));  // 8-bit RGB
  append_chunk("IHDR", header, file);
  append_chunk("IDAT", stream, file);
  append_chunk("IEND", {}, file);
  return file;
}

}  // namespace oriel::codec
