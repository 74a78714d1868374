#include "oriel/core/crypto/des_challenge.h"

#include <gtest/gtest.h>

#include "oriel/core/crypto/constant_time.h"

namespace oriel::crypto {
namespace {

// Computed by `openssl enc -des-ecb` with the bit-reversed key of "secret".
TEST(DesChallenge, AgreesWithAnIndependentDes) {
  Challenge challenge;
  for (std::size_t i = 0; i < challenge.size(); ++i) challenge[i] = static_cast<std::uint8_t>(i);
  Challenge expected{0xee, 0x22, 0x53, 0x9f, 0x33, 0xa5, 0x98, 0x3e,
                     0xc1, 0x2f, 0x9c, 0x2e, 0xdb, 0xc9, 0x95, 0xdd};
  EXPECT_EQ(des_challenge_response(challenge, "secret"), expected);
}

TEST(DesChallenge, UsesTheFirstEightCharactersOnly) {
  Challenge challenge{1, 2, 3};
  EXPECT_EQ(des_challenge_response(challenge, "12345678"),
            des_challenge_response(challenge, "12345678tail"));
  EXPECT_NE(des_challenge_response(challenge, "12345678"),
            des_challenge_response(challenge, "1234567"));
}

TEST(ConstantTime, ComparesContentAndLength) {
  EXPECT_TRUE(equal_constant_time(as_bytes("abc"), as_bytes("abc")));
  EXPECT_FALSE(equal_constant_time(as_bytes("abc"), as_bytes("abd")));
  EXPECT_FALSE(equal_constant_time(as_bytes("abc"), as_bytes("ab")));
}

}  // namespace
}  // namespace oriel::crypto
