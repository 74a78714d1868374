#include "oriel/app/cli/doctor.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cstdio>
#include <string_view>
#include <vector>

#include "oriel/app/cli/command_table.h"
#include "oriel/app/cli/drive_options.h"
#include "oriel/app/cli/drive_report.h"
#include "oriel/app/doctor/check_table.h"

namespace oriel::cli {
namespace {

using doctor::Finding;
using doctor::Findings;
using doctor::Grade;

std::ptrdiff_t count_of(const Findings& findings, Grade grade) {
  return std::ranges::count(findings, grade, &Finding::grade);
}

std::string see(const Finding& finding) {
  return fmt::format("docs/troubleshooting.md#{}", finding.check);
}

std::string counted(std::ptrdiff_t count, std::string_view word) {
  return fmt::format("{} {}{}", count, word, count == 1 ? "" : "s");
}

std::string help() {
  std::string text =
      "Example: oriel doctor\n"
      "         oriel doctor --vnc 0.0.0.0:5900 --password-file FILE   would that work?\n"
      "         oriel doctor --only ports --json\n\n"
      "Looks at this machine and at the settings of `oriel serve`, from the same flags, "
      "environment\n"
      "and file, and says of each thing that is wrong what to do about it.\n\n"
      "  --json        one JSON document\n"
      "  --only CHECK  one of these:\n";
  for (const auto& check : doctor::check_table())
    text += fmt::format("    {:<12}{}\n", check.name, check.help);
  return text +
         "\nExit codes: 0 nothing will fail, 2 usage, 30 something will fail. "
         "docs/troubleshooting.md says more.\n";
}

bool is_check(std::string_view name) {
  return std::ranges::find(doctor::check_table(), name, &doctor::Check::name) !=
         doctor::check_table().end();
}

}  // namespace

std::string findings_text(const Findings& findings) {
  std::string text, last;
  for (const auto& finding : findings) {
    const auto head = finding.check == last ? "" : finding.check;
    last = finding.check;
    text += fmt::format("{:<12} {:<8} {}\n", head, doctor::grade_name(finding.grade), finding.text);
    if (!finding.remedy.empty())
      text += fmt::format("{:<12} {:<8} -> {}\n", "", "", finding.remedy);
    if (finding.grade >= Grade::kWarning)
      text += fmt::format("{:<12} {:<8}    {}\n", "", "", see(finding));
  }
  return text + fmt::format("{}, {}\n", counted(count_of(findings, Grade::kProblem), "problem"),
                            counted(count_of(findings, Grade::kWarning), "warning"));
}

std::string findings_json(const Findings& findings) {
  boost::json::array rows;
  for (const auto& finding : findings) {
    boost::json::object row{{"check", finding.check},
                            {"grade", doctor::grade_name(finding.grade)},
                            {"text", finding.text}};
    if (!finding.remedy.empty()) row["remedy"] = finding.remedy;
    if (finding.grade >= Grade::kWarning) row["see"] = see(finding);
    rows.push_back(std::move(row));
  }
  return boost::json::serialize(
      boost::json::object{{"problems", count_of(findings, Grade::kProblem)},
                          {"warnings", count_of(findings, Grade::kWarning)},
                          {"findings", std::move(rows)}});
}

int run_doctor(std::span<const char* const> arguments) {
  bool is_json = false;
  std::string_view only;
  std::vector<const char*> flags;  // of `oriel serve`
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view argument = arguments[i];
    if (argument == "--help" || argument == "-h") {
      fmt::print("{}", help());
      return kDone;
    }
    if (argument == "--json") {
      is_json = true;
    } else if (argument == "--only") {
      if (i + 1 == arguments.size() || !is_check(arguments[i + 1])) {
        return say_usage_error("--only wants the name of a check; `oriel doctor --help` lists them",
                               wants_json(arguments));
      }
      only = arguments[++i];
    } else {
      flags.push_back(arguments[i]);
    }
  }
  auto environment = config::environment_of_process();
  const doctor::Patient patient{config::load_settings(flags, environment), environment};
  const auto findings = doctor::examine(patient, only);
  if (is_json)
    fmt::print("{}\n", findings_json(findings));
  else
    fmt::print("{}", findings_text(findings));
  return count_of(findings, Grade::kProblem) > 0 ? kActionFailed : kDone;
}

}  // namespace oriel::cli
