#include "oriel/core/rfb/security/plain.h"

#include "oriel/base/byte_writer.h"

namespace oriel::rfb {

// U32 length of the user's name, U32 length of the password, both.
Status append_plain_credentials(const SecurityClientConfig& config, OutputQueue& output) {
  if (config.password.empty())
    return fail(ErrorCode::kRefused,
                "the server asks for a user and a password, and no password was given");
  Bytes credentials;
  ByteWriter(credentials)
      .u32(static_cast<std::uint32_t>(config.username.size()))
      .u32(static_cast<std::uint32_t>(config.password.size()))
      .bytes(as_bytes(config.username))
      .bytes(as_bytes(config.password));
  output.append(credentials);
  return {};
}

}  // namespace oriel::rfb
