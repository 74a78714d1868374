#pragma once
// What a run of the tests asks for by environment variables.

#include <cstdlib>

namespace oriel::support {

// The number that the variable names, or `otherwise` where it is not set.
inline long environment_number(const char* variable, long otherwise) {
  const char* text = std::getenv(variable);
  return text != nullptr ? std::atol(text) : otherwise;
}

}  // namespace oriel::support
