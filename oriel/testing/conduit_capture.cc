#include "oriel/testing/conduit_capture.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "oriel/base/check.h"
#include "oriel/testing/golden.h"

namespace oriel::testing {
namespace {

Bytes bytes_of_hex(std::string_view text) {
  ORIEL_CHECK(text.size() % 2 == 0);
  Bytes bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t at = 0; at < text.size(); at += 2) {
    std::uint8_t byte = 0;
    const auto* const end = text.data() + at + 2;
    ORIEL_CHECK(std::from_chars(text.data() + at, end, byte, 16).ptr == end);
    bytes.push_back(byte);
  }
  return bytes;
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  while (true) {
    const auto start = line.find_first_not_of(' ');
    if (start == line.npos) return words;
    line.remove_prefix(start);
    const auto end = std::min(line.find(' '), line.size());
    words.push_back(line.substr(0, end));
    line.remove_prefix(end);
  }
}

}  // namespace

Bytes CapturedFrame::bytes() const {
  auto both = header;
  both.insert(both.end(), payload.begin(), payload.end());
  return both;
}

std::vector<CapturedFrame> conduit_capture(std::string_view file) {
  const auto text = repository_text(fmt::format("tests/golden/conduit/{}", file));
  std::vector<CapturedFrame> frames;
  int number = 0;
  for (std::size_t start = 0; start < text.size();) {
    const auto end = std::min(text.find('\n', start), text.size());
    const auto line = std::string_view(text).substr(start, end - start);
    start = end + 1;
    ++number;
    // "> HEADER [PAYLOAD] # SECONDS TYPE ..."; a line that tells an end has no type.
    const auto words = words_of(line);
    const auto mark = std::ranges::find(words, "#");
    const auto before = mark - words.begin();
    if (before < 2 || words.end() - mark < 3) continue;
    frames.push_back({.from = words[0] == ">" ? CapturedSide::kClient : CapturedSide::kServer,
                      .type = std::string(mark[2]),
                      .where = fmt::format("{}:{}", file, number),
                      .header = bytes_of_hex(words[1]),
                      .payload = before > 2 ? bytes_of_hex(words[2]) : Bytes{}});
  }
  return frames;
}

Bytes conduit_stream(std::string_view file, CapturedSide from) {
  Bytes stream;
  for (const auto& frame : conduit_capture(file)) {
    if (frame.from != from) continue;
    const auto bytes = frame.bytes();
    stream.insert(stream.end(), bytes.begin(), bytes.end());
  }
  return stream;
}

}  // namespace oriel::testing
