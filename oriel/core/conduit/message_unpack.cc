#include "oriel/core/conduit/message_pack.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <compare>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "oriel/core/conduit/message_pack_format.h"
#include "oriel/core/conduit/utf8.h"

namespace oriel::conduit {
namespace {

using Members = std::vector<Map::Member>;

// Up to so many members are looked through one by one; more are sorted.
constexpr std::size_t kFewMembers = 16;

bool has_distinct_keys(const Members& members) {
  if (members.size() > kFewMembers) {
    std::vector<std::string_view> keys;
    keys.reserve(members.size());
    for (const auto& member : members) keys.emplace_back(member.first);
    std::ranges::sort(keys);
    return std::ranges::adjacent_find(keys) == keys.end();
  }
  for (std::size_t i = 1; i < members.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (members[i].first == members[j].first) return false;
  return true;
}

// Each key once, in the place of its first and with the value of its last.
Members distinct(Members members) {
  std::vector<std::size_t> order(members.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
    const auto by_key = members[a].first <=> members[b].first;
    return by_key != 0 ? by_key < 0 : a < b;
  });
  std::vector<bool> is_repeated(members.size());
  for (std::size_t i = 0, end = 0; i < order.size(); i = end) {
    const auto first = order[i];
    for (end = i + 1; end < order.size() && members[order[end]].first == members[first].first;
         ++end)
      is_repeated[order[end]] = true;
    if (end > i + 1) members[first].second = std::move(members[order[end - 1]].second);
  }
  Members kept;
  for (std::size_t i = 0; i < members.size(); ++i)
    if (!is_repeated[i]) kept.push_back(std::move(members[i]));
  return kept;
}

std::string_view format_name(std::uint8_t format) {
  if (format < kFixMap || format >= kFixNegative) return "a number";
  if (format < kFixArray || format == kMap16 || format == kMap32) return "a map";
  if (format < kFixText || format == kArray16 || format == kArray32) return "an array";
  if (format == kNil) return "null";
  if (format == kFalse || format == kTrue) return "true or false";
  if (format >= kBytes8 && format <= kBytes32) return "bytes";
  if (format >= kFloat32 && format <= kSigned64) return "a number";
  return "an extension";
}

// Fills values in place; the first thing that is wrong ends the reading and is its error.
class Unpacker {
 public:
  Unpacker(ByteSpan bytes, std::size_t values) : bytes_(bytes), values_left_(values) {}

  bool read(Value& value, std::size_t depth_left);
  std::size_t position() const { return position_; }
  std::size_t remaining() const { return bytes_.size() - position_; }
  Error& error() { return error_; }

 private:
  bool refuse(ErrorCode code, std::string message) {
    error_ = {code, std::move(message)};
    return false;
  }

  bool refuse_cut_short(std::string_view what) {
    return refuse(ErrorCode::kInvalid,
                  fmt::format("MessagePack ends at byte {} inside {}", bytes_.size(), what));
  }

  // A big-endian number; nothing when the bytes end before it.
  std::optional<std::uint64_t> number(int bytes) {
    if (remaining() < static_cast<std::size_t>(bytes)) return {};
    std::uint64_t number = 0;
    for (int i = 0; i < bytes; ++i) number = number << 8 | bytes_[position_++];
    return number;
  }

  // The next bytes, lent; nothing when there are fewer.
  std::optional<ByteSpan> take(std::optional<std::uint64_t> length) {
    if (!length || *length > remaining()) return {};
    const auto run = bytes_.subspan(position_, *length);
    position_ += *length;
    return run;
  }

  template <typename T>
  bool read_integer(Value& value) {
    const auto got = number(sizeof(T));
    if (!got) return refuse_cut_short("a number");
    value = static_cast<T>(*got);
    return true;
  }

  bool read_float(Value& value, int bytes);
  bool read_text(std::string& text, std::optional<std::uint64_t> length, std::string_view what);
  bool read_bytes(Value& value, std::optional<std::uint64_t> length);
  bool read_extension(Value& value, std::optional<std::uint64_t> length);
  bool read_array(Value& value, std::optional<std::uint64_t> count, std::size_t depth_left);
  bool read_map(Value& value, std::optional<std::uint64_t> count, std::size_t depth_left);
  bool read_key(std::string& key);
  bool open(std::string_view what, std::optional<std::uint64_t> count, std::size_t bytes_each,
            std::size_t depth_left);

  ByteSpan bytes_;
  std::size_t position_ = 0;
  std::size_t values_left_;
  // What the open arrays and maps still have to hold takes at least so many bytes: however deep
  // lengths are in each other, all together never promise more than is there.
  std::size_t promised_bytes_ = 1;
  Error error_;
};

bool Unpacker::read_float(Value& value, int bytes) {
  const auto bits = number(bytes);
  if (!bits) return refuse_cut_short("a number");
  if (bytes == 4)
    value = std::bit_cast<float>(static_cast<std::uint32_t>(*bits));
  else
    value = std::bit_cast<double>(*bits);
  return true;
}

bool Unpacker::read_text(std::string& text, std::optional<std::uint64_t> length,
                         std::string_view what) {
  const auto start = position_;
  const auto run = take(length);
  if (!run) return refuse_cut_short(what);
  if (!is_utf8(as_text(*run)))
    return refuse(ErrorCode::kInvalid,
                  fmt::format("MessagePack has {} that is not UTF-8 at byte {}", what, start));
  text.assign(as_text(*run));
  return true;
}

bool Unpacker::read_bytes(Value& value, std::optional<std::uint64_t> length) {
  const auto run = take(length);
  if (!run) return refuse_cut_short("bytes");
  value = Bytes(run->begin(), run->end());
  return true;
}

bool Unpacker::read_extension(Value& value, std::optional<std::uint64_t> length) {
  const auto type = number(1);
  const auto run = type ? take(length) : std::nullopt;
  if (!run) return refuse_cut_short("an extension");
  value = Extension{static_cast<std::int8_t>(*type), Bytes(run->begin(), run->end())};
  return true;
}

// Whether so many elements may follow, of so many bytes each at least.
bool Unpacker::open(std::string_view what, std::optional<std::uint64_t> count,
                    std::size_t bytes_each, std::size_t depth_left) {
  if (!count) return refuse_cut_short(what);
  if (depth_left == 0)
    return refuse(ErrorCode::kTooLarge,
                  fmt::format("MessagePack is nested too deeply at byte {}", position_));
  if (*count > values_left_)
    return refuse(ErrorCode::kTooLarge,
                  fmt::format("MessagePack has {} of {}, and {} more values are allowed", what,
                              *count, values_left_));
  if (promised_bytes_ + *count * bytes_each > remaining())
    return refuse_cut_short(fmt::format("{} of {}", what, *count));
  values_left_ -= *count;
  promised_bytes_ += *count * bytes_each;
  return true;
}

bool Unpacker::read_array(Value& value, std::optional<std::uint64_t> count,
                          std::size_t depth_left) {
  if (!open("an array", count, 1, depth_left)) return false;
  Array array(*count);
  for (auto& element : array)
    if (!read(element, depth_left - 1)) return false;
  value = std::move(array);
  return true;
}

bool Unpacker::read_key(std::string& key) {
  const auto start = position_;
  const auto first = number(1);
  if (!first) return refuse_cut_short("a map");
  --promised_bytes_;
  if (*first >= kFixText && *first < kNil) return read_text(key, *first - kFixText, "a key");
  if (*first >= kText8 && *first <= kText32)
    return read_text(key, number(1 << (*first - kText8)), "a key");
  return refuse(ErrorCode::kInvalid,
                fmt::format("MessagePack has {} as a key at byte {}, keys must be text",
                            format_name(static_cast<std::uint8_t>(*first)), start));
}

bool Unpacker::read_map(Value& value, std::optional<std::uint64_t> count, std::size_t depth_left) {
  if (!open("a map", count, 2, depth_left)) return false;
  Members members(*count);
  for (auto& [key, member] : members)
    if (!read_key(key) || !read(member, depth_left - 1)) return false;
  if (!has_distinct_keys(members)) members = distinct(std::move(members));
  value = Map::of_distinct(std::move(members));
  return true;
}

bool Unpacker::read(Value& value, std::size_t depth_left) {
  const auto first = number(1);
  if (!first) return refuse_cut_short("a value");
  --promised_bytes_;
  const auto format = static_cast<std::uint8_t>(*first);
  if (format < kFixMap || format >= kFixNegative) {
    value = static_cast<std::int8_t>(format);
    return true;
  }
  if (format < kFixArray) return read_map(value, format - kFixMap, depth_left);
  if (format < kFixText) return read_array(value, format - kFixArray, depth_left);
  const auto text = [&](std::optional<std::uint64_t> length) {
    return read_text(value.emplace_text(), length, "text");
  };
  if (format < kNil) return text(format - kFixText);
  switch (format) {
    case kNil:
      value = nullptr;
      return true;
    case kFalse:
    case kTrue:
      value = format == kTrue;
      return true;
    case kBytes8:
    case kBytes16:
    case kBytes32:
      return read_bytes(value, number(1 << (format - kBytes8)));
    case kExtension8:
    case kExtension16:
    case kExtension32:
      return read_extension(value, number(1 << (format - kExtension8)));
    case kFloat32:
      return read_float(value, 4);
    case kFloat64:
      return read_float(value, 8);
    case kUnsigned8:
      return read_integer<std::uint8_t>(value);
    case kUnsigned16:
      return read_integer<std::uint16_t>(value);
    case kUnsigned32:
      return read_integer<std::uint32_t>(value);
    case kUnsigned64:
      return read_integer<std::uint64_t>(value);
    case kSigned8:
      return read_integer<std::int8_t>(value);
    case kSigned16:
      return read_integer<std::int16_t>(value);
    case kSigned32:
      return read_integer<std::int32_t>(value);
    case kSigned64:
      return read_integer<std::int64_t>(value);
    case kText8:
    case kText16:
    case kText32:
      return text(number(1 << (format - kText8)));
    case kArray16:
    case kArray32:
      return read_array(value, number(2 << (format - kArray16)), depth_left);
    case kMap16:
    case kMap32:
      return read_map(value, number(2 << (format - kMap16)), depth_left);
    default:
      if (format == kNeverUsed)
        return refuse(ErrorCode::kInvalid,
                      fmt::format("MessagePack has the byte 0xc1, which begins nothing, at byte {}",
                                  position_ - 1));
      return read_extension(value, std::uint64_t{1} << (format - kFixExtension1));
  }
}

// How many bytes the item at the front of `bytes` has, without those in it if it is an array or a
// map; more than there are, or 1, when it is broken.
std::size_t item_bytes(ByteSpan bytes) {
  const auto format = bytes.front();
  // As many as the number of `size` bytes behind the format says, and `more`.
  const auto counted = [&](std::size_t size, std::size_t more = 0) {
    std::size_t length = 0;
    for (std::size_t i = 1; i <= size && i < bytes.size(); ++i) length = length << 8 | bytes[i];
    return 1 + size + length + more;
  };
  if (format < kFixText || format >= kFixNegative) return 1;
  if (format < kNil) return 1 + std::size_t{format} - kFixText;
  if (format >= kBytes8 && format <= kBytes32) return counted(1U << (format - kBytes8));
  if (format >= kExtension8 && format <= kExtension32)
    return counted(1U << (format - kExtension8), 1);
  if (format == kFloat32) return 5;
  if (format == kFloat64) return 9;
  if (format >= kUnsigned8 && format <= kUnsigned64) return 1 + (1U << (format - kUnsigned8));
  if (format >= kSigned8 && format <= kSigned64) return 1 + (1U << (format - kSigned8));
  if (format >= kFixExtension1 && format <= kFixExtension16)
    return 2 + (1U << (format - kFixExtension1));
  if (format >= kText8 && format <= kText32) return counted(1U << (format - kText8));
  if (format == kArray16 || format == kMap16) return 3;
  if (format == kArray32 || format == kMap32) return 5;
  return 1;
}

}  // namespace

std::size_t count_packed(ByteSpan bytes) {
  std::size_t count = 0;
  while (!bytes.empty()) {
    ++count;
    bytes = bytes.subspan(std::min(item_bytes(bytes), bytes.size()));
  }
  return count;
}

Result<Value> unpack(ByteSpan bytes, UnpackLimits limits) {
  if (limits.values == 0) return fail(ErrorCode::kTooLarge, "MessagePack: no values are allowed");
  Unpacker unpacker(bytes, limits.values - 1);
  Value value;
  if (!unpacker.read(value, limits.depth)) return std::unexpected(std::move(unpacker.error()));
  if (unpacker.remaining() != 0)
    return fail(ErrorCode::kInvalid,
                fmt::format("MessagePack: {} bytes, but its value ends after {}", bytes.size(),
                            unpacker.position()));
  return value;
}

}  // namespace oriel::conduit
