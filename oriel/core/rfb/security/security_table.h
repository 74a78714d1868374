#pragma once
// THE list of security types. To add one: a pair of files with its halves and a row in
// security_table.cc; for the client also one in security_method.cc.

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "oriel/core/rfb/security/security.h"

namespace oriel::rfb {

struct SecurityType {
  std::uint8_t id;
  std::string_view name;
  // When a server offers it: with a password, without one, or both.
  bool is_for_password;
  bool is_for_none;
  // Tight's lists stand behind ServerInit.
  bool has_interaction;
  std::unique_ptr<SecurityServer> (*make_server)(const SecurityServerConfig&);  // null: client only
  std::unique_ptr<SecurityClient> (*make_client)(const SecurityClientConfig&);
};

// The order in which a server offers them.
std::span<const SecurityType> security_table();

// Null when the number is not in the table.
const SecurityType* find_security_type(std::uint32_t id);

}  // namespace oriel::rfb
