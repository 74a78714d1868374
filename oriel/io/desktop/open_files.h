#pragma once
// The limit of open files of this process: each connection is one, and the usual limit of 1024 is
// not what a server wants. Programs that are started keep the usual one, since some of them
// (select(), closing all that could be open) do badly with a large one.

#include <cstdint>
#include <optional>

namespace oriel::desktop {

// As many as the system allows. Called once, before other threads start.
void raise_open_files();

// The limit from before it was raised; none when it never was.
std::optional<std::uint64_t> open_files_before();

// For a process that starts others.
void limit_open_files(std::uint64_t count);

}  // namespace oriel::desktop
