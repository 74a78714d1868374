#include "oriel/app/web/door.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "oriel/app/api/session_cookie.h"
#include "oriel/app/web/header_value.h"
#include "oriel/app/web/limits.h"

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

// Schemes of the field Authorization, which are of any case (RFC 9110, 11.1).
constexpr std::string_view kBearer = "bearer ";
constexpr std::string_view kBasic = "basic ";

bool has_scheme(std::string_view field, std::string_view scheme) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; };
  return std::ranges::equal(field.substr(0, scheme.size()), scheme, {}, lower);
}

// Empty for what is no base64 (RFC 4648, 4).
std::string decode_base64(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0 || text.size() > kCredentialsMax) return {};
  std::string decoded(text.size() / 4 * 3, '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(decoded.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()),
                                   static_cast<int>(text.size()));
  if (size < 0) return {};
  // OpenSSL counts the padding as bytes.
  const auto padding = text.ends_with("==") ? 2u : text.ends_with('=') ? 1u : 0u;
  decoded.resize(static_cast<std::size_t>(size) - padding);
  return decoded;
}

}  // namespace

bool is_loopback_peer(std::string_view peer) {
  return peer.starts_with("127.") || peer.starts_with("[::1]:") ||
         peer.starts_with("[::ffff:127.") || peer == "unix";
}

api::Visitor Door::visitor_of(const net::HttpRequest& request, TimePoint now) {
  if (const auto* field = request.find("Authorization")) {
    // A wrong token is not made good by anything else that is right.
    const bool is_right =
        has_scheme(*field, kBearer) && !config_.bearer_token.empty() &&
        is_same_secret(trimmed(field->substr(kBearer.size())), config_.bearer_token);
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

Result<api::Visitor> Door::program_visitor_of(const net::HttpRequest& request, TimePoint now) {
  const auto* field = request.find("Authorization");
  if (field == nullptr || !has_scheme(*field, kBasic) || !has_password())
    return visitor_of(request, now);
  const auto credentials = decode_base64(trimmed(field->substr(kBasic.size())));
  const auto colon = credentials.find(':');
  if (colon == std::string::npos)
    return fail(ErrorCode::kRefused, "the field Authorization is not Basic credentials");
  int retry_after_s = 0;
  ORIEL_TRY(const auto roles, judge(request.peer, std::string_view(credentials).substr(colon + 1),
                                    now, retry_after_s));
  return api::Visitor{roles, ""};
}

Result<api::Roles> Door::judge(std::string_view peer, std::string_view password, TimePoint now,
                               int& retry_after_s) {
  // Judged and counted in one go, so that nobody is judged who was let in before others failed.
  if (const int wait_s = lockout_.wait_s(peer, now); wait_s > 0) {
    retry_after_s = wait_s;
    return fail(ErrorCode::kUnavailable, net::Lockout::refusal(wait_s));
  }
  const bool is_full = is_same_secret(password, config_.password.reveal());
  const bool is_view_only =
      !config_.view_password.is_empty() && is_same_secret(password, config_.view_password.reveal());
  if (!is_full && !is_view_only) {
    lockout_.failed(peer, now);
    return fail(ErrorCode::kRefused, "the password is wrong");
  }
  if (is_full) lockout_.succeeded(peer);  // who may look may still be guessing
  return is_full ? Roles::all() : api::kViewOnlyRoles;
}

Result<api::LogIn> Door::log_in(std::string_view peer, std::string_view password, TimePoint now,
                                int& retry_after_s) {
  if (!has_password()) {
    // Who is kept out at another door waits here too.
    if (const int wait_s = lockout_.wait_s(peer, now); wait_s > 0) {
      retry_after_s = wait_s;
      return fail(ErrorCode::kUnavailable, net::Lockout::refusal(wait_s));
    }
    return api::LogIn{"", is_loopback_peer(peer) ? Roles::all() : kAnyoneRoles};
  }
  ORIEL_TRY(const auto roles, judge(peer, password, now, retry_after_s));
  return api::LogIn{sessions_.begin(roles, now), roles};
}

api::SessionId Door::log_out(std::string_view token) {
  const auto session = sessions_.end(token);
  if (session != 0 && hear_) hear_(session);
  return session;
}

api::SessionId Door::session_of(const api::Visitor& visitor, TimePoint now) {
  const auto* session = visitor.token.empty() ? nullptr : sessions_.find(visitor.token, now);
  return session == nullptr ? 0 : session->id;
}

}  // namespace oriel::web
