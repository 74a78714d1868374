#include <fmt/format.h>

#include "oriel/app/config/door_policy.h"
#include "oriel/app/doctor/checks.h"

namespace oriel::doctor {

void check_settings(const Patient& patient, Findings& findings) {
  if (!patient.settings) {
    findings.push_back({.grade = Grade::kProblem,
                        .text = patient.settings.error().message,
                        .remedy = "`oriel serve` ends with exit code 2 until this is mended; "
                                  "docs/configuration.md has all settings"});
    return;
  }
  const auto before = findings.size();
  if (const auto doors = config::check_doors(*patient.settings); !doors)
    findings.push_back({.grade = Grade::kProblem,
                        .text = doors.error().message,
                        .remedy = "set a password with --password-file FILE (mode 0600)"});
  for (const auto& notice : patient.settings->notices)
    findings.push_back({.grade = Grade::kNote, .text = notice});
  if (patient.settings->allow_anyone)
    findings.push_back({.grade = Grade::kWarning,
                        .text = "allow_anyone is set, so whoever reaches a door is let in",
                        .remedy = "set a password instead"});
  if (findings.size() > before) return;
  const auto folder = config::config_folder(patient.environment);
  findings.push_back(
      {.grade = Grade::kGood,
       .text = fmt::format("the settings are good; a file would be read from {}",
                           folder ? *folder + "/config.json" : "nowhere: HOME is not set")});
}

}  // namespace oriel::doctor
