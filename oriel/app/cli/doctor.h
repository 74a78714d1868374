#pragma once
// `oriel doctor`: looks at this machine and these settings, and says what to do about what is
// wrong.

#include <span>
#include <string>

#include "oriel/app/doctor/finding.h"

namespace oriel::cli {

int run_doctor(std::span<const char* const> arguments);

// For people, the findings of each check together; and as one JSON document.
std::string findings_text(const doctor::Findings& findings);
std::string findings_json(const doctor::Findings& findings);

}  // namespace oriel::cli
