#include <fmt/format.h>

#include <boost/asio/io_context.hpp>
#include <string>

#include "oriel/app/doctor/checks.h"
#include "oriel/io/desktop/x11_display.h"

namespace oriel::doctor {
namespace {

struct Extension {
  std::string_view name;
  bool (desktop::X11Display::*is_there)() const;
  Grade when_missing;
  std::string_view consequence;
};

constexpr Extension kExtensions[] = {
    {"DAMAGE", &desktop::X11Display::has_damage, Grade::kWarning,
     "changes are looked for instead of told, which costs CPU and time"},
    {"MIT-SHM", &desktop::X11Display::has_shm, Grade::kWarning,
     "pixels come through the socket; is it a remote display"},
    {"XTEST", &desktop::X11Display::has_xtest, Grade::kProblem, "nobody can type or point"},
    {"XFIXES", &desktop::X11Display::has_xfixes, Grade::kWarning,
     "neither the cursor nor the clipboard can be shared"},
    {"RANDR", &desktop::X11Display::has_randr, Grade::kNote, "its size cannot be changed"},
    {"XKEYBOARD", &desktop::X11Display::has_xkb, Grade::kNote,
     "lights and layouts of the keyboard are not known"},
};

// The display of `x11:DISPLAY`, or the one that the environment names; empty: none.
std::string display_of(const Patient& patient) {
  constexpr std::string_view kPrefix = "x11:";
  if (patient.settings && patient.settings->desktop.starts_with(kPrefix))
    return patient.settings->desktop.substr(kPrefix.size());
  return patient.variable("DISPLAY");
}

}  // namespace

void check_display(const Patient& patient, Findings& findings) {
  const auto name = display_of(patient);
  const bool is_needed = patient.settings && patient.settings->desktop.starts_with("x11:");
  if (name.empty()) {
    findings.push_back({.grade = Grade::kGood,
                        .text = "DISPLAY is not set, and the desktop needs no running X server"});
    return;
  }
  boost::asio::io_context io;
  const auto display = desktop::X11Display::open(io, {name, {}});
  if (!display) {
    findings.push_back(
        {.grade = is_needed ? Grade::kProblem : Grade::kNote,
         .text = display.error().message,
         .remedy =
             "run it as the user of that session, or set XAUTHORITY to the file of its cookie; "
             "`oriel serve` without --desktop starts a desktop of its own"});
    return;
  }
  const auto& its = **display;
  for (const auto& extension : kExtensions)
    if (!(its.*extension.is_there)())
      findings.push_back({.grade = extension.when_missing,
                          .text = fmt::format("display {} has no {}: {}", name, extension.name,
                                              extension.consequence),
                          .remedy = "start its X server with the extension"});
  findings.push_back({.grade = Grade::kGood,
                      .text = fmt::format("display {} answers: {}x{}", name, its.size().width,
                                          its.size().height)});
}

}  // namespace oriel::doctor
