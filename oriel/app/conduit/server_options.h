#pragma once
// What a conduit server is told, with the seed's names and defaults. What each does, and what is
// wrong with it where that can be, stands in docs/conduit.md.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "oriel/app/conduit/limits.h"
#include "oriel/app/net/lockout.h"
#include "oriel/app/observe/log.h"
#include "oriel/base/result.h"
#include "oriel/core/conduit/error_code.h"
#include "oriel/core/conduit/limits.h"

namespace oriel::conduit {

// Another password, and who logs in with it.
struct ServerLogin {
  std::string identity;  // Context::identity() of who knows the password
  std::string password;
  // What whoever it is may call (MethodOptions::role).
  std::vector<std::string> roles;
};

// Of TLS; on as soon as there is a certificate. A changed certificate is taken over while the
// server runs.
struct ServerTlsOptions {
  std::string certificate_file;  // PEM: ours first, then those that lead to a root
  std::string key_file;          // PEM, readable by its owner only; may be the same file
  // Whom to trust for the certificates of clients. PEM.
  std::string client_ca_file;
  // Who shows no certificate is not let in. Without, but with a client_ca_file, one is asked for
  // and checked if it is shown.
  bool verify_client = false;
};

struct ServerOptions {
  // Whoever knows it is let in, and may call everything. Required.
  std::string password;
  std::vector<ServerLogin> logins;
  // There is no password, and everybody is let in and may call everything: those of the real
  // programs with any password, ours without one. For loopback.
  bool takes_anyone = false;

  // Who we are: every client is told.
  std::string name = "conduit_server";
  std::string version = "1.0.0";
  std::string description;

  // Where we listen: a numeric address or "localhost".
  std::string host = "0.0.0.0";
  std::uint16_t port = kDefaultPort;  // 0: any that is free
  bool ipv6 = false;  // the default host becomes "::", which also takes IPv4; others must be IPv6
  bool has_tcp = true;
  std::string unix_path;  // a Unix socket as well; empty: none
  // What errors of these call where they were set; empty: host or unix_path.
  std::string address_setting;
  // Neither is needed: all streams come by Server::accept.
  bool has_other_doors = false;
  // Where wrong passwords are counted, together with those of other doors; outlives the server, and
  // is of the thread that runs its executor. Null: by themselves.
  net::Lockout* lockout = nullptr;
  ServerTlsOptions tls;  // of TCP

  std::size_t max_connections = kConnectionsMax;  // that have logged in
  std::size_t buffer_size = 65'536;  // a connection's read buffer at most; 1024 or more
  // A peer that takes nothing of what waits for it is given up after this, and so is one that does
  // not get through TLS.
  std::chrono::milliseconds connection_timeout = kConnectionTimeout;
  std::chrono::milliseconds auth_timeout = kAuthTimeout;
  // A peer that was silent this long is asked whether it lives, and after the time-out given up.
  std::chrono::milliseconds heartbeat_interval = kHeartbeatInterval;
  std::chrono::milliseconds heartbeat_timeout = kHeartbeatTimeout;
  // Of each connection: messages that wait for the peer, and calls and messages that wait for us.
  std::size_t send_queue_size = kQueueMessages;
  std::size_t receive_queue_size = kQueueMessages;
  bool enable_compression = false;  // of what we send; what comes is always understood
  bool enable_backpressure = true;  // says PAUSE and RESUME, and heeds them

  std::size_t max_message_size = kMessageBytes;  // of a payload, as it comes and inflated
  // What is beyond waits, and is not lost.
  bool rate_limit_enabled = false;
  double rate_limit_messages_per_second = kMessagesPerSecond;
  double rate_limit_bytes_per_second = kBytesPerSecond;
  std::string protocol_version = "1.0";  // the only one that there is

  // ---- ours

  ErrorNumbers error_numbers = ErrorNumbers::kPrograms;
  // Whoever hears the log-in of a real netconduit client can log in too, so it is taken over TLS,
  // Unix sockets and on this machine, and elsewhere only with this.
  bool allow_bare_hash = false;
  std::uint32_t scram_iterations = kScramIterations;  // 4096 or more
  std::size_t workers_max = kWorkersMax;              // threads for handlers that may block
  // What stop() gives methods and handlers that are at work, and hooks.
  std::chrono::milliseconds stop_timeout{5'000};
  observe::Logger logger;  // silent by default
};

// Nothing, or the first thing that is wrong, what was given and what is allowed.
Status check(const ServerOptions& options);

// The address to bind: what `ipv6` makes of the host.
std::string listen_host(const ServerOptions& options);

}  // namespace oriel::conduit
