#pragma once
// The log-ins of browsers: a secret token each, which the browser keeps as a cookie. Only hashes of
// tokens are kept here. Pure: time is an argument.

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "oriel/app/api/identity.h"
#include "oriel/base/time.h"

namespace oriel::api {

// 32 random bytes as 64 hexadecimal digits.
std::string make_token();

// Names a log-in for as long as the program runs; not secret.
using SessionId = std::uint64_t;

// The network thread owns it.
class SessionStore {
 public:
  struct Session {
    SessionId id = 0;
    Roles roles;
    TimePoint began{};
    TimePoint used{};
  };

  // Begins one and returns its token. Of more than kSessionsMax the one that was used least lately
  // ends.
  std::string begin(Roles roles, TimePoint now);
  // Null for an unknown token and one that has expired (kSessionIdle, kSessionLife). Counts as use.
  const Session* find(std::string_view token, TimePoint now);
  // Ends the session of `token`; what it was, 0 for none.
  SessionId end(std::string_view token);

  std::size_t size() const { return sessions_.size(); }

 private:
  using Hash =
      std::array<std::uint8_t, 32>;  // SHA-256, so that a look-up tells nothing by its time

  static Hash hash_of(std::string_view token);
  void make_room(TimePoint now);
  static bool is_over(const Session& session, TimePoint now);

  std::map<Hash, Session> sessions_;
  SessionId last_id_ = 0;
};

}  // namespace oriel::api
