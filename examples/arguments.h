#pragma once
// What the examples take from their command lines.

#include <chrono>
#include <cstdlib>
#include <string>

namespace example {

// The argument of that number, or `otherwise` when there are not so many.
inline std::string argument(int count, char** arguments, int number, const char* otherwise) {
  return number < count ? arguments[number] : otherwise;
}

// "2.5" as a time.
inline std::chrono::milliseconds seconds(const std::string& text) {
  return std::chrono::milliseconds(static_cast<long>(std::atof(text.c_str()) * 1000));
}

}  // namespace example
