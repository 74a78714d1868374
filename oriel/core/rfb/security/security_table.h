#pragma once
// THE list of security types. To add one: a pair of files with both halves and a row in
// security_table.cc.

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "oriel/core/rfb/security/security.h"

namespace oriel::rfb {

struct SecurityType {
  std::uint8_t id;
  std::string_view name;
  bool needs_password;  // offered when the server has one; the others when it has none
  std::unique_ptr<SecurityServer> (*make_server)(const SecurityServerConfig&);
  std::unique_ptr<SecurityClient> (*make_client)(const SecurityClientConfig&);
};

// Strongest first: the order in which a server offers and a client chooses.
std::span<const SecurityType> security_table();

// Null when the number is not in the table.
const SecurityType* find_security_type(std::uint32_t id);

}  // namespace oriel::rfb
