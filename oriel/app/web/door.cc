#include "oriel/app/web/door.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "oriel/app/api/session_cookie.h"

namespace oriel::web {
namespace {

using api::Roles;

constexpr Roles kAnyoneRoles{api::Role::kView, api::Role::kControl, api::Role::kClipboard,
                             api::Role::kResize, api::Role::kMonitor};

// In a time that does not tell how much is equal.
bool is_same_secret(std::string_view a, std::string_view b) {
  std::array<std::array<std::uint8_t, 32>, 2> hashes{};
  EVP_Digest(a.data(), a.size(), hashes[0].data(), nullptr, EVP_sha256(), nullptr);
  EVP_Digest(b.data(), b.size(), hashes[1].data(), nullptr, EVP_sha256(), nullptr);
  return CRYPTO_memcmp(hashes[0].data(), hashes[1].data(), hashes[0].size()) == 0;
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

}  // namespace

bool is_loopback_peer(std::string_view peer) {
  return peer.starts_with("127.") || peer.starts_with("[::1]:") ||
         peer.starts_with("[::ffff:127.") || peer == "unix";
}

api::Visitor Door::visitor_of(const net::HttpRequest& request, TimePoint now) {
  if (const auto* field = request.find("Authorization")) {
    // A wrong token is not made good by anything else that is right.
    // Its scheme is of any case (RFC 9110, 11.1).
    constexpr std::string_view kScheme = "bearer ";
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; };
    const bool is_right =
        std::ranges::equal(field->substr(0, kScheme.size()), kScheme, {}, lower) &&
        !config_.bearer_token.empty() &&
        is_same_secret(trimmed(field->substr(kScheme.size())), config_.bearer_token);
    return {is_right ? Roles::all() : Roles(), ""};
  }
  if (const auto* field = request.find("Cookie")) {
    const auto token = api::cookie_value(*field, api::session_cookie_name(request));
    if (const auto* session = sessions_.find(token, now))
      return {session->roles, std::string(token)};
  }
  if (has_password()) return {};
  return {is_loopback_peer(request.peer) ? Roles::all() : kAnyoneRoles, ""};
}

Result<api::LogIn> Door::log_in(std::string_view peer, std::string_view password, TimePoint now,
                                int& retry_after_s) {
  // Judged and counted in one go, so that nobody is judged who was let in before others failed.
  if (const int wait_s = lockout_.wait_s(peer, now); wait_s > 0) {
    retry_after_s = wait_s;
    return fail(ErrorCode::kUnavailable, server::Lockout::refusal(wait_s));
  }
  if (!has_password()) return api::LogIn{"", is_loopback_peer(peer) ? Roles::all() : kAnyoneRoles};
  const bool is_full = is_same_secret(password, config_.password.reveal());
  const bool is_view_only =
      !config_.view_password.is_empty() && is_same_secret(password, config_.view_password.reveal());
  if (!is_full && !is_view_only) {
    lockout_.failed(peer, now);
    return fail(ErrorCode::kRefused, "the password is wrong");
  }
  if (is_full) lockout_.succeeded(peer);  // who may look may still be guessing
  const auto roles = is_full ? Roles::all() : api::kViewOnlyRoles;
  return api::LogIn{sessions_.begin(roles, now), roles};
}

api::SessionId Door::session_of(const api::Visitor& visitor, TimePoint now) {
  const auto* session = visitor.token.empty() ? nullptr : sessions_.find(visitor.token, now);
  return session == nullptr ? 0 : session->id;
}

}  // namespace oriel::web
