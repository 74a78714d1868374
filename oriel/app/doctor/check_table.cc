#include "oriel/app/doctor/check_table.h"

#include <algorithm>

#include "oriel/app/doctor/checks.h"

namespace oriel::doctor {
namespace {

constexpr Check kTable[] = {
    {"version", "of the program and the libraries that it uses", check_version},
    {"settings", "the configuration file, the environment, the doors", check_settings},
    {"programs", "what the headless desktop and some commands start", check_programs},
    {"display", "the X display: reachable, extensions", check_display},
    {"fonts", "for all scripts and emoji", check_fonts},
    {"locale", "whether text is UTF-8", check_locale},
    {"ports", "whether the addresses are free and ours", check_ports},
    {"folders", "for sockets, state and shared memory", check_folders},
    {"limits", "open files and processes", check_limits},
    {"certificate", "of TLS: its date, its key", check_certificate},
};

}  // namespace

std::string_view grade_name(Grade grade) {
  switch (grade) {
    case Grade::kGood:
      return "good";
    case Grade::kNote:
      return "note";
    case Grade::kWarning:
      return "warning";
    case Grade::kProblem:
      return "problem";
  }
  return "";
}

std::string Patient::variable(std::string_view name) const {
  const auto found = environment.find(name);
  return found == environment.end() ? "" : found->second;
}

std::span<const Check> check_table() { return kTable; }

Findings examine(const Patient& patient, std::string_view only) {
  Findings findings;
  for (const auto& check : kTable) {
    if (!only.empty() && check.name != only) continue;
    const auto before = findings.size();
    check.run(patient, findings);
    for (auto i = before; i < findings.size(); ++i) findings[i].check = check.name;
  }
  return findings;
}

}  // namespace oriel::doctor
