#include "oriel/core/rfb/security/security_table.h"

#include "oriel/core/rfb/security/none.h"
#include "oriel/core/rfb/security/tight.h"
#include "oriel/core/rfb/security/vnc_authentication.h"

namespace oriel::rfb {
namespace {

constexpr SecurityType kTable[] = {
    {2, "vnc", true, false, 0, make_vnc_authentication_server, make_vnc_authentication_client},
    {1, "none", false, true, 0, make_none_server, make_none_client},
    {16, "tight", true, true, kTightInteractionBytes, make_tight_server, make_tight_client},
};

}  // namespace

std::span<const SecurityType> security_table() { return kTable; }

const SecurityType* find_security_type(std::uint32_t id) {
  for (const auto& type : kTable)
    if (type.id == id) return &type;
  return nullptr;
}

}  // namespace oriel::rfb
