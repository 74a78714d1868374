#include "oriel/app/server/access.h"

#include <gtest/gtest.h>

namespace oriel::server {
namespace {

TEST(Access, TheOldestUnauthenticatedYields) {
  Access access(10, 2);
  EXPECT_EQ(access.admit(1).yields, std::nullopt);
  EXPECT_EQ(access.admit(2).yields, std::nullopt);
  EXPECT_EQ(access.admit(3).yields, 1u);
  access.authenticated(2);
  EXPECT_EQ(access.admit(4).yields, std::nullopt);
  EXPECT_EQ(access.admit(5).yields, 3u);
}

TEST(Access, TheAuthenticatedNeverYield) {
  Access access(2, 5);
  for (ViewerId id : {1, 2}) {
    access.admit(id);
    access.authenticated(id);
  }
  EXPECT_FALSE(access.admit(3).is_admitted);
  access.left(1);
  EXPECT_TRUE(access.admit(4).is_admitted);
  auto fifth = access.admit(5);
  EXPECT_TRUE(fifth.is_admitted);
  EXPECT_EQ(fifth.yields, 4u);
  EXPECT_EQ(access.authenticated_count(), 1u);
}

TEST(Access, OneThatYieldedMayLeaveAndAuthenticateWithoutHarm) {
  Access access(10, 1);
  access.admit(1);
  access.admit(2);
  access.authenticated(1);
  access.left(1);
  EXPECT_EQ(access.authenticated_count(), 0u);
  EXPECT_EQ(access.admit(3).yields, 2u);
}

}  // namespace
}  // namespace oriel::server
