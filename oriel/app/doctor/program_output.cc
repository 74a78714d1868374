#include "oriel/app/doctor/program_output.h"

#include <array>
#include <cstdio>
#include <memory>

namespace oriel::doctor {

std::optional<std::string> output_of(const std::string& command) {
  constexpr std::size_t kBytesMax = 1 << 20;
  std::FILE* pipe = ::popen((command + " 2>/dev/null").c_str(), "re");
  if (pipe == nullptr) return std::nullopt;
  std::string text;
  std::array<char, 4096> part;
  while (text.size() < kBytesMax) {
    const auto count = std::fread(part.data(), 1, part.size(), pipe);
    if (count == 0) break;
    text.append(part.data(), count);
  }
  const bool is_done = ::pclose(pipe) == 0;
  if (!is_done || text.empty()) return std::nullopt;
  return text;
}

}  // namespace oriel::doctor
