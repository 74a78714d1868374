#pragma once
// What a command says on standard error when it cannot do its work. Never throws: a full or closed
// stderr is no reason to end otherwise.

#include <cstdio>
#include <string>
#include <string_view>

namespace oriel::cli {

// One line: "oriel: " and the clause.
inline void say_error(std::string_view clause) {
  const auto line = "oriel: " + std::string(clause) + "\n";
  std::fputs(line.c_str(), stderr);
}

}  // namespace oriel::cli
