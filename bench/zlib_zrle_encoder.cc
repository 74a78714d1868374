#include "bench/zlib_zrle_encoder.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include <zlib.h>

#include "oriel/base/check.h"

namespace oriel::bench {

struct ZlibStream::State {
  z_stream stream{};
  Bytes compressed;
};

ZlibStream::ZlibStream() : state_(std::make_unique<State>()) {
  ORIEL_CHECK(deflateInit(&state_->stream, 1) == Z_OK);
}

ZlibStream::~ZlibStream() { deflateEnd(&state_->stream); }

void ZlibStream::compress(ByteSpan input, Bytes& out) {
  auto& [stream, compressed] = *state_;
  const auto bound = deflateBound(&stream, input.size()) + 64;
  if (compressed.size() < bound) compressed.resize(bound);
  stream.next_in = const_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = compressed.data();
  stream.avail_out = static_cast<uInt>(compressed.size());
  ORIEL_CHECK(deflate(&stream, Z_SYNC_FLUSH) == Z_OK && stream.avail_in == 0);
  out.insert(out.end(), compressed.data(), stream.next_out);
}

namespace {

struct Run {
  std::uint32_t colour;
  int length;
};

// A hash table of up to 127 colours, as TigerVNC's Palette is.
class Palette {
 public:
  Palette() { std::memset(slots_, -1, sizeof slots_); }

  // The number of the colour, or -1 when there is no room.
  int number(std::uint32_t colour) {
    for (auto slot = (colour ^ colour >> 8 ^ colour >> 16) & 255;; slot = (slot + 1) & 255) {
      if (slots_[slot] == -1) {
        if (colours.size() == 127) return -1;
        slots_[slot] = static_cast<std::int16_t>(colours.size());
        colours.push_back(colour);
      }
      if (colours[slots_[slot]] == colour) return slots_[slot];
    }
  }

  std::vector<std::uint32_t> colours;

 private:
  std::int16_t slots_[256];
};

void put_colour(std::uint32_t colour, Bytes& out) {
  for (int shift : {0, 8, 16}) out.push_back(static_cast<std::uint8_t>(colour >> shift));
}

void put_length(int length, Bytes& out) {
  for (--length; length >= 255; length -= 255) out.push_back(255);
  out.push_back(static_cast<std::uint8_t>(length));
}

void put_packed(const std::vector<std::uint32_t>& pixels, Palette& palette, int width, int bits,
                Bytes& out) {
  for (std::size_t row = 0; row < pixels.size(); row += width) {
    int byte = 0, filled = 0;
    for (int x = 0; x < width; ++x) {
      byte = byte << bits | palette.number(pixels[row + x]);
      filled += bits;
      if (filled < 8) continue;
      out.push_back(static_cast<std::uint8_t>(byte));
      byte = filled = 0;
    }
    if (filled > 0) out.push_back(static_cast<std::uint8_t>(byte << (8 - filled)));
  }
}

void put_tile(const image::FrameView& tile, Bytes& out) {
  std::vector<std::uint32_t> pixels;
  pixels.reserve(64 * 64);
  for (int y = 0; y < tile.height; ++y) {
    for (int x = 0; x < tile.width; ++x) {
      std::uint32_t pixel;
      std::memcpy(&pixel, tile.row(y) + 4 * x, 4);
      pixels.push_back(pixel & image::kColourMask);
    }
  }
  std::vector<Run> runs;
  runs.reserve(64 * 64);
  for (const auto pixel : pixels) {
    if (!runs.empty() && runs.back().colour == pixel)
      ++runs.back().length;
    else
      runs.push_back({pixel, 1});
  }
  Palette palette;
  bool has_palette = true;
  std::size_t lengths = 0, singles = 0;
  for (const auto& run : runs) {
    has_palette = has_palette && palette.number(run.colour) >= 0;
    lengths += 1 + (run.length - 1) / 255;
    singles += run.length == 1;
  }

  const auto colours = palette.colours.size();
  const int bits = colours <= 2 ? 1 : colours <= 4 ? 2 : 4;
  const auto raw = 3 * pixels.size();
  const auto plain_runs = 3 * runs.size() + lengths;
  const auto palette_runs = has_palette ? 3 * colours + runs.size() + lengths - singles : raw;
  const auto packed =
      has_palette && colours <= 16 ? 3 * colours + (tile.width * bits + 7) / 8 * tile.height : raw;
  const auto least = std::min({raw, plain_runs, palette_runs, packed});
  if (has_palette && colours == 1) {
    out.push_back(1);
    put_colour(pixels[0], out);
  } else if (least == raw) {
    out.push_back(0);
    for (const auto pixel : pixels) put_colour(pixel, out);
  } else if (least == packed) {
    out.push_back(static_cast<std::uint8_t>(colours));
    for (const auto colour : palette.colours) put_colour(colour, out);
    put_packed(pixels, palette, tile.width, bits, out);
  } else if (least == palette_runs) {
    out.push_back(static_cast<std::uint8_t>(128 + colours));
    for (const auto colour : palette.colours) put_colour(colour, out);
    for (const auto& run : runs) {
      const int number = palette.number(run.colour);
      out.push_back(static_cast<std::uint8_t>(run.length == 1 ? number : 128 + number));
      if (run.length > 1) put_length(run.length, out);
    }
  } else {
    out.push_back(128);
    for (const auto& run : runs) {
      put_colour(run.colour, out);
      put_length(run.length, out);
    }
  }
}

}  // namespace

void ZlibZrleEncoder::encode(const image::FrameView& pixels, Bytes& out) {
  tiles_.clear();
  for (int y = 0; y < pixels.height; y += 64)
    for (int x = 0; x < pixels.width; x += 64)
      put_tile(pixels.crop({x, y, std::min(64, pixels.width - x), std::min(64, pixels.height - y)}),
               tiles_);
  zlib_.compress(tiles_, out);
}

}  // namespace oriel::bench
