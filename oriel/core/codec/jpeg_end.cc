#include "oriel/core/codec/jpeg_end.h"

#include <cstring>

#include <fmt/format.h>

namespace oriel::codec {
namespace {

// The second bytes of markers; the first is 0xff.
constexpr std::uint8_t kStuffing = 0x00;  // no marker: 0xff as data of a scan
constexpr std::uint8_t kRestartFirst = 0xd0, kRestartLast = 0xd7;
constexpr std::uint8_t kStart = 0xd8;
constexpr std::uint8_t kEnd = 0xd9;
constexpr std::uint8_t kScan = 0xda;
constexpr std::uint8_t kFill = 0xff;  // no marker: any number may stand before one

constexpr bool is_restart(std::uint8_t marker) {
  return marker >= kRestartFirst && marker <= kRestartLast;
}

}  // namespace

Result<Need> JpegEnd::find(ByteSpan bytes) {
  wanted_ = position_ + 2;
  while (bytes.size() >= wanted_) {
    if (is_in_scan_) {
      pass_scan_data(bytes);
    } else {
      ORIEL_TRY_VOID(pass_marker(bytes));
    }
    if (has_ended_) {
      has_ended_ = false;
      return Need{std::exchange(position_, 0), 1};
    }
  }
  return Need{0, wanted_};
}

Status JpegEnd::pass_marker(ByteSpan bytes) {
  const auto first = bytes[position_], marker = bytes[position_ + 1];
  const bool is_start_wanted = position_ == 0;
  if (first != 0xff || is_start_wanted != (marker == kStart) || marker == kStuffing ||
      is_restart(marker))
    return fail(ErrorCode::kInvalid, fmt::format("JPEG: no marker but {:02x} {:02x} at byte {}",
                                                 first, marker, position_));
  if (marker == kFill) {
    position_ += 1;
  } else if (marker == kStart || marker == kEnd) {
    position_ += 2;
    has_ended_ = marker == kEnd;
  } else {
    wanted_ = position_ + 4;
    if (bytes.size() < wanted_) return {};
    const std::size_t length = bytes[position_ + 2] << 8 | bytes[position_ + 3];
    if (length < 2)
      return fail(ErrorCode::kInvalid,
                  fmt::format("JPEG: a segment of length {} at byte {}", length, position_));
    position_ += 2 + length;
    is_in_scan_ = marker == kScan;
  }
  wanted_ = position_ + 2;
  return {};
}

void JpegEnd::pass_scan_data(ByteSpan bytes) {
  const auto* begin = bytes.data() + position_;
  const auto* found = std::memchr(begin, 0xff, bytes.size() - position_);
  if (found == nullptr) {
    position_ = bytes.size();
  } else {
    position_ += static_cast<std::size_t>(static_cast<const std::uint8_t*>(found) - begin);
    if (position_ + 1 < bytes.size()) {
      const auto next = bytes[position_ + 1];
      if (next == kStuffing || is_restart(next)) {
        position_ += 2;
      } else if (next == kFill) {
        position_ += 1;
      } else {
        is_in_scan_ = false;
      }
    }
  }
  wanted_ = position_ + 2;
}

}  // namespace oriel::codec
