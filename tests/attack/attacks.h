#pragma once
// Everything that an unfriendly peer can do to a server, one row each.

#include <cstdint>
#include <span>
#include <stop_token>
#include <string>

namespace oriel::attack {

struct Target {
  int vnc_port = 0;
  int http_port = 0;
  std::string password;
  int width = 0;
  int height = 0;
};

struct Attack {
  const char* name;
  // Goes on until it is told to stop, in a thread of its own. Its sockets are closed at the end.
  // Gives how much it did, in its own measure.
  std::uint64_t (*run)(const Target& target, const std::stop_token& stop);
  // It was no attack if it did less than this in half a second.
  std::uint64_t least;
};

std::span<const Attack> attack_table();

}  // namespace oriel::attack
