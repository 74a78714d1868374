#pragma once
// Who may come in over HTTP: the server's passwords, a cookie, a bearer token, or this machine when
// there is no password.

#include <functional>
#include <string>
#include <string_view>

#include "oriel/app/api/backend.h"
#include "oriel/app/api/operation.h"
#include "oriel/app/api/session_store.h"
#include "oriel/app/config/secret.h"
#include "oriel/app/net/lockout.h"
#include "oriel/base/time.h"

namespace oriel::web {

struct DoorConfig {
  config::Secret password;       // gives every role
  config::Secret view_password;  // gives view and monitor
  std::string bearer_token;      // gives every role; empty: there is none
};

// The network thread owns it. `lockout` outlives it, and counts failures at every door.
class Door {
 public:
  Door(DoorConfig config, net::Lockout& lockout) : config_(std::move(config)), lockout_(lockout) {}

  bool has_password() const { return !config_.password.is_empty(); }
  // Without a password this machine has every role, and others (--allow-anyone) all but admin.
  api::Visitor visitor_of(const net::HttpRequest& request, TimePoint now);
  // The same for programs that cannot log in: they may also send the password with each request
  // (HTTP Basic, RFC 7617, under any user name). Errors: kRefused for a wrong one, kUnavailable for
  // an address that must wait. Not for pages: browsers would add such a password by themselves.
  Result<api::Visitor> program_visitor_of(const net::HttpRequest& request, TimePoint now);
  // As api::Backend has it.
  Result<api::LogIn> log_in(std::string_view peer, std::string_view password, TimePoint now,
                            int& retry_after_s);
  // The session that has ended, 0 for none.
  api::SessionId log_out(std::string_view token);
  // Hears of each session that was ended by log_out.
  void on_log_out(std::function<void(api::SessionId)> hear) { hear_ = std::move(hear); }
  // The session of a visitor who came by cookie, 0 for others.
  api::SessionId session_of(const api::Visitor& visitor, TimePoint now);

 private:
  // What the password gives.
  Result<api::Roles> judge(std::string_view peer, std::string_view password, TimePoint now,
                           int& retry_after_s);

  DoorConfig config_;
  net::Lockout& lockout_;
  api::SessionStore sessions_;
  std::function<void(api::SessionId)> hear_;
};

bool is_loopback_peer(std::string_view peer);

}  // namespace oriel::web
