#include <fmt/format.h>
#include <sys/resource.h>

#include "oriel/app/doctor/checks.h"

namespace oriel::doctor {
namespace {

// A viewer is one file, a web page two; besides what the program itself has.
constexpr rlim_t kOwnFiles = 64;

std::string shown(rlim_t limit) {
  return limit == RLIM_INFINITY ? "no limit" : fmt::format("{}", limit);
}

}  // namespace

void check_limits(const Patient& patient, Findings& findings) {
  rlimit files{};
  (void)::getrlimit(RLIMIT_NOFILE, &files);
  const auto viewers = patient.settings ? patient.settings->max_connections : 200;
  const auto wanted = kOwnFiles + 2 * static_cast<rlim_t>(viewers);
  if (files.rlim_max < wanted)
    findings.push_back(
        {.grade = Grade::kWarning,
         .text = fmt::format("at most {} open files are allowed, {} connections need {}",
                             shown(files.rlim_max), viewers, wanted),
         .remedy = "raise the hard limit: `ulimit -Hn`, LimitNOFILE= of systemd, --ulimit nofile "
                   "of a container; or lower max_connections"});
  else
    findings.push_back(
        {.grade = Grade::kGood, .text = fmt::format("open files: {}", shown(files.rlim_max))});
  rlimit processes{};
  (void)::getrlimit(RLIMIT_NPROC, &processes);
  constexpr rlim_t kFewProcesses = 128;
  if (processes.rlim_cur < kFewProcesses)
    findings.push_back(
        {.grade = Grade::kWarning,
         .text = fmt::format("at most {} processes are allowed, which a desktop "
                             "soon has",
                             processes.rlim_cur),
         .remedy = "`ulimit -u`, TasksMax= of systemd, --pids-limit of a container"});
}

}  // namespace oriel::doctor
