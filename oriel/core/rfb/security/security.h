#pragma once
// The two halves of a security type: state machines that read from the connection's bytes and write
// to its output.

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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

// One strand owns it, for one handshake.
class SecurityClient {
 public:
  virtual ~SecurityClient() = default;
  // Called once, when the server has been told the choice: what the client says first.
  virtual Status start(OutputQueue& output) {
    (void)output;
    return {};
  }
  // Called with all unconsumed bytes until it is done. kRefused, of any function: the server asks
  // for a user or a password, and we have been given none; other errors are malformed or not
  // understood.
  virtual Result<Need> receive(ByteSpan bytes, OutputQueue& output) = 0;
  // True when all has been said and the SecurityResult comes next.
  virtual bool is_done() const = 0;

  // One of kStartTls...: TLS must begin before it is called again.
  virtual Transition transition() const { return Transition::kNone; }
  // TLS has begun; the transition is over.
  virtual Status tls_started(OutputQueue& output) {
    (void)output;
    return {};
  }

  // True when nothing is proven, so that no SecurityResult follows before version 3.8.
  virtual bool is_none() const { return false; }
  // What has been agreed on so far, by the names of security_method.h.
  virtual std::string_view name() const = 0;
  // What the server owes us, for the error when it does not come: "challenge".
  virtual std::string_view awaits() const = 0;
};

// What the server's halves need. Copied; randomness is an argument.
struct SecurityServerConfig {
  std::string password;           // empty: none is asked for
  std::string view_password;      // may only look; empty: there is none
  crypto::Challenge challenge{};  // 16 random bytes, new for each connection
};

// Bytes of randomness that a client's half may need.
using SecurityEntropy = std::array<std::uint8_t, 192>;

struct SecurityClientConfig {
  std::string password;  // empty: there is none
  std::string username;  // likewise; UTF-8
  // The numbers of the methods that may be used (security_method.h), most wanted first. Empty: all,
  // the safest first of those for which we have what the server may ask for.
  std::vector<std::uint32_t> allowed;
  // Only methods that encrypt all that follows. Not needed on a stream that is TLS already.
  bool requires_encryption = false;
  // The password may be sent as it is: only when nobody can read along, as on loopback, a Unix
  // socket, or a stream that is TLS already. Behind VeNCrypt's own TLS it always may.
  bool allows_plain_password = false;
  // Random, new for each connection. All zero: none, and methods that need some are not used.
  SecurityEntropy entropy{};
};

}  // namespace oriel::rfb
