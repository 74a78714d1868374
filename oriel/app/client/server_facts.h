#pragma once
// What a client knows of the server that it is connected to. Plain values.

#include <cstdint>
#include <string>
#include <vector>

#include "oriel/core/image/rect.h"

namespace oriel::client {

struct ServerFacts {
  std::string target;  // where it is, without secrets
  std::string name;    // of the desktop
  image::Size size;
  std::string version;   // "RFB 003.008"
  std::string security;  // "vnc"
  // A guess by what it says: "qemu", "tigervnc or alike", or "unknown".
  std::string kind;
  std::vector<std::string> encodings;  // in which rectangles have come
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  std::uint64_t updates = 0;
  bool has_fence = false;
  bool has_continuous_updates = false;
  bool has_scancodes = false;
  bool has_extended_clipboard = false;
  bool can_resize = false;
  bool is_view_only = false;  // by our own wish
  // The first picture was all one colour, and nothing more came of it.
  bool was_uniform = false;
};

}  // namespace oriel::client
