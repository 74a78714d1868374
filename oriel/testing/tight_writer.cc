#include "oriel/testing/tight_writer.h"

#include <algorithm>
#include <map>

#include "oriel/base/check.h"

namespace oriel::testing {
namespace {

void append_length(std::size_t length, Bytes& out) {
  ORIEL_CHECK(length < 1 << 22);
  const auto add = [&out](std::size_t byte) { out.push_back(static_cast<std::uint8_t>(byte)); };
  if (length < 128) return add(length);
  add(128 | (length & 127));
  if (length < 16384) return add(length >> 7);
  add(128 | (length >> 7 & 127));
  add(length >> 14);
}

Bytes picture(int control, ByteSpan file) {
  Bytes body{static_cast<std::uint8_t>(control)};
  append_length(file.size(), body);
  body.insert(body.end(), file.begin(), file.end());
  return body;
}

}  // namespace

TightWriter::TightWriter(const image::PixelFormat& format, int level, int window_bits)
    : converter_(format),
      is_rgb_(format.is_true_colour && format.bits_per_pixel == 32 && format.depth == 24 &&
              format.red_max == 255 && format.green_max == 255 && format.blue_max == 255) {
  for (auto& stream : streams_)
    ORIEL_CHECK(deflateInit2(&stream, level, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY) ==
                Z_OK);
}

TightWriter::~TightWriter() {
  for (auto& stream : streams_) deflateEnd(&stream);
}

void TightWriter::begin_anew(int streams) {
  anew_ |= streams;
  for (int i = 0; i < 4; ++i)
    if ((streams >> i & 1) != 0) deflateReset(&streams_[i]);
}

int TightWriter::control(int method) { return method << 4 | std::exchange(anew_, 0); }

void TightWriter::append_pixel(std::uint32_t bgrx, Bytes& out) const {
  std::array<std::uint8_t, 4> bytes;
  if (is_rgb_) {
    for (int i = 0; i < 3; ++i) bytes[i] = static_cast<std::uint8_t>(bgrx >> (16 - 8 * i));
  } else {
    const auto word = converter_.from_bgrx(bgrx);
    for (int i = 0; i < 4; ++i) bytes[i] = static_cast<std::uint8_t>(word >> 8 * i);
  }
  out.insert(out.end(), bytes.begin(),
             bytes.begin() + (is_rgb_ ? 3 : converter_.bytes_per_pixel()));
}

void TightWriter::append_data(const Bytes& plain, int stream, Bytes& out) {
  if (plain.size() < 12) {
    out.insert(out.end(), plain.begin(), plain.end());
    return;
  }
  auto& zlib = streams_[stream];
  Bytes deflated(plain.size() * 2 + 1000);
  zlib.next_in = const_cast<Bytef*>(plain.data());
  zlib.avail_in = static_cast<uInt>(plain.size());
  zlib.next_out = deflated.data();
  zlib.avail_out = static_cast<uInt>(deflated.size());
  ORIEL_CHECK(deflate(&zlib, Z_SYNC_FLUSH) == Z_OK && zlib.avail_in == 0 && zlib.avail_out > 0);
  deflated.resize(deflated.size() - zlib.avail_out);
  append_length(deflated.size(), out);
  out.insert(out.end(), deflated.begin(), deflated.end());
}

Bytes TightWriter::fill(std::uint32_t bgrx) {
  Bytes body{static_cast<std::uint8_t>(control(8))};
  append_pixel(bgrx, body);
  return body;
}

Bytes TightWriter::copy(const image::Frame& picture, int stream) {
  auto body = named_copy(picture, stream);
  body[0] &= 0xbf;
  body.erase(body.begin() + 1);
  return body;
}

Bytes TightWriter::named_copy(const image::Frame& picture, int stream) {
  Bytes body{static_cast<std::uint8_t>(control(4 | stream)), 0}, plain;
  for (int y = 0; y < picture.size().height; ++y)
    for (int x = 0; x < picture.size().width; ++x) append_pixel(picture.at(x, y), plain);
  append_data(plain, stream, body);
  return body;
}

std::optional<Bytes> TightWriter::palette(const image::Frame& picture, int stream) {
  std::map<Bytes, std::uint8_t> numbers;
  Bytes colours, indexes;
  for (int y = 0; y < picture.size().height; ++y) {
    for (int x = 0; x < picture.size().width; ++x) {
      Bytes pixel;
      append_pixel(picture.at(x, y), pixel);
      const auto [place, is_new] =
          numbers.try_emplace(pixel, static_cast<std::uint8_t>(numbers.size()));
      if (numbers.size() > 256) return std::nullopt;
      if (is_new) colours.insert(colours.end(), pixel.begin(), pixel.end());
      indexes.push_back(place->second);
    }
  }
  if (numbers.size() < 2) return std::nullopt;
  Bytes body{static_cast<std::uint8_t>(control(4 | stream)), 1,
             static_cast<std::uint8_t>(numbers.size() - 1)};
  body.insert(body.end(), colours.begin(), colours.end());
  if (numbers.size() > 2) {
    append_data(indexes, stream, body);
    return body;
  }
  const auto row_bytes = static_cast<std::size_t>(picture.size().width + 7) / 8;
  Bytes bits(row_bytes * picture.size().height);
  for (std::size_t i = 0; i < indexes.size(); ++i) {
    const auto x = i % picture.size().width, y = i / picture.size().width;
    bits[y * row_bytes + x / 8] |= static_cast<std::uint8_t>(indexes[i] << (7 - x % 8));
  }
  append_data(bits, stream, body);
  return body;
}

Bytes TightWriter::gradient(const image::Frame& picture, int stream) {
  const auto& format = converter_.format();
  const int width = picture.size().width, height = picture.size().height;
  const int max[] = {format.red_max, format.green_max, format.blue_max};
  const int shift[] = {format.red_shift, format.green_shift, format.blue_shift};
  // What the specification calls V and D, of one channel.
  const auto value = [&](int x, int y, int channel) {
    if (x < 0 || y < 0) return 0;
    const auto level = picture.at(x, y) >> (16 - 8 * channel) & 255;
    return static_cast<int>((level * static_cast<unsigned>(max[channel]) + 127) / 255);
  };
  const auto difference = [&](int x, int y, int channel) {
    int expected =
        value(x - 1, y, channel) + value(x, y - 1, channel) - value(x - 1, y - 1, channel);
    if (expected < 0) expected = 0;
    if (expected > max[channel]) expected = max[channel];
    return static_cast<std::uint32_t>(value(x, y, channel) - expected) &
           static_cast<std::uint32_t>(max[channel]);
  };
  Bytes body{static_cast<std::uint8_t>(control(4 | stream)), 2}, plain;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      std::uint32_t number = 0;
      for (int channel = 0; channel < 3; ++channel) {
        if (is_rgb_)
          plain.push_back(static_cast<std::uint8_t>(difference(x, y, channel)));
        else
          number |= difference(x, y, channel) << shift[channel];
      }
      const int bytes = is_rgb_ ? 0 : format.bytes_per_pixel();
      for (int i = 0; i < bytes; ++i)
        plain.push_back(
            static_cast<std::uint8_t>(number >> 8 * (format.is_big_endian ? bytes - 1 - i : i)));
    }
  }
  append_data(plain, stream, body);
  return body;
}

Bytes TightWriter::jpeg(ByteSpan file) { return picture(control(9), file); }
Bytes TightWriter::png(ByteSpan file) { return picture(control(10), file); }

}  // namespace oriel::testing
