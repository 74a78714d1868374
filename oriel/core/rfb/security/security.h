#pragma once
// The two halves of a security type: state machines that read from the connection's bytes and write
// to its output.

#include <memory>
#include <optional>
#include <string>

#include "oriel/base/bytes.h"
#include "oriel/base/output_queue.h"
#include "oriel/base/result.h"
#include "oriel/base/session.h"
#include "oriel/core/crypto/des_challenge.h"

namespace oriel::rfb {

// Whether the peer proved what it had to.
enum class SecurityOutcome { kAccepted, kAcceptedViewOnly, kRefused };

// One strand owns it, for one handshake.
class SecurityServer {
 public:
  virtual ~SecurityServer() = default;
  // Called once when the client has chosen the type.
  virtual void start(OutputQueue& output) = 0;
  // Called with all unconsumed bytes until there is an outcome. An error is a malformed message.
  virtual Result<Need> receive(ByteSpan bytes, OutputQueue& output) = 0;
  // Nothing while bytes are missing.
  virtual std::optional<SecurityOutcome> outcome() const = 0;
};

class SecurityClient {
 public:
  virtual ~SecurityClient() = default;
  virtual Result<Need> receive(ByteSpan bytes, OutputQueue& output) = 0;
  // True when all has been said and the SecurityResult comes next.
  virtual bool is_done() const = 0;
};

// What the server's halves need. Copied; randomness is an argument.
struct SecurityServerConfig {
  std::string password;           // empty: none is asked for
  std::string view_password;      // may only look; empty: there is none
  crypto::Challenge challenge{};  // 16 random bytes, new for each connection
};

struct SecurityClientConfig {
  std::string password;
};

}  // namespace oriel::rfb
