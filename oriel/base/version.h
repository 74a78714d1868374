#pragma once
// The version of the library and the program.

#include <string_view>

namespace oriel {

inline constexpr std::string_view kVersion = "0.1.0";  // a test holds it against CMakeLists.txt

}  // namespace oriel
