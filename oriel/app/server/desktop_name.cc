#include "oriel/app/server/desktop_name.h"

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>
#include <vector>

namespace oriel::server {
namespace {

// Services and containers often have no $USER.
std::string user_name() {
  const char* user = ::getenv("USER");
  if (user != nullptr && *user != 0) return user;
  std::vector<char> memory(16'384);  // glibc's advice for _SC_GETPW_R_SIZE_MAX is 1024
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(::geteuid(), &entry, memory.data(), memory.size(), &found) != 0) return "";
  return found == nullptr ? "" : found->pw_name;
}

}  // namespace

std::string default_desktop_name() {
  char host[256] = "";
  ::gethostname(host, sizeof host - 1);
  const auto user = user_name();
  return user.empty() ? host : user + "@" + host;
}

}  // namespace oriel::server
