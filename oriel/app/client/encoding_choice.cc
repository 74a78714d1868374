#include "oriel/app/client/encoding_choice.h"

#include <fmt/format.h>

#include <algorithm>

#include "oriel/core/codec/encoding_table.h"
#include "oriel/core/rfb/constants.h"

namespace oriel::client {
namespace {

// In this order before the rest of the table: what costs nothing, then Tight, which servers make in
// less than half of the time of ZRLE and in as many bytes (docs/decisions/0019). It is lossless
// unless a quality is wished for; of JPEG nothing is.
constexpr std::int32_t kCopyRect = 1;
constexpr std::int32_t kTight = 7;
constexpr std::int32_t kJpeg = 21;
constexpr std::int32_t kQuality0 = -32;       // to -23 for 9
constexpr std::int32_t kCompression0 = -256;  // to -247 for 9
// Servers that are told none take up to 9 (QEMU), for a few bytes less in ten times the time.
constexpr int kDefaultCompression = 2;

constexpr std::int32_t kPseudo[] = {rfb::kPseudoLastRect,
                                    rfb::kPseudoExtendedDesktopSize,
                                    rfb::kPseudoDesktopSize,
                                    rfb::kPseudoCursorWithAlpha,
                                    rfb::kPseudoVmwareCursor,
                                    rfb::kPseudoCursor,
                                    rfb::kPseudoXCursor,
                                    rfb::kPseudoPointerPos,
                                    rfb::kPseudoVmwareCursorPosition,
                                    rfb::kPseudoDesktopName,
                                    rfb::kPseudoFence,
                                    rfb::kPseudoContinuousUpdates,
                                    rfb::kPseudoQemuExtendedKey,
                                    rfb::kPseudoQemuLedState,
                                    rfb::kPseudoVmwareLedState,
                                    rfb::kPseudoExtendedClipboard,
                                    rfb::kPseudoExtendedMouseButtons};

Status check_level(std::string_view what, std::optional<int> level) {
  if (!level || (*level >= 0 && *level <= 9)) return {};
  return fail(ErrorCode::kInvalid, fmt::format("{} {}, allowed are 0 to 9", what, *level));
}

std::string known_encodings() {
  std::string names;
  for (const auto& encoding : codec::encoding_table())
    names += fmt::format("{}{}", names.empty() ? "" : ", ", encoding.name);
  return names;
}

std::vector<std::int32_t> in_order(bool may_be_lossy) {
  std::vector<std::int32_t> order{kCopyRect, kTight};
  if (may_be_lossy) order.push_back(kJpeg);
  for (const auto& encoding : codec::encoding_table()) {
    const bool is_there = std::ranges::find(order, encoding.id) != order.end();
    if (!is_there && encoding.id != kJpeg && encoding.id != rfb::kEncodingRaw)
      order.push_back(encoding.id);
  }
  std::erase_if(order, [](std::int32_t id) { return codec::find_encoding(id) == nullptr; });
  order.push_back(rfb::kEncodingRaw);
  return order;
}

}  // namespace

Result<std::vector<std::int32_t>> choose_encodings(const ConnectionOptions& options) {
  ORIEL_TRY_VOID(check_level("the quality is", options.quality));
  ORIEL_TRY_VOID(check_level("the compression is", options.compression));
  std::vector<std::int32_t> chosen;
  for (const auto& name : options.encodings) {
    const auto* found =
        std::ranges::find(codec::encoding_table(), std::string_view(name), &codec::Encoding::name)
            .base();
    if (found == codec::encoding_table().data() + codec::encoding_table().size())
      return fail(ErrorCode::kInvalid,
                  fmt::format("the encoding \"{}\" is not known, expected are {}", name,
                              known_encodings()));
    if (std::ranges::find(chosen, found->id) == chosen.end()) chosen.push_back(found->id);
  }
  if (chosen.empty()) chosen = in_order(options.quality.has_value());
  chosen.insert(chosen.end(), std::begin(kPseudo), std::end(kPseudo));
  if (options.quality) chosen.push_back(kQuality0 + *options.quality);
  chosen.push_back(kCompression0 + options.compression.value_or(kDefaultCompression));
  return chosen;
}

bool may_be_large(const ConnectionOptions& options) {
  return options.encodings.empty() && !options.quality && !options.compression;
}

std::vector<std::int32_t> raw_only(std::vector<std::int32_t> encodings) {
  std::erase_if(encodings, [](std::int32_t id) {
    return id != kCopyRect && id != rfb::kEncodingRaw && codec::find_encoding(id) != nullptr;
  });
  return encodings;
}

}  // namespace oriel::client
