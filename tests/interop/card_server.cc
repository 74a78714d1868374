#include "tests/interop/card_server.h"

#include <fmt/format.h>

#include <regex>
#include <stdexcept>

#include "oriel/testing/test_card.h"
#include "tests/support/wait_until.h"

namespace oriel::interop {

using namespace oriel::support;

Picture test_card(int width, int height) {
  const auto frame = testing::make_test_card({width, height});
  Picture picture{width, height, {}};
  picture.pixels.reserve(static_cast<std::size_t>(width) * height);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) picture.pixels.push_back(frame.at(x, y));
  }
  return picture;
}

CardServer::CardServer(const std::string& password)
    : card_(test_card(kWidth, kHeight)),
      server_({.session = "exec " ORIEL_PAINTER " card",
               .password = password,
               .width = kWidth,
               .height = kHeight}) {
  std::string last;
  const bool is_drawn = wait_until([&] {
    last = difference(card_, grab(server_.display()));
    return last.empty();
  });
  if (!is_drawn) throw std::runtime_error("the desktop does not show the card: " + last + output());
}

std::string CardServer::url() const {
  return fmt::format("http://127.0.0.1:{}/", server_.http_port());
}

std::map<std::string, int> CardServer::next_end() {
  static const std::regex end(
      R"re((?:viewer left|connection ended).* encodings=("[^"]*"|[^ ]*) )re");
  static const std::regex part(R"re(([a-z_]+): (\d+) rectangles)re");
  std::smatch found;
  std::string log;
  const bool has_ended = wait_until([&] {
    log = output().substr(ends_seen_);
    return std::regex_search(log, found, end);
  });
  if (!has_ended) throw std::runtime_error("the server does not say that the viewer left: " + log);
  ends_seen_ += static_cast<std::size_t>(found.position() + found.length());
  const std::string encodings = found[1];
  std::map<std::string, int> rectangles;
  for (std::sregex_iterator it(encodings.begin(), encodings.end(), part), none; it != none; ++it) {
    rectangles[(*it)[1]] = std::stoi((*it)[2]);
  }
  return rectangles;
}

}  // namespace oriel::interop
