#pragma once
// A socket for what no decent viewer would say. Nothing it does waits for long, and it never fails:
// a server that hangs up on it is right to do so.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "oriel/base/bytes.h"

namespace oriel::attack {

// One thread owns it.
class RawPeer {
 public:
  // `from` is the last byte of the address of ours, 127.0.0.FROM.
  explicit RawPeer(int port, int from = 1);
  ~RawPeer();
  RawPeer(RawPeer&& other) noexcept;
  RawPeer& operator=(RawPeer&& other) noexcept;

  bool is_connected() const { return is_connected_; }

  // Sends all of it; false when the server does not take it for 200 ms, or has hung up.
  bool say(ByteSpan bytes);
  bool say(std::string_view text) { return say(as_bytes(text)); }
  // Sends what is taken at once, 0 when nothing is, and waits a little for that to change.
  std::size_t say_some(ByteSpan bytes);
  // Exactly so many bytes, or fewer when none come for so long.
  Bytes hear(std::size_t count, int patience_ms = 2000);
  // Drops what is there. False when the server has hung up.
  bool drain();
  // Ends with a reset rather than a goodbye.
  void reset_at_the_end();
  // Says that nothing more comes, and stays.
  void close_half();

  // Through the handshake of RFB 3.8 with this password; false when it was refused.
  bool join(const std::string& password);

 private:
  bool wait_for(short events, int milliseconds) const;

  int fd_ = -1;
  bool is_connected_ = false;
};

}  // namespace oriel::attack
