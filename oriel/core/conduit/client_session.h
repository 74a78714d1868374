#pragma once
// The client's half of a conduit conversation: logs in, and then a PeerSession. It speaks first.

#include <optional>
#include <string>

#include "oriel/core/conduit/peer_session.h"

namespace oriel::conduit {

enum class LoginMethod {
  kScram,     // our own servers; a real one answers that the password is wrong
  kBareHash,  // any server; whoever hears it can log in too
};

struct ClientSessionConfig {
  ProgramFacts program;
  SessionLimits limits;
  LoginMethod method = LoginMethod::kScram;
  std::string password;
  // Random: printable ASCII without ",", at least 18 characters.
  std::string nonce;
  // Of an earlier log-in at the same server; saves the hashing. Empty salt: none.
  crypto::ScramClient::Salted salted;
};

class ClientSession final : public PeerSession {
 public:
  // AUTH_REQUEST is in the output from the start.
  ClientSession(ClientSessionConfig config, SessionStart start);

  // After the log-in by SCRAM, for the next time.
  crypto::ScramClient::Salted salted() const;

 private:
  Status receive_login(const FrameHeader& header, const Value& payload, TimePoint now) override;
  Status answer_challenge(const Value& payload, TimePoint now);
  Status welcomed(const Value& payload, TimePoint now);
  void refused(const Value& payload);

  ClientSessionConfig config_;
  std::optional<crypto::ScramClient> scram_;
  bool has_answered_ = false;
};

}  // namespace oriel::conduit
