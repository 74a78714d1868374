#pragma once
// A server's and a client's conduit session wired together in memory, and what tests say and read
// on either end.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "oriel/core/conduit/client_session.h"
#include "oriel/core/conduit/server_session.h"

namespace oriel::testing {

inline constexpr TimePoint kConduitStart{std::chrono::hours(1)};

// Everything the session has queued; the peer takes it all.
Bytes take_output(Session& session);

// A session with the bytes that it has not consumed yet, fed as a driver does, and held to what
// every Session promises.
struct Fed {
  Session& session;
  Bytes pending = {};
  std::size_t wanted = 1;

  // After an error nothing more is shown.
  Status feed(ByteSpan bytes, TimePoint now);
  // Shows what is pending, unless the session rests or wants more.
  Status show(TimePoint now);
};

struct ReadFrame {
  conduit::FrameType type = conduit::FrameType::kMessage;
  conduit::Value payload;
  std::uint64_t correlation = 0;

  friend bool operator==(const ReadFrame&, const ReadFrame&) = default;
};
void PrintTo(const ReadFrame& frame, std::ostream* out);
// Whole frames, nothing else.
std::vector<ReadFrame> read_frames(ByteSpan bytes);
std::vector<conduit::FrameType> types_of(const std::vector<ReadFrame>& frames);
// What the session says now.
std::vector<ReadFrame> said(Session& session);

std::vector<conduit::SessionEvent> take_events(conduit::PeerSession& session);

// ---- frames to feed or send

Bytes frame(conduit::FrameType type, const conduit::Value& payload = {},
            std::uint64_t correlation = 0);
Bytes message(std::string_view type, const conduit::Value& data = {});
Bytes call(std::uint64_t correlation, std::string_view method, const conduit::Value& params = {});
Bytes reply(std::uint64_t correlation, const conduit::Value& data = {});
SharedBytes share(Bytes bytes);
// A frame of this payload whose header claims whatever `header` says.
Bytes raw_frame(const conduit::FrameHeader& header, ByteSpan payload);
// Deflated to next to nothing: a text of so many bytes as a MESSAGE "bomb".
Bytes bomb(std::size_t bytes);

// ---- sessions

// The passwords "secret" of "ann" and "geheim" of "ben".
const conduit::LoginBook& login_book();
conduit::ServerSessionConfig server_config(conduit::SessionLimits limits = {});
conduit::ClientSessionConfig client_config(
    conduit::LoginMethod method = conduit::LoginMethod::kScram, std::string password = "secret",
    conduit::SessionLimits limits = {});

struct SessionPair {
  explicit SessionPair(conduit::ServerSessionConfig server = server_config(),
                       conduit::ClientSessionConfig client = client_config(),
                       std::size_t step = 1'000'000);

  // Passes everything both ways, in pieces of `step` bytes, until both are silent. Each side's
  // first error is kept.
  void run();
  // One way, and whether there was anything.
  bool pass_to_server();
  bool pass_to_client();

  std::size_t step_bytes;
  TimePoint now = kConduitStart;
  conduit::ServerSession server;
  conduit::ClientSession client;
  Fed to_server{server};
  Fed to_client{client};
  std::optional<Error> server_error, client_error;
};

// A server that knows its client (a real program by a bare hash, or one of ours), whose log-in is
// taken out of the output and the events.
struct OpenServer {
  explicit OpenServer(conduit::SessionLimits limits = {}, bool is_oriel = true);

  Status feed(ByteSpan bytes) { return fed.feed(bytes, now); }

  TimePoint now = kConduitStart;
  conduit::ServerSession session;
  Fed fed{session};
};

}  // namespace oriel::testing
