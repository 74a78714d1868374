#include "oriel/app/config/suggestion.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "oriel/base/printable.h"

namespace oriel::config {
namespace {

// Levenshtein: how many characters to insert, remove or replace. O(a * b).
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      auto replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string suggest(std::string_view unknown, std::span<const std::string> known) {
  constexpr std::size_t kNear = 3, kComparedBytesMax = 64;
  const std::string* nearest = nullptr;
  std::size_t distance = kNear;
  for (const auto& name : known) {
    if (unknown.size() > kComparedBytesMax) break;
    auto d = edit_distance(unknown, name);
    if (d < distance) {
      distance = d;
      nearest = &name;
    }
  }
  if (nearest) return fmt::format("did you mean {}", *nearest);
  return fmt::format("expected one of {}", fmt::join(known, ", "));
}

std::string printable(std::string_view text) {
  constexpr std::size_t kShown = 80;
  return oriel::printable(text, kShown);
}

}  // namespace oriel::config
