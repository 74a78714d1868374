#include "oriel/app/api/session_store.h"

#include <gtest/gtest.h>

#include "oriel/app/api/limits.h"

namespace oriel::api {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

const TimePoint kStart{hours(1)};

TEST(SessionStore, KnowsItsTokensAndNoOthers) {
  SessionStore store;
  const auto all = store.begin(Roles::all(), kStart);
  const auto some = store.begin(kViewOnlyRoles, kStart);
  EXPECT_EQ(all.size(), 64u);
  EXPECT_NE(all, some);
  EXPECT_EQ(store.find(all, kStart)->roles, Roles::all());
  EXPECT_EQ(store.find(some, kStart)->roles, kViewOnlyRoles);
  EXPECT_EQ(store.find("", kStart), nullptr);
  EXPECT_EQ(store.find(std::string(64, '0'), kStart), nullptr);
}

TEST(SessionStore, ForgetsWhatEnds) {
  SessionStore store;
  const auto token = store.begin(Roles::all(), kStart);
  const auto id = store.find(token, kStart)->id;
  EXPECT_EQ(store.end(token), id);
  EXPECT_EQ(store.end(token), 0u);
  EXPECT_EQ(store.find(token, kStart), nullptr);
}

TEST(SessionStore, KeepsWhatIsUsedButNotForever) {
  SessionStore store;
  const auto used = store.begin(Roles::all(), kStart);
  const auto idle = store.begin(Roles::all(), kStart);
  auto now = kStart;
  for (; now - kStart <= kSessionLife; now += kSessionIdle)
    EXPECT_NE(store.find(used, now), nullptr);
  EXPECT_EQ(store.find(used, now), nullptr);
  EXPECT_EQ(store.find(idle, kStart + kSessionIdle + seconds(1)), nullptr);
  EXPECT_EQ(store.size(), 0u);
}

TEST(SessionStore, LetsTheOneUsedLeastLatelyYield) {
  SessionStore store;
  const auto first = store.begin(Roles::all(), kStart);
  const auto second = store.begin(Roles::all(), kStart);
  for (std::size_t i = 2; i < kSessionsMax; ++i) store.begin(Roles::all(), kStart + seconds(1));
  EXPECT_NE(store.find(first, kStart + seconds(2)), nullptr);
  store.begin(Roles::all(), kStart + seconds(3));
  EXPECT_EQ(store.size(), kSessionsMax);
  EXPECT_NE(store.find(first, kStart + seconds(3)), nullptr);
  EXPECT_EQ(store.find(second, kStart + seconds(3)), nullptr);
}

}  // namespace
}  // namespace oriel::api
