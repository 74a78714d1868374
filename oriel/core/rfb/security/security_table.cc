#include "oriel/core/rfb/security/security_table.h"

#include "oriel/core/rfb/security/apple_dh.h"
#include "oriel/core/rfb/security/none.h"
#include "oriel/core/rfb/security/security_number.h"
#include "oriel/core/rfb/security/tight.h"
#include "oriel/core/rfb/security/tls.h"
#include "oriel/core/rfb/security/vencrypt.h"
#include "oriel/core/rfb/security/vnc_authentication.h"

namespace oriel::rfb {
namespace {

constexpr SecurityType kTable[] = {
    {kSecurityVncAuthentication, "vnc", true, false, false, make_vnc_authentication_server,
     make_vnc_authentication_client},
    {kSecurityNone, "none", false, true, false, make_none_server, make_none_client},
    {kSecurityTight, "tight", true, true, true, make_tight_server, make_tight_client},
    {kSecurityVencrypt, "vencrypt", false, false, false, nullptr, make_vencrypt_client},
    {kSecurityTls, "tls", false, false, false, nullptr, make_tls_client},
    {kSecurityAppleDh, "apple-dh", false, false, false, nullptr, make_apple_dh_client},
};

}  // namespace

std::span<const SecurityType> security_table() { return kTable; }

const SecurityType* find_security_type(std::uint32_t id) {
  for (const auto& type : kTable)
    if (type.id == id) return &type;
  return nullptr;
}

}  // namespace oriel::rfb
