#pragma once
// A client that says what RFC 6143 demands of a version, and no more: Raw pixels, one request.

#include <string>

#include "tests/support/picture.h"

namespace oriel::interop {

struct Script {
  int minor_version = 8;  // 3, 7 or 8
  std::string password;   // empty: security type None
};

// Connects to 127.0.0.1, takes one full picture and closes. Throws std::runtime_error with the step
// at which the server said something else, or nothing for 10 s.
support::Picture take_picture_by_script(int port, const Script& script);

}  // namespace oriel::interop
