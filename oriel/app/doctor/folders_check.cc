#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <string>

#include "oriel/app/doctor/checks.h"

namespace oriel::doctor {
namespace {

constexpr std::uint64_t kMiB = 1024 * 1024;
constexpr std::uint64_t kLeastFreeMiB = 64;

bool is_writable_folder(const std::string& path) {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode) &&
         ::access(path.c_str(), W_OK | X_OK) == 0;
}

void check_runtime_folder(const std::string& path, Findings& findings) {
  if (path.empty()) {
    findings.push_back({.grade = Grade::kNote,
                        .text =
                            "XDG_RUNTIME_DIR is not set; the headless desktop makes a folder of "
                            "its own, other programs may miss it",
                        .remedy = "log in by systemd or ssh, or set it to a folder of mode 0700"});
    return;
  }
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) {
    findings.push_back({.grade = Grade::kWarning,
                        .text = fmt::format("XDG_RUNTIME_DIR is {}, which is no folder", path),
                        .remedy = fmt::format("mkdir -m 0700 {}", path)});
  } else if (status.st_uid != ::geteuid() || (status.st_mode & 0077) != 0) {
    findings.push_back(
        {.grade = Grade::kWarning,
         .text = fmt::format("XDG_RUNTIME_DIR is {}, which others may enter or own", path),
         .remedy = fmt::format("chown it to yourself; chmod 0700 {}", path)});
  } else {
    findings.push_back({.grade = Grade::kGood, .text = fmt::format("{} is yours alone", path)});
  }
}

void check_shared_memory(Findings& findings) {
  struct statvfs space{};
  if (!is_writable_folder("/dev/shm") || ::statvfs("/dev/shm", &space) != 0) {
    findings.push_back({.grade = Grade::kWarning,
                        .text = "/dev/shm cannot be written, so pixels take a slower way",
                        .remedy = "mount a tmpfs there; in a container: --shm-size=1g"});
    return;
  }
  const auto free_mib = std::uint64_t{space.f_bavail} * space.f_frsize / kMiB;
  if (free_mib < kLeastFreeMiB)
    findings.push_back(
        {.grade = Grade::kWarning,
         .text = fmt::format("/dev/shm has {} MiB left; browsers on the desktop crash "
                             "when it is full",
                             free_mib),
         .remedy = "in a container: --shm-size=1g; else remove what fills it"});
  else
    findings.push_back(
        {.grade = Grade::kGood, .text = fmt::format("/dev/shm has {} MiB left", free_mib)});
}

}  // namespace

void check_folders(const Patient& patient, Findings& findings) {
  check_runtime_folder(patient.variable("XDG_RUNTIME_DIR"), findings);
  check_shared_memory(findings);
  const auto temporary = patient.variable("TMPDIR").empty() ? "/tmp" : patient.variable("TMPDIR");
  if (!is_writable_folder(temporary))
    findings.push_back({.grade = Grade::kProblem,
                        .text = fmt::format("{} cannot be written", temporary),
                        .remedy = "set TMPDIR to a folder of yours"});
  if (!config::state_folder(patient.environment))
    findings.push_back({.grade = Grade::kWarning,
                        .text = "neither HOME nor XDG_STATE_HOME is set, so a self-signed "
                                "certificate cannot be kept",
                        .remedy = "set HOME"});
}

}  // namespace oriel::doctor
