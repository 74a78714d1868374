#include "oriel/app/web/door.h"

#include <gtest/gtest.h>

namespace oriel::web {
namespace {

using api::Role;
using api::Roles;

const TimePoint kNow{std::chrono::hours(1)};

net::HttpRequest request(std::string peer, std::vector<net::HttpField> fields = {}) {
  net::HttpRequest request;
  request.peer = std::move(peer);
  request.fields = std::move(fields);
  return request;
}

struct Doors {
  net::Lockout lockout;
  Door open{{}, lockout};
  Door guarded{{config::Secret("full"), config::Secret("look"), "token"}, lockout};
  int wait_s = 0;
};

TEST(Door, LetsThisMachineDoEverythingWhenThereIsNoPassword) {
  Doors doors;
  EXPECT_EQ(doors.open.visitor_of(request("127.0.0.1:5"), kNow).roles, Roles::all());
  EXPECT_EQ(doors.open.visitor_of(request("[::1]:5"), kNow).roles, Roles::all());
  const auto other = doors.open.visitor_of(request("10.0.0.7:5"), kNow).roles;
  EXPECT_TRUE(other.contains(Role::kControl));
  EXPECT_FALSE(other.contains(Role::kAdmin));
}

TEST(Door, GivesNothingWithoutThePassword) {
  Doors doors;
  EXPECT_TRUE(doors.guarded.visitor_of(request("127.0.0.1:5"), kNow).roles.empty());
  for (const char* cookie :
       {"", "oriel_session_80=", "oriel_session_80=abc", "x=1; oriel_session_80=zz"})
    EXPECT_TRUE(
        doors.guarded.visitor_of(request("127.0.0.1:5", {{"Cookie", cookie}}), kNow).roles.empty());
}

TEST(Door, KnowsWhoHasLoggedInByTheCookie) {
  Doors doors;
  const auto full = doors.guarded.log_in("10.0.0.7:5", "full", kNow, doors.wait_s);
  const auto look = doors.guarded.log_in("10.0.0.7:5", "look", kNow, doors.wait_s);
  ASSERT_TRUE(full && look);
  const auto visitor = doors.guarded.visitor_of(
      request("10.0.0.7:6", {{"Cookie", "a=b; oriel_session_80=" + full->token}}), kNow);
  EXPECT_EQ(visitor.roles, Roles::all());
  EXPECT_NE(doors.guarded.session_of(visitor, kNow), 0u);
  EXPECT_EQ(
      doors.guarded
          .visitor_of(request("10.0.0.7:6", {{"Cookie", "oriel_session_80=" + look->token}}), kNow)
          .roles,
      api::kViewOnlyRoles);
  EXPECT_NE(doors.guarded.log_out(full->token), 0u);
  EXPECT_TRUE(
      doors.guarded
          .visitor_of(request("10.0.0.7:6", {{"Cookie", "oriel_session_80=" + full->token}}), kNow)
          .roles.empty());
}

TEST(Door, TakesTheBearerTokenAndNoOther) {
  Doors doors;
  const auto with = [&](Door& door, const char* value) {
    return door.visitor_of(request("127.0.0.1:5", {{"Authorization", value}}), kNow).roles;
  };
  EXPECT_EQ(with(doors.guarded, "Bearer token"), Roles::all());
  EXPECT_EQ(with(doors.guarded, "bEARER token"), Roles::all());
  EXPECT_TRUE(with(doors.guarded, "Bearer tokem").empty());
  EXPECT_TRUE(with(doors.guarded, "Basic token").empty());
  EXPECT_TRUE(with(doors.open, "Bearer token").empty());  // there is none, so none is right
  EXPECT_TRUE(with(doors.open, "Bearer ").empty());
}

TEST(Door, LocksAnAddressOutThatGuesses) {
  Doors doors;
  const auto guess = [&](const char* peer) {
    return doors.guarded.log_in(peer, "guess", kNow, doors.wait_s).error().code;
  };
  int free = 0;
  while (guess("10.0.0.7:5") == ErrorCode::kRefused) ++free;
  EXPECT_GE(free, net::Lockout::kFreeFailures);
  EXPECT_LE(free, net::Lockout::kFreeFailures + 1);
  EXPECT_GT(doors.wait_s, 0);
  EXPECT_EQ(doors.guarded.log_in("10.0.0.7:6", "full", kNow, doors.wait_s).error().code,
            ErrorCode::kUnavailable);
  EXPECT_TRUE(doors.guarded.log_in("10.0.0.8:5", "full", kNow, doors.wait_s));
  EXPECT_TRUE(
      doors.guarded.log_in("10.0.0.7:6", "full", kNow + std::chrono::hours(1), doors.wait_s));
}

TEST(Door, DoesNotForgetWrongPasswordsForTheViewOnlyOne) {
  Doors doors;
  ErrorCode last = ErrorCode::kRefused;
  for (int i = 0; i <= net::Lockout::kFreeFailures; ++i) {
    EXPECT_TRUE(doors.guarded.log_in("10.0.0.7:5", "look", kNow, doors.wait_s));
    last = doors.guarded.log_in("10.0.0.7:5", "guess", kNow, doors.wait_s).error().code;
  }
  EXPECT_EQ(last, ErrorCode::kRefused);
  EXPECT_EQ(doors.guarded.log_in("10.0.0.7:5", "look", kNow, doors.wait_s).error().message,
            "too many wrong passwords from this address: wait 1 s");
  // The full one does.
  const auto later = kNow + std::chrono::minutes(1);
  EXPECT_TRUE(doors.guarded.log_in("10.0.0.7:5", "full", later, doors.wait_s));
  EXPECT_EQ(doors.guarded.log_in("10.0.0.7:5", "guess", later, doors.wait_s).error().code,
            ErrorCode::kRefused);
  EXPECT_TRUE(doors.guarded.log_in("10.0.0.7:5", "look", later, doors.wait_s));
}

net::HttpRequest with_authorization(std::string value) {
  return request("10.0.0.7:5", {{"Authorization", std::move(value)}});
}

TEST(Door, TakesThePasswordOfAProgramWithEachRequest) {
  Doors doors;
  const auto roles = [&](const char* value) {
    const auto visitor = doors.guarded.program_visitor_of(with_authorization(value), kNow);
    return visitor ? visitor->roles : Roles();
  };
  EXPECT_EQ(roles("Basic YW55Ym9keTpmdWxs"), Roles::all());  // anybody:full
  EXPECT_EQ(roles("basic  Omxvb2s="), api::kViewOnlyRoles);  // :look
  EXPECT_EQ(roles("Bearer token"), Roles::all());
  EXPECT_TRUE(roles("Bearer nonsense").empty());
  // Pages cannot: a browser would send it by itself.
  EXPECT_TRUE(
      doors.guarded.visitor_of(with_authorization("Basic YW55Ym9keTpmdWxs"), kNow).roles.empty());
  EXPECT_EQ(doors.open.program_visitor_of(request("127.0.0.1:5"), kNow)->roles, Roles::all());
}

TEST(Door, CountsWrongPasswordsOfProgramsAndMakesThemWait) {
  Doors doors;
  for (const char* value : {"Basic ", "Basic x", "Basic eA==", "Basic ====", "Basic %%%%"})
    EXPECT_FALSE(doors.guarded.program_visitor_of(with_authorization(value), kNow)) << value;
  EXPECT_EQ(doors.lockout.wait_s("10.0.0.7:5", kNow), 0);  // those were no passwords
  for (int i = 0; i <= net::Lockout::kFreeFailures; ++i) {
    const auto visitor =
        doors.guarded.program_visitor_of(with_authorization("Basic eDp4"), kNow);  // x:x
    ASSERT_FALSE(visitor);
    EXPECT_EQ(visitor.error().code, ErrorCode::kRefused);
  }
  const auto visitor =
      doors.guarded.program_visitor_of(with_authorization("Basic YW55Ym9keTpmdWxs"), kNow);
  ASSERT_FALSE(visitor);
  EXPECT_EQ(visitor.error().code, ErrorCode::kUnavailable);
}

TEST(Door, TellsWhoListensOfEachLogOut) {
  Doors doors;
  std::vector<api::SessionId> ended;
  doors.guarded.on_log_out([&](api::SessionId session) { ended.push_back(session); });
  const auto log_in = doors.guarded.log_in("10.0.0.7:5", "full", kNow, doors.wait_s);
  ASSERT_TRUE(log_in);
  const auto session = doors.guarded.log_out(log_in->token);
  EXPECT_NE(session, 0u);
  EXPECT_EQ(doors.guarded.log_out(log_in->token), 0u);
  EXPECT_EQ(ended, std::vector{session});
}

}  // namespace
}  // namespace oriel::web
