#pragma once
// How a client shows that it knows the password, and what both sides say of themselves meanwhile.
// Two ways: SCRAM-SHA-256 between our own programs, and the one of the real programs, where the
// bare SHA-256 of the password is the password (docs/conduit_wire.md).

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "oriel/base/bytes.h"
#include "oriel/base/result.h"
#include "oriel/core/conduit/error_code.h"
#include "oriel/core/conduit/value.h"
#include "oriel/core/crypto/scram.h"

namespace oriel::conduit {

inline constexpr std::string_view kScramMechanism = "SCRAM-SHA-256";
// SCRAM wants a name; there are no users yet.
inline constexpr std::string_view kScramUser = "conduit";

// What a program says of itself: client_info and server_info.
struct ProgramFacts {
  std::string name;
  std::string version;
  // It is one of ours: it cancels calls, knows deadlines, and gives streams credit.
  bool is_oriel = false;
  std::string description = {};  // of servers; said when there is one
  // The longest payload that it takes, as it is when inflated; 0: it does not say. Of ours.
  std::size_t max_message_bytes = 0;
  // Of servers of ours: which numbers they send and understand.
  std::optional<ErrorNumbers> error_numbers = {};

  friend bool operator==(const ProgramFacts&, const ProgramFacts&) = default;
};

Value write_program_facts(const ProgramFacts& facts);
// Leaves out what is missing or of another type.
ProgramFacts read_program_facts(const Value* facts);

// hex(SHA256(password)), lower case.
std::string password_hash(std::string_view password);

// The passwords that a server knows, as what it keeps of them. Immutable after construction, so any
// thread may use it.
class LoginBook {
 public:
  struct Password {
    std::string identity;  // whoever knows it is this
    std::string password;  // at least 1 character
  };

  // Costs `iterations` hashes for each password.
  LoginBook(std::span<const Password> passwords, Bytes salt, std::uint32_t iterations);

  // The identity whose password hash is `hex`; nothing when there is none. Constant time.
  const std::string* find_hash(std::string_view hex) const;
  const std::string& identity(std::size_t key) const { return identities_[key]; }
  crypto::ScramServer scram(std::string nonce) const;

 private:
  Bytes salt_;
  std::uint32_t iterations_;
  std::vector<std::string> identities_;
  std::vector<std::string> hashes_;
  std::vector<crypto::ScramKeys> keys_;
};

}  // namespace oriel::conduit
