#include "oriel/testing/golden.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace oriel::testing {

std::string golden_text(std::string_view path, std::string_view actual) {
  auto file = std::string(ORIEL_SOURCE_DIR "/").append(path);
  if (std::getenv("ORIEL_UPDATE_GOLDEN")) std::ofstream(file, std::ios::binary) << actual;
  return repository_text(path);
}

std::string golden_section(std::string_view path, std::string_view heading,
                           std::string_view actual) {
  const auto whole = repository_text(path);
  auto begin = whole.find(std::string("\n").append(heading).append("\n"));
  begin = begin == std::string::npos ? whole.size() : begin + 1;
  auto end = begin == whole.size() ? begin : whole.find("\n## ", begin + heading.size());
  end = end == std::string::npos ? whole.size() : std::min(end + 1, whole.size());
  if (std::getenv("ORIEL_UPDATE_GOLDEN") == nullptr) return whole.substr(begin, end - begin);
  std::ofstream(std::string(ORIEL_SOURCE_DIR "/").append(path), std::ios::binary)
      << whole.substr(0, begin) << actual << whole.substr(end);
  return std::string(actual);
}

std::string repository_text(std::string_view path) {
  const auto file = std::string(ORIEL_SOURCE_DIR "/").append(path);
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

}  // namespace oriel::testing
