#pragma once
// THE list of checks of `oriel doctor`. To add one: a function in a file x_check.cc and a row; the
// help, the JSON and docs/troubleshooting.md (a test compares) follow the table.

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "oriel/app/config/load_settings.h"
#include "oriel/app/config/settings.h"
#include "oriel/app/doctor/finding.h"
#include "oriel/base/result.h"

namespace oriel::doctor {

// What is looked at: `oriel serve` with these settings, in this environment.
struct Patient {
  Result<config::Settings> settings;
  config::Environment environment;

  // Empty when it is not set.
  std::string variable(std::string_view name) const;
};

struct Check {
  std::string_view name;  // "ports"
  std::string_view help;  // what it looks at
  // Waits for programs and servers, some seconds at most.
  void (*run)(const Patient& patient, Findings& findings);
};

std::span<const Check> check_table();

// All checks in the table's order, or one by its name; every check finds something.
Findings examine(const Patient& patient, std::string_view only = "");

}  // namespace oriel::doctor
