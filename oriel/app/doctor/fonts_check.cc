#include <fmt/format.h>

#include <algorithm>

#include "oriel/app/doctor/checks.h"
#include "oriel/app/doctor/program_output.h"
#include "oriel/io/desktop/child_process.h"

namespace oriel::doctor {
namespace {

struct Script {
  std::string_view name;
  std::string_view pattern;  // of fontconfig
  std::string_view package;
};

constexpr Script kScripts[] = {
    {"Latin, Greek and Cyrillic", ":lang=en:lang=el:lang=ru", "fonts-dejavu-core"},
    {"Chinese", ":lang=zh-cn", "fonts-noto-cjk"},
    {"Japanese", ":lang=ja", "fonts-noto-cjk"},
    {"Korean", ":lang=ko", "fonts-noto-cjk"},
    {"emoji", ":charset=1f600", "fonts-noto-color-emoji"},
};

}  // namespace

void check_fonts(const Patient&, Findings& findings) {
  if (!desktop::find_program("fc-list")) {
    findings.push_back({.grade = Grade::kNote,
                        .text = "fc-list is not installed, so fonts cannot be looked at",
                        .remedy = "apt-get install fontconfig"});
    return;
  }
  const auto before = findings.size();
  for (const auto& [name, pattern, package] : kScripts)
    if (!output_of(fmt::format("fc-list '{}' family", pattern)))
      findings.push_back({.grade = Grade::kWarning,
                          .text = fmt::format("there is no font for {}: programs of the headless "
                                              "desktop show boxes",
                                              name),
                          .remedy = fmt::format("apt-get install {}", package)});
  if (findings.size() > before) return;
  const auto all = output_of("fc-list : family").value_or("");
  findings.push_back(
      {.grade = Grade::kGood,
       .text = fmt::format("{} fonts, for Latin, Greek, Cyrillic, CJK and emoji among others",
                           std::ranges::count(all, '\n'))});
}

}  // namespace oriel::doctor
