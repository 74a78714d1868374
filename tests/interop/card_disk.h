#pragma once
// A disk from which a PC starts that shows the test card: the picture of a virtual machine without
// an operating system.

#include <filesystem>

namespace oriel::interop {

// An image of the disk for a PC with Bochs' display (QEMU's -vga std). It shows the card as
// CardServer does, then waits for keys: the blue of the pixel at 0,0 is the ASCII code of the last.
void write_card_disk(const std::filesystem::path& file);

}  // namespace oriel::interop
