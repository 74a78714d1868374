#pragma once
// What `oriel doctor` found, as values.

#include <string>
#include <string_view>
#include <vector>

namespace oriel::doctor {

enum class Grade {
  kGood,
  kNote,     // something that is not there, and that not everybody needs
  kWarning,  // it works, but not as well or as safely as it could
  kProblem,  // something will fail
};

// The word for people and for JSON: "good", "note", "warning", "problem".
std::string_view grade_name(Grade grade);

struct Finding {
  std::string check;  // name of the check, and the anchor in docs/troubleshooting.md
  Grade grade = Grade::kGood;
  std::string text;    // one sentence without a final period
  std::string remedy;  // what to do, likewise; empty when there is nothing to do

  friend bool operator==(const Finding&, const Finding&) = default;
};

using Findings = std::vector<Finding>;

}  // namespace oriel::doctor
