#pragma once
// THE list of the ways in which a client gets in, as users name them: a security type, or one of
// the subtypes in which VeNCrypt (19) has a method of its own. Which of them a client may use, and
// in which order it wants them.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "oriel/core/rfb/security/security.h"

namespace oriel::rfb {

struct SecurityMethod {
  // What protects all that follows.
  enum class Channel {
    kOpen,       // nothing
    kAnonymous,  // TLS with whoever is there: nobody can only listen
    kVerified,   // TLS with the server of that name
  };
  // What the server wants to know.
  enum class Asks { kNothing, kPassword, kUserAndPassword, kOneOfThem };

  std::uint32_t id;       // on the wire; from kFirstVencryptSubtype on a subtype
  std::string_view name;  // in settings and reports: "x509-vnc"
  Channel channel;
  Asks asks;
};

inline constexpr std::uint32_t kFirstVencryptSubtype = 256;

// The safest first.
std::span<const SecurityMethod> security_methods();
// Null when the number is not in the list.
const SecurityMethod* find_security_method(std::uint32_t id);
// Null when the name is not in the list.
const SecurityMethod* find_security_method(std::string_view name);

// The security type by which it is offered: VeNCrypt for its subtypes.
std::uint32_t offered_as(const SecurityMethod& method);

// Those that `config` lets a client use, most wanted first.
std::vector<const SecurityMethod*> acceptable_methods(const SecurityClientConfig& config);

// Numbers of security types or subtypes as words for an error: "RA2 (5), 77". Also of those that
// are not spoken here; "nothing" for none.
std::string describe_security_types(std::span<const std::uint32_t> ids);

}  // namespace oriel::rfb
