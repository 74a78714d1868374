#pragma once
// SCRAM-SHA-256 (RFC 5802 and 7677) without channel binding and without SASLprep: both halves as
// functions of the messages. The server keeps no password, the client learns that the server knows
// it, and who listens learns neither. Immutable values; nonces and salts are arguments.

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "oriel/base/bytes.h"
#include "oriel/base/result.h"

namespace oriel::crypto {

using Sha256 = std::array<std::uint8_t, 32>;

Sha256 sha256(ByteSpan bytes);

// What PBKDF2 makes of a password: costs `iterations` hashes, so it is kept.
Sha256 scram_salted_password(std::string_view password, ByteSpan salt, std::uint32_t iterations);

// What a server keeps of one password. All that are offered together have salt and iterations in
// common, because the salt goes out before it is known which of them the client has.
struct ScramKeys {
  Sha256 stored_key{};
  Sha256 server_key{};
};
ScramKeys scram_keys(const Sha256& salted_password);

// The server's half of one login.
class ScramServer {
 public:
  // `keys` outlives it. nonce: printable ASCII without ",", at least 18 characters.
  ScramServer(std::span<const ScramKeys> keys, Bytes salt, std::uint32_t iterations,
              std::string nonce);

  // client-first-message -> server-first-message. Errors: kInvalid, kUnsupported (channel binding,
  // mandatory extensions, an authorization identity). The user's name is not looked at.
  Result<std::string> challenge(std::string_view client_first);

  struct Success {
    std::size_t key;      // which of `keys` the client knows
    std::string message;  // server-final-message
  };
  // client-final-message -> success. Errors: kInvalid, kRefused (a wrong password). Compares in
  // constant time, all keys.
  Result<Success> verify(std::string_view client_final) const;

 private:
  std::span<const ScramKeys> keys_;
  Bytes salt_;
  std::uint32_t iterations_;
  std::string nonce_;
  std::string gs2_header_;
  std::string both_nonces_;
  std::string client_first_bare_;
  std::string server_first_;
};

// The client's half.
class ScramClient {
 public:
  // nonce as above. user: may be empty.
  ScramClient(std::string user, std::string password, std::string nonce);

  std::string first() const;

  // server-first-message -> client-final-message. Errors: kInvalid (also a nonce that does not
  // begin with ours), kTooLarge (iterations beyond `iterations_max`), kUnsupported (below 4096,
  // RFC 7677, 4).
  Result<std::string> answer(std::string_view server_first, std::uint32_t iterations_max);

  // server-final-message. kRefused: the server does not know the password, or says why it refuses.
  Status check(std::string_view server_final) const;

  // A client that has logged in with this salt before need not pay for it again.
  struct Salted {
    Bytes salt;
    std::uint32_t iterations = 0;
    Sha256 password{};
  };
  void remember(Salted salted) { salted_ = std::move(salted); }
  const Salted& salted() const { return salted_; }

 private:
  std::string first_bare() const;

  std::string user_;
  std::string password_;
  std::string nonce_;
  Salted salted_;
  std::string auth_message_;
  Sha256 server_key_{};
};

}  // namespace oriel::crypto
