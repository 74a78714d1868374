#include <fmt/format.h>
#include <langinfo.h>

#include <clocale>
#include <string_view>

#include "oriel/app/doctor/checks.h"

namespace oriel::doctor {

void check_locale(const Patient& patient, Findings& findings) {
  std::string named;
  for (const auto* variable : {"LC_ALL", "LC_CTYPE", "LANG"})
    if (named.empty()) named = patient.variable(variable);
  const locale_t locale = ::newlocale(LC_CTYPE_MASK, named.empty() ? "C" : named.c_str(), nullptr);
  if (locale == locale_t{}) {
    findings.push_back({.grade = Grade::kWarning,
                        .text = fmt::format("the locale {} is not installed", named),
                        .remedy = "set LANG=C.UTF-8, which every Debian has"});
    return;
  }
  const std::string_view codes = ::nl_langinfo_l(CODESET, locale);
  const bool is_utf8 = codes == "UTF-8";
  findings.push_back(
      {.grade = is_utf8 ? Grade::kGood : Grade::kNote,
       .text = is_utf8 ? fmt::format("the locale {} is UTF-8", named)
                       : fmt::format("the locale {} is not UTF-8; the headless desktop has one of "
                                     "its own, terminals may show wrong letters",
                                     named.empty() ? "C" : named),
       .remedy = is_utf8 ? "" : "set LANG=C.UTF-8"});
  ::freelocale(locale);
}

}  // namespace oriel::doctor
