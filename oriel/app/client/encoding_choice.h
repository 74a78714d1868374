#pragma once
// What a client asks for in SetEncodings. Pure; any thread.

#include <cstdint>
#include <vector>

#include "oriel/app/client/connection_options.h"
#include "oriel/base/result.h"

namespace oriel::client {

// Encodings, most wanted first, and pseudo-encodings; quality and compression as the options have
// them. Lossy encodings only with a quality. kInvalid for an encoding or a level that is not known.
Result<std::vector<std::int32_t>> choose_encodings(const ConnectionOptions& options);

// Nobody has said which encodings, or how small they should be.
bool may_be_large(const ConnectionOptions& options);
// What was chosen for such options, for a server on this machine: nothing that takes time to
// compress. (With Raw first and others behind it TigerVNC sends ZRLE.)
std::vector<std::int32_t> raw_only(std::vector<std::int32_t> encodings);

}  // namespace oriel::client
