#pragma once
// `oriel serve`: from settings to a running server, and its end.

#include <span>
#include <string>
#include <string_view>

namespace oriel::cli {

int run_serve(std::span<const char* const> arguments);

// The line that an ssh user types on his own machine to reach both doors, or empty.
// `ssh_connection` is the value of $SSH_CONNECTION ("client port server port"); the addresses are
// those of the doors, empty when closed.
std::string ssh_tunnel_line(std::string_view ssh_connection, std::string_view user,
                            std::string_view http_address, std::string_view vnc_address);

}  // namespace oriel::cli
