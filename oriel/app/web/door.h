#pragma once
// Who may come in over HTTP: the server's passwords, a cookie, a bearer token, or this machine when
// there is no password.

#include <string>
#include <string_view>

#include "oriel/app/api/backend.h"
#include "oriel/app/api/operation.h"
#include "oriel/app/api/session_store.h"
#include "oriel/app/config/secret.h"
#include "oriel/app/server/lockout.h"
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
  Door(DoorConfig config, server::Lockout& lockout)
      : config_(std::move(config)), lockout_(lockout) {}

  bool has_password() const { return !config_.password.is_empty(); }
  // Without a password this machine has every role, and others (--allow-anyone) all but admin.
  api::Visitor visitor_of(const net::HttpRequest& request, TimePoint now);
  // As api::Backend has it.
  Result<api::LogIn> log_in(std::string_view peer, std::string_view password, TimePoint now,
                            int& retry_after_s);
  // The session that has ended, 0 for none.
  api::SessionId log_out(std::string_view token) { return sessions_.end(token); }
  // The session of a visitor who came by cookie, 0 for others.
  api::SessionId session_of(const api::Visitor& visitor, TimePoint now);

 private:
  DoorConfig config_;
  server::Lockout& lockout_;
  api::SessionStore sessions_;
};

bool is_loopback_peer(std::string_view peer);

}  // namespace oriel::web
