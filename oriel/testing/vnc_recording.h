#pragma once
// What a real VNC server sent of a screen that stood still; made by tools/record_vnc_server.py.

#include <string>
#include <vector>

#include "oriel/base/bytes.h"
#include "oriel/core/image/frame.h"
#include "oriel/core/image/pixel_format.h"

namespace oriel::testing {

struct VncRecording {
  image::PixelFormat format;
  image::Size size;
  std::int32_t encoding = 0;
  image::Frame screen;  // as Raw had it
  Bytes said;           // FramebufferUpdates, one after the other
};

// Ends the program when the file is none.
VncRecording read_vnc_recording(const std::string& path);

// The files in tests/recordings/.
std::vector<std::string> vnc_recordings();

}  // namespace oriel::testing
