#pragma once
// The files by which X servers of one machine share out display numbers: /tmp/.X7-lock with the
// server's process id, and the socket /tmp/.X11-unix/X7.

#include <sys/types.h>

#include <optional>
#include <string_view>

namespace oriel::desktop {

// The process id of a lock file's contents: decimal, padded with blanks, one newline.
std::optional<pid_t> parse_x_lock(std::string_view contents);

// Whether a new server can have the number. Removes what a dead server left.
bool clear_stale_display(int number);

// Removes the lock and the socket if the lock names `owner`, a server that has ended.
void remove_display_files(int number, pid_t owner);

// Makes /tmp/.X11-unix when it is missing, as a server that is not root's would not.
void make_socket_folder();

}  // namespace oriel::desktop
