#pragma once
// The file in which VNC servers and viewers keep a password.

#include <string>

#include "tests/support/oriel_server.h"

namespace oriel::interop {

// Its path in `folder`: at most 8 bytes, DES with a key that all of these programs know.
std::string write_password_file(const support::TemporaryFolder& folder,
                                const std::string& password);

// A file of `folder` that nobody else reads, with this text; its path.
std::string write_private(const support::TemporaryFolder& folder, const std::string& name,
                          const std::string& text);

}  // namespace oriel::interop
