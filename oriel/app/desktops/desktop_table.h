#pragma once
// THE list of desktop sources: what --desktop understands. To add one: a row in desktop_table.cc
// and the function that opens it.

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "oriel/app/config/settings.h"
#include "oriel/app/observe/log.h"
#include "oriel/base/result.h"
#include "oriel/io/desktop/desktop.h"

namespace oriel::desktops {

// A desktop and what must be ended with it.
struct OpenDesktop {
  std::unique_ptr<desktop::Desktop> desktop;
  // Ends what was started for it (an X server, a session), then calls its argument. Called once at
  // most, while the loop runs; null when nothing was started.
  std::function<void(std::function<void()> closed)> close;
};

// An opening that may be given up by letting go of it: `opened` is not called any more then. Empty
// when it cannot. Keep it as long as the desktop, and not longer than the loop.
using DesktopOpening = std::shared_ptr<void>;

using DesktopOpened = std::move_only_function<void(Result<OpenDesktop>)>;

struct DesktopRequest {
  boost::asio::io_context& io;       // outlives the desktop
  const config::Settings& settings;  // outlives the desktop
  std::string argument;              // what stands behind the colon
  observe::Logger logger;
};

struct DesktopSource {
  std::string_view name;      // "x11"
  std::string_view argument;  // "DISPLAY"; empty when it takes none
  std::string_view help;
  // Calls `opened` once, perhaps before it returns.
  DesktopOpening (*open)(DesktopRequest request, DesktopOpened opened);
};

std::span<const DesktopSource> desktop_table();

// Opens the source that `settings.desktop` names. An error is one sentence for the user.
DesktopOpening open_desktop(boost::asio::io_context& io, const config::Settings& settings,
                            const observe::Logger& logger, DesktopOpened opened);

}  // namespace oriel::desktops
