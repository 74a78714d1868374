#pragma once
// For programs whose messages and pictures have megabytes.

namespace oriel::net {

// Lets the process keep some of the memory of large messages when they are done. Else the C library
// gives it back to the kernel after each of them, and having it again, page by page, takes longer
// than to copy the message. At most 16 MiB for each arena, which grows by 1 MiB at a time. To be
// called first in main().
void keep_large_memory();

}  // namespace oriel::net
