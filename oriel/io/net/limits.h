#pragma once
// The caps of the network ring: every length, count, queue and wait that a peer could stretch.

#include <chrono>
#include <cstddef>

namespace oriel::net {

// One socket may queue this much that the kernel has not sent, so that what is queued is never old.
inline constexpr int kNotSentLowWaterBytes = 128 * 1024;

// A silent peer is given up after 30 s + 3 * 10 s.
inline constexpr int kKeepAliveIdleSeconds = 30;
inline constexpr int kKeepAliveIntervalSeconds = 10;
inline constexpr int kKeepAliveProbes = 3;

// Out of file descriptors: a listener tries again after this.
inline constexpr std::chrono::milliseconds kAcceptBackOff{100};

// A Unix socket: the path that a sockaddr_un holds besides its final zero. Who makes one waits at
// most this long for others that do it in the same folder; who connects tries again after a pause
// while the listener's queue is full.
inline constexpr std::size_t kUnixPathBytesMax = 107;
inline constexpr std::chrono::milliseconds kUnixFolderWait{1'000};
inline constexpr std::chrono::milliseconds kUnixConnectBackOff{10};

// Connecting: the addresses of a host that are tried, and how many names are looked up at once in
// the whole program.
inline constexpr std::size_t kConnectAddressesMax = 16;
inline constexpr int kLookupsMax = 64;

// What a SessionDriver may hold and wait for. Plain values, so that tests need not wait.
struct SessionDriverLimits {
  // The read buffer of a connection on which little arrives. Reads that fill the buffer double it,
  // up to read_buffer_bytes; so many in a row that would have fitted into the first give it back.
  std::size_t idle_buffer_bytes = 1024;
  int small_reads_until_idle = 8;
  std::size_t read_buffer_bytes = 16 * 1024;             // 800 pointer events; grows on demand
  std::size_t read_buffer_max_bytes = 64 * 1024 * 1024;  // a Need beyond it ends the session
  // Reading pauses while answers to what was read (not pictures) pile up to this, so that a peer
  // that asks and never reads holds bounded memory.
  std::size_t unread_answers_bytes = 1024 * 1024;
  // Reading pauses while all that waits for the peer is beyond this.
  std::size_t output_bytes = 128 * 1024 * 1024;
  // Reads handled in one turn of the loop; then other connections get theirs.
  int reads_per_turn = 16;
  std::chrono::milliseconds flush_timeout{1000};  // to write the reason before closing
  std::chrono::milliseconds drain_timeout{500};   // for the peer to see it and close too
};

struct HttpLimits {
  std::size_t header_bytes = 16 * 1024;
  std::size_t body_bytes = 64 * 1024;
  std::size_t connections = 256;  // without WebSockets; beyond it the oldest idle one yields
  std::chrono::milliseconds request_timeout{10'000};  // from its first byte, or from connecting
  std::chrono::milliseconds idle_timeout{30'000};     // between requests
  std::chrono::milliseconds answer_timeout{30'000};   // for the application to find a response
  std::chrono::milliseconds write_timeout{30'000};    // for one response, or a piece of a stream
  std::chrono::milliseconds linger_timeout{500};      // for the peer to read a last response
};

struct WebSocketLimits {
  std::size_t message_bytes = 16 * 1024 * 1024;  // incoming
  // Of lines: what is longer than its session takes is still read, so that it can say so.
  std::size_t line_bytes = 1024 * 1024;           // incoming
  std::size_t sent_message_bytes = 256 * 1024;    // a browser shows a message only when complete
  std::chrono::milliseconds close_timeout{1000};  // the handshakes
  std::chrono::milliseconds silence_timeout{60'000};  // a ping after half of it, the end after all
};

// TLS. Plaintext of one record (RFC 8446, 5.1), and what is encrypted ahead of a stream that takes
// no more.
inline constexpr std::size_t kTlsRecordBytes = 16 * 1024;
inline constexpr std::size_t kTlsAheadBytes = 64 * 1024;
inline constexpr std::size_t kTlsPemFileBytesMax = 1024 * 1024;
inline constexpr std::size_t kTlsChainMax = 16;
// The files of a certificate are looked at for changes at most this often.
inline constexpr std::chrono::seconds kTlsReloadInterval{1};

// A self-signed certificate is valid this long (browsers refuse longer ones), less a day before it
// was made, and renewed when it has less than kSelfSignedRenewDays left.
inline constexpr int kSelfSignedDays = 397;
inline constexpr int kSelfSignedRenewDays = 30;
inline constexpr std::size_t kSelfSignedNamesMax = 32;

}  // namespace oriel::net
