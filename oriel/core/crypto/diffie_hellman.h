#pragma once
// Diffie-Hellman over a prime that the peer names, and the cipher that Apple's security type puts
// on top of it. Numbers are big-endian bytes.

#include <array>
#include <cstdint>

#include "oriel/base/bytes.h"
#include "oriel/base/result.h"

namespace oriel::crypto {

// base^exponent mod `modulus`, as many bytes as `modulus` has. Takes the same time whatever the
// exponent. kInvalid: a modulus that cannot be a prime of 64 bits or more, or a base that is not
// within 2 and modulus - 2, whose powers would tell the secret.
Result<Bytes> modular_power(ByteSpan base, ByteSpan exponent, ByteSpan modulus);

// AES-128 with the MD5 of `secret` as its key, each block by itself (ECB, as Apple has it).
// `blocks`: a multiple of 16 bytes. kUnavailable where OpenSSL has been built without one of them.
Result<Bytes> encrypt_by_md5_of(ByteSpan secret, ByteSpan blocks);

}  // namespace oriel::crypto
