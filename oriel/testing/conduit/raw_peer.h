#pragma once
// A conduit client of blocking calls on a real socket, which sends what a test likes: whole frames,
// parts of them, or nonsense. Nothing waits for longer than ten seconds.

#include <cstdint>
#include <optional>
#include <string>

#include "oriel/base/bytes.h"
#include "oriel/testing/conduit/session_pair.h"

namespace oriel::testing {

class RawPeer {
 public:
  // To a port of this machine; receive_buffer_bytes: of the kernel, 0 as it likes.
  explicit RawPeer(std::uint16_t port, int receive_buffer_bytes = 0, bool is_ipv6 = false);
  explicit RawPeer(const std::string& unix_path);
  ~RawPeer();
  RawPeer(RawPeer&& other) noexcept;
  RawPeer& operator=(RawPeer&&) = delete;

  // False when the server does not take it any more.
  bool send(ByteSpan bytes);
  // The next frame; nothing at the end of the connection, or after the time.
  std::optional<ReadFrame> next();
  // The next frame of that type; others are left out.
  std::optional<ReadFrame> next(conduit::FrameType type);
  // Says the password's hash, and what the server answers.
  std::optional<ReadFrame> log_in(const std::string& password = "secret");
  // Calls, and gives the envelope of the answer.
  conduit::Value call(std::string_view method, const conduit::Value& params = {});
  // Whether the server ends the connection; what it says before is left out.
  bool is_ended();
  void close();

 private:
  bool has_more();

  int socket_ = -1;
  Bytes pending_;
  std::uint64_t correlation_ = 0;
};

// AUTH_REQUEST by the bare hash, of a program that says that it is one of ours.
Bytes hash_log_in(const std::string& password = "secret");

}  // namespace oriel::testing
