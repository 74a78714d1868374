#include "oriel/core/conduit/message_pack.h"

#include <algorithm>
#include <array>
#include <bit>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "oriel/core/conduit/message_pack_format.h"
#include "oriel/core/conduit/utf8.h"

namespace oriel::conduit {

namespace {

// Where values are written: at the end of bytes that grow (`lent`: bytes inside of the value),
class GrowingOutput {
 public:
  explicit GrowingOutput(Bytes& bytes) : bytes_(bytes) {}
  void byte(std::uint8_t byte) { bytes_.push_back(byte); }
  void run(ByteSpan run) { bytes_.insert(bytes_.end(), run.begin(), run.end()); }
  void lent(ByteSpan bytes) { run(bytes); }

 private:
  Bytes& bytes_;
};

// or in room that is there already, which is faster. What it has no room for is not written.
class RoomyOutput {
 public:
  explicit RoomyOutput(std::span<std::uint8_t> room) : room_(room) {}
  void byte(std::uint8_t byte) { run({&byte, 1}); }
  void run(ByteSpan run) {
    if (run.size() > room_.size() - used_) [[unlikely]] {
      is_short_ = true;
      return;
    }
    std::ranges::copy(run, room_.data() + used_);
    used_ += run.size();
  }
  void lent(ByteSpan bytes) { run(bytes); }
  std::size_t used() const { return used_; }
  bool is_short() const { return is_short_; }

 private:
  std::span<std::uint8_t> room_;
  std::size_t used_ = 0;
  bool is_short_ = false;
};

// or in pieces, of which the long ones are lent by the value.
class PiecesOutput {
 public:
  PiecesOutput(Bytes begin, std::shared_ptr<const Value> owner)
      : bytes_(std::move(begin)), owner_(std::move(owner)) {}
  void byte(std::uint8_t byte) { bytes_.push_back(byte); }
  void run(ByteSpan run) { bytes_.insert(bytes_.end(), run.begin(), run.end()); }
  void lent(ByteSpan bytes) {
    if (bytes.size() < kHeldBytes) return run(bytes);
    end_piece();
    pieces_.push_back({bytes, owner_});
  }
  std::vector<HeldBytes> take() {
    end_piece();
    return std::move(pieces_);
  }

 private:
  void end_piece() {
    if (bytes_.empty()) return;
    const auto piece = std::make_shared<const Bytes>(std::exchange(bytes_, {}));
    pieces_.push_back({*piece, piece});
  }

  Bytes bytes_;
  std::shared_ptr<const Value> owner_;
  std::vector<HeldBytes> pieces_;
};

// A first byte and the number behind it.
template <typename T, typename Output>
void put(Output& out, std::uint8_t format, T number) {
  std::array<std::uint8_t, 1 + sizeof(T)> run;
  run[0] = format;
  for (std::size_t i = 1; i < run.size(); ++i)
    run[i] = static_cast<std::uint8_t>(number >> 8 * (run.size() - 1 - i));
  out.run(run);
}

// A length in the shortest of `formats`, which have 1, 2 and 4 bytes behind them; 0: there is none.
struct LengthFormats {
  std::uint8_t one = 0, two, four;
};

template <typename Output>
void put_length(Output& out, std::size_t length, LengthFormats formats) {
  if (length <= 0xff && formats.one != 0)
    put(out, formats.one, static_cast<std::uint8_t>(length));
  else if (length <= 0xffff)
    put(out, formats.two, static_cast<std::uint16_t>(length));
  else
    put(out, formats.four, static_cast<std::uint32_t>(length));
}

template <typename Output>
void put_text_length(Output& out, std::size_t length) {
  if (length < 32)
    out.byte(static_cast<std::uint8_t>(kFixText | length));
  else
    put_length(out, length, {.one = kText8, .two = kText16, .four = kText32});
}

template <typename Output>
void put_text(Output& out, std::string_view text) {
  if (is_utf8(text)) [[likely]] {
    put_text_length(out, text.size());
    out.lent(as_bytes(text));
  } else {
    const auto valid = with_valid_utf8(text);
    put_text_length(out, valid.size());
    out.run(as_bytes(valid));
  }
}

template <typename Output>
void put_unsigned(Output& out, std::uint64_t number) {
  if (number < 0x80)
    out.byte(static_cast<std::uint8_t>(number));
  else if (number <= 0xff)
    put(out, kUnsigned8, static_cast<std::uint8_t>(number));
  else if (number <= 0xffff)
    put(out, kUnsigned16, static_cast<std::uint16_t>(number));
  else if (number <= 0xffff'ffff)
    put(out, kUnsigned32, static_cast<std::uint32_t>(number));
  else
    put(out, kUnsigned64, number);
}

template <typename Output>
void put_integer(Output& out, std::int64_t number) {
  if (number >= 0)
    put_unsigned(out, static_cast<std::uint64_t>(number));
  else if (number >= -32)
    out.byte(static_cast<std::uint8_t>(number));
  else if (std::in_range<std::int8_t>(number))
    put(out, kSigned8, static_cast<std::uint8_t>(number));
  else if (std::in_range<std::int16_t>(number))
    put(out, kSigned16, static_cast<std::uint16_t>(number));
  else if (std::in_range<std::int32_t>(number))
    put(out, kSigned32, static_cast<std::uint32_t>(number));
  else
    put(out, kSigned64, static_cast<std::uint64_t>(number));
}

template <typename Output>
void put_bytes(Output& out, ByteSpan bytes) {
  put_length(out, bytes.size(), {.one = kBytes8, .two = kBytes16, .four = kBytes32});
  out.lent(bytes);
}

template <typename Output>
void put_extension(Output& out, const Extension& extension) {
  const auto size = extension.bytes.size();
  if (size <= 16 && std::has_single_bit(size))
    out.byte(static_cast<std::uint8_t>(kFixExtension1 + std::countr_zero(size)));
  else
    put_length(out, size, {.one = kExtension8, .two = kExtension16, .four = kExtension32});
  out.byte(static_cast<std::uint8_t>(extension.type));
  out.run(extension.bytes);
}

template <typename Output>
void put_map(Output& out, std::size_t members) {
  if (members < 16)
    out.byte(static_cast<std::uint8_t>(kFixMap | members));
  else
    put_length(out, members, {.two = kMap16, .four = kMap32});
}

template <typename Output>
void put_array(Output& out, std::size_t elements) {
  if (elements < 16)
    out.byte(static_cast<std::uint8_t>(kFixArray | elements));
  else
    put_length(out, elements, {.two = kArray16, .four = kArray32});
}

template <typename Output>
void put_value(Output& out, const Value& value) {
  switch (value.kind()) {
    case Value::Kind::kNull:
      return out.byte(kNil);
    case Value::Kind::kBool:
      return out.byte(*value.if_bool() ? kTrue : kFalse);
    case Value::Kind::kInteger:
      return put_integer(out, *value.if_integer());
    case Value::Kind::kUnsigned:
      return put_unsigned(out, *value.if_unsigned());
    case Value::Kind::kDouble:
      return put(out, kFloat64, std::bit_cast<std::uint64_t>(*value.if_double()));
    case Value::Kind::kText:
      return put_text(out, *value.if_text());
    case Value::Kind::kBytes:
      return put_bytes(out, *value.if_bytes());
    case Value::Kind::kArray:
      put_array(out, value.if_array()->size());
      for (const auto& element : *value.if_array()) put_value(out, element);
      return;
    case Value::Kind::kMap:
      put_map(out, value.if_map()->size());
      for (const auto& [key, member] : *value.if_map()) {
        put_text(out, key);
        put_value(out, member);
      }
      return;
    case Value::Kind::kExtension:
      return put_extension(out, *value.if_extension());
  }
}

// Room for more than this is not made beforehand: filling it with zeros would cost more.
constexpr std::size_t kRoomBytes = 4096;

void append(const Value& value, std::size_t bytes_max, Bytes& out) {
  const auto start = out.size();
  if (bytes_max <= kRoomBytes) {
    out.resize(start + bytes_max);
    RoomyOutput roomy{std::span(out).subspan(start)};
    put_value(roomy, value);
    out.resize(start + roomy.used());
    if (!roomy.is_short()) return;
    out.resize(start);  // U+FFFD is longer than what it stands for
  }
  GrowingOutput growing(out);
  put_value(growing, value);
}

}  // namespace

void Packer::map(std::size_t members) {
  GrowingOutput out(out_);
  put_map(out, members);
}

void Packer::array(std::size_t elements) {
  GrowingOutput out(out_);
  put_array(out, elements);
}

void Packer::text(std::string_view text) {
  GrowingOutput out(out_);
  put_text(out, text);
}

void Packer::boolean(bool truth) { out_.push_back(truth ? kTrue : kFalse); }

void Packer::integer(std::int64_t number) {
  GrowingOutput out(out_);
  put_integer(out, number);
}

void Packer::null() { out_.push_back(kNil); }

void Packer::value(const Value& value) { append(value, packed_bytes_max(value), out_); }

std::size_t packed_bytes_max(const Value& value) {
  constexpr std::size_t kHeadBytes = 5;  // of a length
  switch (value.kind()) {
    case Value::Kind::kNull:
    case Value::Kind::kBool:
      return 1;
    case Value::Kind::kInteger:
    case Value::Kind::kUnsigned:
    case Value::Kind::kDouble:
      return 9;
    case Value::Kind::kText:
      return kHeadBytes + value.if_text()->size();
    case Value::Kind::kBytes:
      return kHeadBytes + value.if_bytes()->size();
    case Value::Kind::kArray:
      return std::accumulate(
          value.if_array()->begin(), value.if_array()->end(), kHeadBytes,
          [](std::size_t sum, const Value& element) { return sum + packed_bytes_max(element); });
    case Value::Kind::kMap: {
      auto sum = kHeadBytes;
      for (const auto& [key, member] : *value.if_map())
        sum += kHeadBytes + key.size() + packed_bytes_max(member);
      return sum;
    }
    case Value::Kind::kExtension:
      return kHeadBytes + 1 + value.if_extension()->bytes.size();
  }
  return 0;
}

std::size_t long_bytes(const Value& value) {
  const auto if_long = [](std::size_t size) { return size >= kHeldBytes ? size : 0; };
  if (const auto* text = value.if_text()) return if_long(text->size());
  if (const auto* bytes = value.if_bytes()) return if_long(bytes->size());
  std::size_t sum = 0;
  if (const auto* array = value.if_array())
    for (const auto& element : *array) sum += long_bytes(element);
  if (const auto* map = value.if_map())
    for (const auto& [key, member] : *map) sum += long_bytes(member);
  return sum;
}

std::vector<HeldBytes> pack_in_pieces(Bytes begin, Value value) {
  const auto owner = std::make_shared<const Value>(std::move(value));
  PiecesOutput pieces(std::move(begin), owner);
  put_value(pieces, *owner);
  return pieces.take();
}

Bytes pack(const Value& value, std::size_t bytes_before) {
  const auto bytes_max = packed_bytes_max(value);
  Bytes out;
  out.reserve(bytes_before + bytes_max);
  out.resize(bytes_before);
  append(value, bytes_max, out);
  return out;
}

}  // namespace oriel::conduit
