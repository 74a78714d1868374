#include "oriel/app/agent/scroll_control.h"

#include <fmt/format.h>

#include <utility>

namespace oriel::agent {

using Done = ScrollControl::Done;

namespace {

Done refused(int amount) {
  co_return failure(ErrorKind::kInput,
                    fmt::format("{} steps of the wheel, 0 to {} are possible", amount, kScrollMax));
}

Done nowhere() { co_return unknown_pointer(); }

}  // namespace

Done ScrollControl::scroll(int amount, int dx, int dy, ScrollOptions options) {
  if (amount < 0 || amount > kScrollMax) return refused(amount);
  const auto place = options.at ? options.at : parts_.target.pointer();
  if (!place) return nowhere();
  return at(*place, dx * amount, dy * amount, std::move(options));
}

Done ScrollControl::at(image::Point place, int dx, int dy, ScrollOptions options) {
  return parts_.perform({Scroll{place, dx, dy, std::move(options.modifiers)}}, options.delay);
}

Done ScrollControl::up(int amount, ScrollOptions options) {
  return scroll(amount, 0, -1, std::move(options));
}

Done ScrollControl::down(int amount, ScrollOptions options) {
  return scroll(amount, 0, 1, std::move(options));
}

Done ScrollControl::left(int amount, ScrollOptions options) {
  return scroll(amount, -1, 0, std::move(options));
}

Done ScrollControl::right(int amount, ScrollOptions options) {
  return scroll(amount, 1, 0, std::move(options));
}

}  // namespace oriel::agent
