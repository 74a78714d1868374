#include "oriel/app/api/session_store.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>

#include "oriel/app/api/limits.h"
#include "oriel/base/check.h"

namespace oriel::api {

std::string make_token() {
  std::array<std::uint8_t, 32> bytes{};
  ORIEL_CHECK(RAND_bytes(bytes.data(), bytes.size()) == 1);
  return fmt::format("{:02x}", fmt::join(bytes, ""));
}

SessionStore::Hash SessionStore::hash_of(std::string_view token) {
  Hash hash{};
  ORIEL_CHECK(EVP_Digest(token.data(), token.size(), hash.data(), nullptr, EVP_sha256(), nullptr) ==
              1);
  return hash;
}

bool SessionStore::is_over(const Session& session, TimePoint now) {
  return now - session.used > kSessionIdle || now - session.began > kSessionLife;
}

std::string SessionStore::begin(Roles roles, TimePoint now) {
  make_room(now);
  auto token = make_token();
  sessions_[hash_of(token)] = {++last_id_, roles, now, now};
  return token;
}

const SessionStore::Session* SessionStore::find(std::string_view token, TimePoint now) {
  const auto found = sessions_.find(hash_of(token));
  if (found == sessions_.end()) return nullptr;
  if (is_over(found->second, now)) {
    sessions_.erase(found);
    return nullptr;
  }
  found->second.used = now;
  return &found->second;
}

SessionId SessionStore::end(std::string_view token) {
  const auto found = sessions_.find(hash_of(token));
  if (found == sessions_.end()) return 0;
  const auto id = found->second.id;
  sessions_.erase(found);
  return id;
}

void SessionStore::make_room(TimePoint now) {
  if (sessions_.size() < kSessionsMax) return;
  std::erase_if(sessions_, [&](const auto& each) { return is_over(each.second, now); });
  if (sessions_.size() < kSessionsMax) return;
  sessions_.erase(
      std::ranges::min_element(sessions_, {}, [](const auto& each) { return each.second.used; }));
}

}  // namespace oriel::api
