#include "oriel/app/config/wrapped_text.h"

namespace oriel::config {
namespace {

constexpr std::size_t kHelpColumns = 100;
constexpr std::size_t kHelpIndent = 6;

}  // namespace

std::string wrapped(std::string_view text) {
  std::string result, line;
  auto flush = [&] {
    result += std::string(kHelpIndent, ' ') + line + "\n";
    line.clear();
  };
  while (!text.empty()) {
    auto space = text.find(' ');
    auto word = text.substr(0, space);
    if (!line.empty() && kHelpIndent + line.size() + 1 + word.size() > kHelpColumns) flush();
    if (!line.empty()) line += ' ';
    line += word;
    text = space == text.npos ? std::string_view() : text.substr(space + 1);
  }
  if (!line.empty()) flush();
  return result;
}

}  // namespace oriel::config
