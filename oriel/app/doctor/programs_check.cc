#include <fmt/format.h>

#include <string>

#include "oriel/app/doctor/checks.h"
#include "oriel/io/desktop/child_process.h"

namespace oriel::doctor {
namespace {

struct Program {
  std::string_view name;
  std::string_view package;  // of Debian
  Grade when_missing;
  std::string_view purpose;
  bool is_for_headless;
};

constexpr Program kPrograms[] = {
    {"Xvfb", "xvfb", Grade::kProblem, "the headless desktop cannot start", true},
    {"xkbcomp", "x11-xkb-utils", Grade::kProblem, "the X server has no keyboard", true},
    {"dbus-run-session", "dbus-daemon", Grade::kWarning,
     "many programs of the desktop start slowly or not at all", true},
    {"openbox", "openbox", Grade::kWarning, "windows have no frames and cannot be moved", true},
    {"xterm", "xterm", Grade::kNote, "the session without a command of yours has no terminal",
     true},
    {"ffmpeg", "ffmpeg", Grade::kNote, "there are no video files", false},
    {"tesseract", "tesseract-ocr", Grade::kNote, "there is no waiting for text on the screen",
     false},
};

}  // namespace

void check_programs(const Patient& patient, Findings& findings) {
  const bool is_headless = !patient.settings || patient.settings->desktop == "headless";
  std::string found;
  for (const auto& program : kPrograms) {
    if (program.is_for_headless && !is_headless) continue;
    if (desktop::find_program(std::string(program.name))) {
      found += fmt::format("{}{}", found.empty() ? "" : ", ", program.name);
      continue;
    }
    findings.push_back(
        {.grade = program.when_missing,
         .text = fmt::format("{} is not installed: {}", program.name, program.purpose),
         .remedy = fmt::format("apt-get install {}", program.package)});
  }
  if (!found.empty())
    findings.push_back({.grade = Grade::kGood, .text = fmt::format("there are {}", found)});
}

}  // namespace oriel::doctor
