#pragma once
// User and password as they are: VeNCrypt's Plain (rfbproto.rst, "VeNCrypt"), and Tight's Unix
// login, which has the same form.

#include "oriel/core/rfb/security/security.h"

namespace oriel::rfb {

// kRefused when there is no password.
Status append_plain_credentials(const SecurityClientConfig& config, OutputQueue& output);

}  // namespace oriel::rfb
