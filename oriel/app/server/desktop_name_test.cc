#include "oriel/app/server/desktop_name.h"

#include <gtest/gtest.h>
#include <pwd.h>
#include <unistd.h>

#include <cstdlib>
#include <optional>

namespace oriel::server {
namespace {

// $USER as it was before, at the end.
class UserVariable {
 public:
  UserVariable() {
    if (const char* user = ::getenv("USER")) before_ = user;
  }
  ~UserVariable() { before_ ? ::setenv("USER", before_->c_str(), 1) : ::unsetenv("USER"); }

 private:
  std::optional<std::string> before_;
};

TEST(DesktopName, IsTheUserOfTheEnvironmentAtTheHost) {
  const UserVariable restored;
  ::setenv("USER", "somebody", 1);
  EXPECT_TRUE(default_desktop_name().starts_with("somebody@"));
}

TEST(DesktopName, IsTheUserOfTheDatabaseWithoutTheVariable) {
  const UserVariable restored;
  const passwd* user = ::getpwuid(::geteuid());
  if (user == nullptr) GTEST_SKIP() << "the user database does not know this user";
  ::unsetenv("USER");
  EXPECT_TRUE(default_desktop_name().starts_with(std::string(user->pw_name) + "@"));
  ::setenv("USER", "", 1);
  EXPECT_TRUE(default_desktop_name().starts_with(std::string(user->pw_name) + "@"));
}

}  // namespace
}  // namespace oriel::server
