#pragma once
// The server's half of a conduit conversation: who may come in, and then a PeerSession. The first
// frame is AUTH_REQUEST, with the password's hash or the first message of SCRAM.

#include <optional>
#include <string>

#include "oriel/core/conduit/peer_session.h"

namespace oriel::conduit {

struct ServerSessionConfig {
  ProgramFacts program;
  SessionLimits limits;
  // Whoever hears a bare hash can log in with it, so it is for channels that nobody hears.
  bool takes_bare_hash = false;
  // There is no password; `book` has an empty one.
  bool takes_anyone = false;
  // Not empty: no log-in is judged, and this sentence is the answer (a peer that guesses).
  std::string lock_out;
  // Random: 128 hex characters, and printable ASCII without "," of at least 18.
  std::string session_token;
  std::string nonce;
};

class ServerSession final : public PeerSession {
 public:
  // `book` outlives it.
  ServerSession(ServerSessionConfig config, const LoginBook& book, SessionStart start);

  // From now on no log-in is judged, and this is the answer; nothing once it is done.
  void lock_out(std::string sentence) { config_.lock_out = std::move(sentence); }

 private:
  Status receive_login(const FrameHeader& header, const Value& payload, TimePoint now) override;
  Status begin(const Value& payload, TimePoint now);
  Status judge_hash(const std::string& hash, TimePoint now);
  Status challenge(const std::string& message, TimePoint now);
  Status judge_scram(const Value& payload, TimePoint now);
  Status refuse(LoginRefused refused, TimePoint now);
  void welcome(std::string identity, std::string scram_message, TimePoint now);

  ServerSessionConfig config_;
  const LoginBook& book_;
  ProgramFacts client_;
  std::optional<crypto::ScramServer> scram_;  // it has been challenged
};

}  // namespace oriel::conduit
