#include "oriel/app/server/access.h"

#include <gtest/gtest.h>

namespace oriel::server {
namespace {

TEST(Access, TheOldestUnauthenticatedYields) {
  Access access({10, 10, 2});
  EXPECT_EQ(access.admit(1, "a").yields, std::nullopt);
  EXPECT_EQ(access.admit(2, "a").yields, std::nullopt);
  EXPECT_EQ(access.admit(3, "a").yields, 1u);
  access.authenticated(2);
  EXPECT_EQ(access.admit(4, "a").yields, std::nullopt);
  EXPECT_EQ(access.admit(5, "a").yields, 3u);
}

TEST(Access, TheAuthenticatedNeverYield) {
  Access access({2, 2, 5});
  for (ViewerId id : {1, 2}) {
    access.admit(id, "a");
    access.authenticated(id);
  }
  EXPECT_FALSE(access.admit(3, "b").is_admitted);
  access.left(1);
  EXPECT_TRUE(access.admit(4, "b").is_admitted);
  const auto fifth = access.admit(5, "b");
  EXPECT_TRUE(fifth.is_admitted);
  EXPECT_EQ(fifth.yields, 4u);
  EXPECT_EQ(access.authenticated_count(), 1u);
}

TEST(Access, OneThatYieldedMayLeaveAndAuthenticateWithoutHarm) {
  Access access({10, 10, 1});
  access.admit(1, "a");
  access.admit(2, "a");
  access.authenticated(1);
  access.left(1);
  EXPECT_EQ(access.authenticated_count(), 0u);
  EXPECT_EQ(access.admit(3, "a").yields, 2u);
}

TEST(Access, OneAddressHasItsShareOfThePlacesAndNoMore) {
  Access access({10, 2, 10});
  for (ViewerId id : {1, 2}) {
    access.admit(id, "a");
    access.authenticated(id);
  }
  const auto third = access.admit(3, "a");
  EXPECT_FALSE(third.is_admitted);
  EXPECT_EQ(third.refusal, "all places of this address are taken");
  EXPECT_TRUE(access.admit(4, "b").is_admitted);
  access.left(2);
  EXPECT_TRUE(access.admit(5, "a").is_admitted);
  EXPECT_EQ(access.admit(6, "a").yields, 5u) << "its own, not that of the other address";
}

TEST(Access, OneAddressThatDoesNotAuthenticatePushesNoOtherOut) {
  Access access({100, 100, 4});
  access.admit(1, "somebody who types a password");
  for (ViewerId id = 2; id < 50; ++id) {
    const auto admission = access.admit(id, "a flood");
    ASSERT_TRUE(admission.is_admitted);
    ASSERT_NE(admission.yields, 1u);
  }
  access.authenticated(1);
  EXPECT_EQ(access.authenticated_count(), 1u);
}

}  // namespace
}  // namespace oriel::server
