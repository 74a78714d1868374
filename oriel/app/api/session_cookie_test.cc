#include "oriel/app/api/session_cookie.h"

#include <gtest/gtest.h>

namespace oriel::api {
namespace {

std::string name_for(const std::string& host, bool is_secure = false) {
  net::HttpRequest request;
  if (!host.empty()) request.fields.push_back({"Host", host});
  request.is_secure = is_secure;
  return session_cookie_name(request);
}

TEST(SessionCookie, IsNamedByThePortThatTheBrowserUses) {
  EXPECT_EQ(name_for("localhost:6080"), "oriel_session_6080");
  EXPECT_EQ(name_for("[::1]:7000"), "oriel_session_7000");
  EXPECT_EQ(name_for("desk.example"), "oriel_session_80");
  EXPECT_EQ(name_for("desk.example", true), "oriel_session_443");
  EXPECT_EQ(name_for("[::1]", true), "oriel_session_443");
  for (const char* odd : {"", ":", "a:", "a:b", "a:123456", "a:1;x"})
    EXPECT_EQ(name_for(odd), "oriel_session_80") << odd;
}

TEST(SessionCookie, IsFoundAmongOthers) {
  EXPECT_EQ(cookie_value("a=1; oriel_session_80=xyz; b=2", "oriel_session_80"), "xyz");
  EXPECT_EQ(cookie_value("oriel_session_8080=1", "oriel_session_80"), "");
  EXPECT_EQ(cookie_value("oriel_session_80", "oriel_session_80"), "");
  EXPECT_EQ(cookie_value(";;  ;", "oriel_session_80"), "");
}

}  // namespace
}  // namespace oriel::api
