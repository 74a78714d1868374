#pragma once
// libvncclient, the C client of many remote desktop programs, as a peer for tests.

#include <rfb/rfbclient.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/picture.h"

namespace oriel::interop {

using support::Picture;

// Where the colours of a pixel are; both have 32 bits and little-endian order.
enum class PixelOrder {
  kRedLowest,   // libvncclient's own choice: red in the lowest byte
  kBlueLowest,  // the X server's order
};

// How many bits a pixel has on the wire: those that libvncclient can ask for.
enum class PixelBits {
  k32,  // 8-8-8
  k16,  // 5-5-5, red lowest
  k8,   // 3-3-2, red lowest
};

struct ClientOptions {
  std::string encodings = "zrle";      // libvncclient's names, the best first
  std::uint32_t security = rfbNoAuth;  // the only one that it accepts
  std::string password;
  PixelOrder order = PixelOrder::kRedLowest;  // of pixels of 32 bits
  PixelBits bits = PixelBits::k32;
};

// A cursor as libvncclient has decoded it.
struct ShownCursor {
  int hot_x = 0;
  int hot_y = 0;
  Picture picture;  // 0 where the mask says that nothing is, else 0xffRRGGBB

  friend bool operator==(const ShownCursor&, const ShownCursor&) = default;
};

// One connection, driven by wait_for(). Owned by one thread.
class VncClient {
 public:
  // Connects to 127.0.0.1, or returns nullptr when the handshake fails.
  static std::unique_ptr<VncClient> connect(int port, const ClientOptions& options);
  ~VncClient();
  VncClient(const VncClient&) = delete;
  VncClient& operator=(const VncClient&) = delete;

  // Handles messages of the server until the answer is true; false when the patience or the
  // connection ends first.
  bool wait_for(const std::function<bool()>& ask);

  Picture picture() const;
  // What of `picture` can be seen in this client's pixel format: each colour rounded to the nearest
  // that it has.
  Picture as_seen(Picture picture) const;
  // The last that came; nothing as long as none came.
  const ShownCursor& cursor() const { return cursor_; }
  // Where the server said that others have put the pointer.
  const std::vector<std::pair<int, int>>& pointer_positions() const { return positions_; }
  std::string desktop_name() const { return client_->desktopName; }

  // Bytes that the kernel received on this connection.
  std::uint64_t bytes_received() const;

  void move_pointer(int x, int y) { SendPointerEvent(client_, x, y, 0); }

  // Types as a US keyboard does: with Shift held for what needs it.
  void type(const std::string& text);

 private:
  VncClient() = default;
  static VncClient& of(rfbClient* client);
  void watch_cursor(rfbClient* client);
  // Of the client's format, 0x00RRGGBB.
  std::uint32_t colour_of(const std::uint8_t* pixel) const;

  rfbClient* client_ = nullptr;
  ShownCursor cursor_;
  std::vector<std::pair<int, int>> positions_;
  std::string password_;
};

}  // namespace oriel::interop
