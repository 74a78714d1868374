#pragma once
// A folder of 0700 that lives in memory: $XDG_RUNTIME_DIR, else /dev/shm, else /tmp. On a disk the
// kernel would write the framebuffer's pages back again and again.

#include <cstdint>
#include <string>

#include "oriel/base/result.h"

namespace oriel::desktop {

// Makes oriel-UID-RANDOM where `needed_bytes` are free; a full tmpfs would kill who maps it.
Result<std::string> make_private_folder(std::uint64_t needed_bytes);

// Whether $XDG_RUNTIME_DIR names a folder that is this user's alone.
bool has_runtime_folder();

// Removes a folder of `make_private_folder` and what is in it.
void remove_private_folder(const std::string& folder);

}  // namespace oriel::desktop
