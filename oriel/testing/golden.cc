#include "oriel/testing/golden.h"

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace oriel::testing {

std::string golden_text(std::string_view path, std::string_view actual) {
  auto file = std::string(ORIEL_SOURCE_DIR "/").append(path);
  if (std::getenv("ORIEL_UPDATE_GOLDEN")) std::ofstream(file, std::ios::binary) << actual;
  return repository_text(path);
}

std::string repository_text(std::string_view path) {
  const auto file = std::string(ORIEL_SOURCE_DIR "/").append(path);
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

}  // namespace oriel::testing
