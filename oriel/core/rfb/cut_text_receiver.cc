#include "oriel/core/rfb/cut_text_receiver.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "oriel/base/byte_writer.h"
#include "oriel/base/check.h"

namespace oriel::rfb {

Result<CutTextHead> read_cut_text_head(std::int32_t length, std::string_view name,
                                       const Limits& limits) {
  const bool is_extended = length < 0;
  // Also right for the smallest number there is.
  const auto bytes =
      is_extended ? ~static_cast<std::uint32_t>(length) + 1 : static_cast<std::uint32_t>(length);
  if (bytes > limits.cut_text_bytes_max) {
    return fail(ErrorCode::kTooLarge,
                fmt::format("{}: {} bytes, at most {}", name, bytes, limits.cut_text_bytes_max));
  }
  if (is_extended && bytes < 4)
    return fail(ErrorCode::kInvalid,
                fmt::format("{}: an extended message of {} bytes", name, bytes));
  return CutTextHead{bytes, is_extended};
}

void CutTextReceiver::open(const CutTextHead& head) {
  ORIEL_CHECK(!is_open());
  head_ = head;
}

Result<std::optional<CutTextEvent>> CutTextReceiver::receive(ByteSpan bytes,
                                                             std::size_t& consumed) {
  ORIEL_CHECK(is_open());
  consumed = std::min(bytes.size(), head_->bytes - body_.size());
  ByteWriter(body_).bytes(bytes.first(consumed));
  if (body_.size() < head_->bytes) return std::nullopt;
  ORIEL_TRY(auto event, finish());
  return std::optional(std::move(event));
}

Result<CutTextEvent> CutTextReceiver::finish() {
  const auto head = *std::exchange(head_, std::nullopt);
  const Bytes body = std::exchange(body_, {});
  if (!head.is_extended) return CutText{body};
  ClipboardLimits limits{};
  for (std::size_t i = 0; i < limits.size(); ++i)
    limits[i] = expected_ >> i & 1 ? limits_.clipboard_bytes_max : limits_.clipboard_unasked_max;
  auto message = parse_clipboard_message(body, limits);
  if (!message && message.error().code == ErrorCode::kTooLarge) {
    // What was asked for will not come; it may be asked for again.
    expected_ = 0;
    return ClipboardRefused{message.error().message};
  }
  if (!message) return std::unexpected(message.error());
  if (const auto* provide = std::get_if<ClipboardProvide>(&*message)) {
    for (const auto& [format, bytes] : provide->contents)
      expected_ &= ~clipboard::format_bit(format);
  }
  return ClipboardCame{std::move(*message)};
}

}  // namespace oriel::rfb
