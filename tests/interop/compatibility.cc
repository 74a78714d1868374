#include "tests/interop/compatibility.h"

#include <fmt/format.h>

#include <cstdlib>
#include <sstream>
#include <stdexcept>

#include "tests/interop/password_file.h"
#include "tests/interop/scripted_client.h"
#include "tests/interop/viewer_screen.h"
#include "tests/interop/vnc_client.h"
#include "tests/support/wait_until.h"

namespace oriel::interop {

using namespace oriel::support;
namespace {

constexpr const char* kPassword = "sesame12";
constexpr int kWidth = CardServer::kWidth, kHeight = CardServer::kHeight;

// What a viewer's window shows, looked at until it is right.
std::string compare_screen(ViewerScreen& screen, const Picture& expected,
                           const std::function<Picture()>& look) {
  std::string last = "nothing is shown";
  const bool is_right = wait_until([&] {
    if (screen.exit_code()) return true;
    last = difference(expected, look());
    return last.empty();
  });
  return is_right && last.empty() ? "" : last + "\nThe viewer says: " + screen.log();
}

// --- TigerVNC's viewer

enum class Colours { kAll, k256, k64, k8 };

Picture seen_with(Colours colours, const Picture& card, Widening widening) {
  switch (colours) {
    case Colours::k256:
      return rounded(card, 7, 7, 3, widening);
    case Colours::k64:
      return rounded(card, 3, 3, 3, widening);
    case Colours::k8:
      return rounded(card, 1, 1, 1, widening);
    case Colours::kAll:
      break;
  }
  return card;
}

std::string show_in_tigervnc(const CardServer& server, const std::string& encoding,
                             const std::string& password, Colours colours) {
  Command viewer = tigervnc_viewer(server.vnc_port(), password, encoding);
  if (colours != Colours::kAll) {
    const int level = colours == Colours::k256 ? 2 : colours == Colours::k64 ? 1 : 0;
    viewer.arguments.insert(viewer.arguments.end() - 1,
                            {"-FullColor=0", fmt::format("-LowColorLevel={}", level)});
  }
  ViewerScreen screen(kWidth, kHeight);
  screen.open(viewer, "TigerVNC");
  return compare_screen(screen, seen_with(colours, server.card(), Widening::kDown),
                        [&] { return screen.picture(); });
}

void add_tigervnc(std::vector<Cell>& cells) {
  const auto add = [&](const std::string& row, const char* option, const char* encoding,
                       const std::string& password, Colours colours) {
    cells.push_back({.viewer = row,
                     .encoding = encoding,
                     .program = "xtigervncviewer",
                     .password = password,
                     .show = [=](const CardServer& server) {
                       return show_in_tigervnc(server, option, password, colours);
                     }});
  };
  for (const auto& [option, encoding] :
       {std::pair{"Raw", "raw"}, {"Hextile", "hextile"}, {"ZRLE", "zrle"}}) {
    add("TigerVNC's viewer", option, encoding, "", Colours::kAll);
    add("TigerVNC's viewer, VNC authentication", option, encoding, kPassword, Colours::kAll);
    add("TigerVNC's viewer, 256 colours", option, encoding, "", Colours::k256);
    add("TigerVNC's viewer, 64 colours", option, encoding, "", Colours::k64);
    add("TigerVNC's viewer, 8 colours", option, encoding, "", Colours::k8);
  }
}

// --- The viewers that descend from the first VNC

// xtightvncviewer or ssvncviewer.
std::string show_in_x_viewer(const CardServer& server, const std::string& program,
                             const std::string& encoding, const std::string& password,
                             Colours colours) {
  const TemporaryFolder folder;
  Command viewer{{program, "-encodings", encoding, "-geometry",
                  fmt::format("{}x{}+0+0", kWidth, kHeight), "-nocursorshape"},
                 {}};
  if (colours == Colours::k256) viewer.arguments.push_back("-bgr233");
  if (!password.empty()) {
    viewer.arguments.insert(viewer.arguments.end(),
                            {"-passwd", write_password_file(folder, password)});
  }
  viewer.arguments.push_back(fmt::format("127.0.0.1::{}", server.vnc_port()));
  ViewerScreen screen(kWidth, kHeight);
  screen.open(viewer, "");
  return compare_screen(screen, seen_with(colours, server.card(), Widening::kToNearest),
                        [&] { return screen.corner(kWidth, kHeight); });
}

void add_x_viewer(std::vector<Cell>& cells, const std::string& program,
                  const std::vector<std::string>& encodings, const std::string& quick) {
  for (const std::string& encoding : encodings) {
    const auto add = [&](const std::string& row, const std::string& password, Colours colours) {
      cells.push_back({.viewer = row,
                       .encoding = encoding,
                       .program = program,
                       .password = password,
                       .is_quick = row == program && encoding == quick,
                       .show = [=](const CardServer& server) {
                         return show_in_x_viewer(server, program, encoding, password, colours);
                       }});
    };
    add(program, "", Colours::kAll);
    add(program + ", VNC authentication", kPassword, Colours::kAll);
    add(program + ", 256 colours", "", Colours::k256);
  }
}

// JPEG at the best quality: rounding alone is left, which differs between libraries.
constexpr int kJpegTolerance = 4;

std::string show_in_vncsnapshot(const CardServer& server, const std::string& encoding,
                                const std::string& password) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "picture.jpg";
  Command viewer{{"timeout", "15", "vncsnapshot", "-quiet", "-encodings", encoding}, {}};
  if (!password.empty()) {
    viewer.arguments.insert(viewer.arguments.end(),
                            {"-passwd", write_password_file(folder, password)});
  }
  viewer.arguments.push_back(fmt::format("127.0.0.1:{}", server.vnc_display()));
  viewer.arguments.push_back(file);
  run(viewer);
  const int deviation = largest_deviation(server.card(), read_picture(file));
  return deviation <= kJpegTolerance ? "" : fmt::format("a channel is off by {}", deviation);
}

void add_vncsnapshot(std::vector<Cell>& cells) {
  for (const std::string encoding : {"raw", "rre", "corre", "hextile", "zlib", "zrle"}) {
    for (const std::string password : {"", kPassword}) {
      cells.push_back(
          {.viewer = password.empty() ? "vncsnapshot" : "vncsnapshot, VNC authentication",
           .encoding = encoding,
           .program = "vncsnapshot",
           .password = password,
           .verdict = "JPEG",
           .is_quick = password.empty() && encoding == "zlib",
           .show = [=](const CardServer& server) {
             return show_in_vncsnapshot(server, encoding, password);
           }});
    }
  }
}

// --- Others

void add_gvnccapture(std::vector<Cell>& cells) {
  cells.push_back({.viewer = "gvnccapture",
                   .encoding = "zrle",
                   .program = "gvnccapture",
                   .is_quick = true,
                   .show = [](const CardServer& server) {
                     const TemporaryFolder folder;
                     const auto file = folder.path() / "picture.png";
                     run({{"timeout", "15", "gvnccapture",
                           fmt::format("127.0.0.1:{}", server.vnc_display()), file},
                          {}});
                     return difference(server.card(), read_picture(file));
                   }});
}

std::string show_in_libvncclient(const CardServer& server, const ClientOptions& options) {
  const auto client = VncClient::connect(server.vnc_port(), options);
  if (!client) return "it does not connect";
  std::string last;
  client->wait_for([&] {
    last = difference(client->as_seen(server.card()), client->picture());
    return last.empty();
  });
  return last;
}

void add_libvncclient(std::vector<Cell>& cells) {
  for (const std::string encoding : {"raw", "rre", "corre", "hextile", "zlib", "trle", "zrle"}) {
    const auto add = [&](const std::string& row, ClientOptions options) {
      options.encodings = encoding;
      cells.push_back({.viewer = row,
                       .encoding = encoding,
                       .program = "",
                       .password = options.password,
                       .is_quick = row == "libvncclient" && encoding == "trle",
                       .show = [=](const CardServer& server) {
                         return show_in_libvncclient(server, options);
                       }});
    };
    add("libvncclient", {});
    add("libvncclient, blue lowest", {.order = PixelOrder::kBlueLowest});
    add("libvncclient, 16 bits", {.bits = PixelBits::k16});
    add("libvncclient, 8 bits", {.bits = PixelBits::k8});
    add("libvncclient, VNC authentication", {.security = rfbVncAuth, .password = kPassword});
  }
}

void add_scripts(std::vector<Cell>& cells) {
  for (const int minor : {3, 7, 8}) {
    for (const std::string password : {"", kPassword}) {
      const char* security = password.empty() ? "" : ", VNC authentication";
      cells.push_back({.viewer = fmt::format("a script, RFB 3.{}{}", minor, security),
                       .encoding = "raw",
                       .program = "",
                       .password = password,
                       .is_quick = minor == 7,
                       .show = [=](const CardServer& server) {
                         return difference(
                             server.card(),
                             take_picture_by_script(server.vnc_port(), {minor, password}));
                       }});
    }
  }
}

void add_novnc(std::vector<Cell>& cells) {
  cells.push_back(
      {.viewer = "noVNC 1.7 in Chromium (the page)",
       .encoding = "zrle",
       .program = "chromium",
       .show = [](const CardServer& server) -> std::string {
         const TemporaryFolder folder;
         const auto file = folder.path() / "card.ppm";
         write_picture(file, server.card());
         run({{ORIEL_SOURCE_DIR "/tools/npm_install.sh", ORIEL_SOURCE_DIR "/tests/browser"}, {}});
         run({{"node", ORIEL_SOURCE_DIR "/tests/browser/shows.mjs", server.url(), file}, {}});
         return "";  // else it has thrown what the script says
       }});
}

}  // namespace

std::vector<Cell> compatibility_cells() {
  std::vector<Cell> cells;
  add_tigervnc(cells);
  add_x_viewer(cells, "xtightvncviewer", {"raw", "rre", "corre", "hextile", "zlib"}, "hextile");
  add_x_viewer(cells, "ssvncviewer", {"raw", "rre", "corre", "hextile", "zlib", "zrle"}, "zrle");
  add_vncsnapshot(cells);
  add_gvnccapture(cells);
  add_libvncclient(cells);
  add_novnc(cells);
  add_scripts(cells);
  return cells;
}

namespace {

// Only what the viewer asked for, and Raw where that would have been longer.
bool is_as_asked(const std::string& encoding, const std::map<std::string, int>& used) {
  const auto count = [&](const std::string& name) {
    const auto found = used.find(name);
    return found == used.end() ? 0 : found->second;
  };
  const auto others =
      used.size() - used.contains(encoding) - (encoding != "raw" && used.contains("raw"));
  return count(encoding) > 0 && others == 0;
}

}  // namespace

std::string check(const Cell& cell, CardServer& server) {
  std::string wrong;
  try {
    wrong = cell.show(server);
    const auto used = server.next_end();
    if (wrong.empty() && !is_as_asked(std::string(cell.encoding), used)) {
      wrong = "the picture is right, but the server used";
      for (const auto& [encoding, count] : used) wrong += fmt::format(" {} ({})", encoding, count);
    }
    return wrong;
  } catch (const std::exception& error) {
    return wrong.empty() ? error.what() : wrong;
  }
}

std::string what_is_missing(const Cell& cell) {
  if (cell.program.empty()) return "";
  std::istringstream folders(std::getenv("PATH") ? std::getenv("PATH") : "");
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (std::filesystem::exists(std::filesystem::path(folder) / cell.program)) return "";
  }
  return cell.program + " is not installed";
}

}  // namespace oriel::interop
