#include "oriel/app/agent/text_reader.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstdint>
#include <regex>
#include <utility>

#include "oriel/app/agent/limits.h"
#include "oriel/app/agent/text_picture.h"
#include "oriel/io/programs/program.h"

namespace oriel::agent {

using image::Rect;

namespace {

// Longer lines are cut: std::regex works on the stack.
constexpr std::size_t kLineBytesMax = 4096;

constexpr int kFewLinesHeight = 64;  // pixels, of some four lines
constexpr std::int64_t kReadTwicePixelsMax = 250'000;

// tesseract's "page segmentation mode".
std::string mode_of(TextLayout layout) { return layout == TextLayout::kLines ? "6" : "11"; }

std::string with_single_spaces(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const bool is_space = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (!is_space)
      result.push_back(c);
    else if (!result.empty() && result.back() != ' ')
      result.push_back(' ');
  }
  if (result.ends_with(' ')) result.pop_back();
  return result;
}

// level page block paragraph line word left top width height confidence text
constexpr std::size_t kColumns = 12, kWordLevel = 5;

std::string failure_of(const programs::ProgramEnd& end) {
  const auto last = end.complaint.find_last_not_of("\r\n");
  const auto line = end.complaint.substr(0, last + 1);
  return fmt::format("tesseract ended with exit code {}: {}", end.exit_code,
                     line.substr(line.rfind('\n') + 1));
}

}  // namespace

std::vector<TextLayout> text_layouts(image::Size size) {
  if (size.height <= kFewLinesHeight) return {TextLayout::kLines, TextLayout::kScattered};
  if (size.area() <= kReadTwicePixelsMax) return {TextLayout::kScattered, TextLayout::kLines};
  return {TextLayout::kScattered};
}

AgentResult<std::vector<ReadLine>> read_text(const image::FrameView& picture,
                                             const std::string& language, TextLayout layout,
                                             TimePoint deadline) {
  const int scale = text_scale(picture.size());
  const auto file = text_picture(picture, scale);
  const auto end = programs::run_program(
      {"tesseract", "stdin", "stdout", "-l", language, "--psm", mode_of(layout), "tsv"}, file,
      deadline);
  if (!end && end.error().code == ErrorCode::kTimeout)
    return failure(
        ErrorKind::kTimeout,
        "tesseract took too long to read the text: give it a smaller region, or more time");
  if (!end)
    return failure(ErrorKind::kInternal,
                   fmt::format("text is read by the program tesseract, which must be installed "
                               "(tesseract-ocr): {}",
                               end.error().message));
  if (end->exit_code != 0) return failure(ErrorKind::kInternal, failure_of(*end));
  return parse_words(as_text(end->output), scale);
}

std::vector<ReadLine> parse_words(std::string_view table, int scale) {
  std::vector<ReadLine> lines;
  std::array<int, 3> line_before{};
  while (!table.empty()) {
    auto row = table.substr(0, table.find('\n'));
    table.remove_prefix(std::min(row.size() + 1, table.size()));
    if (row.ends_with('\r')) row.remove_suffix(1);
    std::array<int, 10> numbers{};  // the text may have tabs itself, the rest not
    bool is_row = true;
    for (std::size_t column = 0; column + 1 < kColumns && is_row; ++column) {
      const auto cell = row.substr(0, row.find('\t'));
      is_row = cell.size() < row.size();
      if (column < numbers.size()) {
        const auto [at, error] =
            std::from_chars(cell.data(), cell.data() + cell.size(), numbers[column]);
        is_row = is_row && error == std::errc() && at == cell.data() + cell.size() &&
                 numbers[column] >= 0 && numbers[column] < 1 << 20;
      }
      row.remove_prefix(std::min(cell.size() + 1, row.size()));
    }
    const auto text = with_single_spaces(row);
    if (!is_row || numbers[0] != kWordLevel || text.empty()) continue;
    const std::array<int, 3> line{numbers[2], numbers[3], numbers[4]};
    if (lines.empty() || line != std::exchange(line_before, line)) lines.emplace_back();
    const auto left = numbers[6] / scale, top = numbers[7] / scale;
    lines.back().push_back(
        {text, Rect::between(left, top, (numbers[6] + numbers[8] + scale - 1) / scale,
                             (numbers[7] + numbers[9] + scale - 1) / scale)});
    line_before = line;
  }
  return lines;
}

AgentResult<TextMatcher> TextMatcher::make(const std::string& text, bool is_pattern) {
  TextMatcher matcher;
  matcher.is_pattern_ = is_pattern;
  matcher.text_ = is_pattern ? text : with_single_spaces(text);
  if (matcher.text_.empty() || text.size() > kLineBytesMax)
    return failure(ErrorKind::kInput,
                   fmt::format("a text of 1 to {} bytes can be waited for", kLineBytesMax));
  if (!is_pattern) return matcher;
  try {
    const std::regex pattern(text);
  } catch (const std::regex_error& error) {
    return failure(ErrorKind::kInput,
                   fmt::format("'{}' is no regular expression: {}", text, error.what()));
  }
  return matcher;
}

// Where it begins and ends; both 0 when it is not there.
std::pair<std::size_t, std::size_t> TextMatcher::find_in(const std::string& line) const {
  if (!is_pattern_) {
    const auto at = line.find(text_);
    if (at == std::string::npos) return {};
    return {at, at + text_.size()};
  }
  try {
    std::smatch match;
    const std::regex pattern(text_);
    if (!std::regex_search(line, match, pattern) || match.length() == 0) return {};
    const auto at = static_cast<std::size_t>(match.position());
    return {at, at + static_cast<std::size_t>(match.length())};
  } catch (const std::regex_error&) {
    return {};  // too much work for this line
  }
}

TextMatcher::Match TextMatcher::find(const std::vector<ReadLine>& lines) const {
  for (const auto& words : lines) {
    std::string line;
    for (const auto& word : words) line += (line.empty() ? "" : " ") + word.text;
    line.resize(std::min(line.size(), kLineBytesMax));
    const auto [from, to] = find_in(line);
    if (from == to) continue;
    Match match{line, {}};
    std::size_t at = 0;
    for (const auto& word : words) {
      if (at < to && at + word.text.size() > from) match.box = match.box.united(word.box);
      at += word.text.size() + 1;
    }
    return match;
  }
  return {};
}

}  // namespace oriel::agent
