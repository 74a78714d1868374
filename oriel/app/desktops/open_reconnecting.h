#pragma once
// How a desktop is opened that may go and come again, whatever its opener speaks.

#include <memory>
#include <utility>

#include "oriel/app/desktops/desktop_table.h"
#include "oriel/io/desktop/reconnecting_desktop.h"

namespace oriel::desktops {

// `opener->open(done)` gives one desktop for each call, or why there is none; it is called again
// when the desktop is lost. Letting go of the opening gives it up.
template <typename Opener>
DesktopOpening open_reconnecting(boost::asio::io_context& io, const observe::Logger& logger,
                                 std::shared_ptr<Opener> opener, DesktopOpened opened) {
  opener->open([&io, logger, weak = std::weak_ptr(opener),
                told = std::move(opened)](Result<std::unique_ptr<desktop::Desktop>> first) mutable {
    if (!first) return told(std::unexpected(std::move(first).error()));
    for (const auto& sentence : (*first)->shortcomings()) logger.warning(sentence);
    auto open_again = [weak](auto done) {
      if (const auto again = weak.lock()) again->open(std::move(done));
    };
    auto notice = [logger](const std::string& sentence) { logger.warning(sentence); };
    told(OpenDesktop{std::make_unique<desktop::ReconnectingDesktop>(
                         io, std::move(*first), std::move(open_again), std::move(notice)),
                     nullptr});
  });
  return opener;
}

}  // namespace oriel::desktops
