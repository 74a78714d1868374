#pragma once
// What the desktop is called when nobody has named it.

#include <string>

namespace oriel::server {

// USER@HOST: $USER, else the name of the process's user in the user database; without both HOST.
std::string default_desktop_name();

}  // namespace oriel::server
