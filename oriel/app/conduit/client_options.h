#pragma once
// What a client is told, with the names and defaults of the real programs (row N037) and more.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "oriel/app/conduit/client_error.h"
#include "oriel/app/conduit/limits.h"
#include "oriel/app/net/stream_target.h"
#include "oriel/app/observe/log.h"
#include "oriel/core/conduit/error_code.h"
#include "oriel/core/conduit/frame.h"
#include "oriel/core/conduit/limits.h"

namespace oriel::conduit {

// How the client shows that it knows the password (docs/conduit_wire.md).
enum class Login {
  kAuto,          // SCRAM first; the bare hash where the server knows nothing else and nobody hears
  kScram,         // never the bare hash
  kPasswordHash,  // at once the bare hash, as the real programs do
};

// Of tls:// and wss:// targets.
struct ClientTlsOptions {
  bool enabled = false;               // also when the target does not say so
  bool verify = true;                 // false: encrypted, but with anybody
  std::string ca_file = {};           // PEM; trusted in place of the system's certificates
  std::string certificate_file = {};  // PEM; shown to a server that asks for one
  std::string key_file = {};
};

// What errors advise when the server takes the bare hash only and it may not be sent: a program may
// name its own flags.
struct LoginAdvice {
  std::string when_heard = "connect by tls://, or set allow_bare_hash";  // others may hear it
  std::string when_unverified = "set tls.verify, or set allow_bare_hash";
  std::string when_scram_only = "login = kScram forbids it";
};

struct ClientOptions {
  // ---- where to: `target`, or `server_host` and `server_port`
  // HOST[:PORT], tcp://, tls://, unix:PATH, ws://, wss:// (stream_target.h). A password in it
  // counts where `password` is empty.
  std::string target = {};
  std::string server_host = {};
  std::uint16_t server_port = kDefaultPort;
  bool use_ipv6 = false;  // only IPv6 addresses of the host; otherwise all that it has

  std::string password = {};
  // Without a password the client logs in with an empty one, which a server without any takes.
  bool allow_no_password = false;
  Login login = Login::kAuto;
  // The bare hash of the password may go over a connection on which others can hear it, and then
  // log in with it. Without this: on this machine, and over TLS to a server that is verified.
  bool allow_bare_hash = false;

  // What the server is told of us.
  std::string name = "conduit_client";
  std::string version = "1.0.0";

  // One attempt, with all handshakes and the log-in.
  std::chrono::milliseconds connect_timeout{10'000};

  // ---- after a connection is lost
  bool reconnect_enabled = true;
  unsigned reconnect_attempts = 5;  // in a row; 0: without end
  // The wait before the first attempt; each further one is `reconnect_delay_multiplier` times as
  // long, up to reconnect_delay_max, and up to a fifth longer or shorter by chance.
  std::chrono::milliseconds reconnect_delay{2'000};
  std::chrono::milliseconds reconnect_delay_max{60'000};
  double reconnect_delay_multiplier = 2.0;
  // connect() too goes on trying so, instead of giving up after its first attempt.
  bool retry_first_connect = false;
  // Calls that are made while the client connects or reconnects wait for that, as long as they may
  // take. Otherwise they fail at once; nothing is sent twice either way.
  bool calls_wait = false;

  // ---- messages
  std::size_t max_message_size = kMessageBytes;  // that we take, bytes
  std::size_t buffer_size = 64 * 1024;           // that a read takes, bytes
  std::chrono::milliseconds rpc_timeout{30'000};
  // How long send() waits for room in the send queue.
  std::chrono::milliseconds send_timeout{10'000};
  std::size_t send_queue_size = kQueueMessages;
  std::size_t receive_queue_size = kQueueMessages;
  bool enable_compression = false;  // of what is longer than 1024 bytes, where that helps

  // A server that was silent this long is asked whether it lives, and after the time-out given up.
  std::chrono::milliseconds heartbeat_interval = kHeartbeatInterval;
  std::chrono::milliseconds heartbeat_timeout = kHeartbeatTimeout;

  ClientTlsOptions tls = {};

  // ---- ours
  // How long disconnect() and the destructor wait for what is queued, and for handlers.
  std::chrono::milliseconds stop_timeout{5'000};
  std::size_t workers_max = kWorkersMax;  // threads, for handlers and hooks that may block
  // Of servers that do not say which they have; those of ours do.
  ErrorNumbers error_numbers = ErrorNumbers::kPrograms;
  LoginAdvice login_advice = {};
  observe::Logger logger = {};

  Compression compression() const {
    return enable_compression ? Compression::kWhenSmaller : Compression::kNone;
  }
};

// Where the options lead; the password is in the target too. Errors (kOptions): no or a wrong
// target.
std::expected<net::StreamTarget, ClientError> target_of(const ClientOptions& options);

// What is wrong with the options and what is allowed, or nothing. Files are looked at when the
// client connects.
ClientStatus check(const ClientOptions& options);

}  // namespace oriel::conduit
