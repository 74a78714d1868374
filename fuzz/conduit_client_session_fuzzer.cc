// Any bytes from a conduit server: the client's session tells and says the same however they are
// cut, lets nobody in who proves nothing, and outlives an owner that is late.
//
//   input := U8 choice, U8 choice, what the server says
//   first choice: bit 0: the client logs in by the bare hash; bit 1: what the server says to a
//           log-in is put in front; bits 2 to 7: bytes of a piece less 1
//   second choice: bit 0: small queues; bit 1: a rate; bit 2: a lazy owner; bit 3: no
//           backpressure; bit 4: small messages; bit 5: nothing is remembered of a log-in before

#include <cstddef>
#include <cstdint>

#include "fuzz/conduit_feed.h"
#include "fuzz/fuzzer.h"
#include "oriel/core/conduit/client_session.h"
#include "oriel/core/conduit/server_session.h"

namespace {

using namespace oriel;
using conduit::LoginMethod;

conduit::ClientSessionConfig client_config(LoginMethod method, std::uint8_t choice) {
  conduit::ClientSessionConfig config{.program = {.name = "c", .version = "1", .is_oriel = true},
                                      .method = method,
                                      .password = "secret",
                                      .nonce = "client-nonce-0123456789"};
  if (choice & 1) {
    config.limits.receive_queue = 3;
    config.limits.receive_queue_bytes = 500;
  }
  if (choice & 2)
    config.limits.rate = conduit::RateLimit{.messages_per_second = 5, .bytes_per_second = 300};
  config.limits.has_backpressure = (choice & 8) == 0;
  config.limits.message_bytes = choice & 16 ? 400 : 64 * 1024;
  return config;
}

struct Login {
  explicit Login(LoginMethod method) {
    const conduit::LoginBook::Password passwords[] = {{"ann", "secret"}};
    const conduit::LoginBook book(passwords, Bytes{1, 2, 3, 4, 5, 6, 7, 8}, 4096);
    conduit::ServerSession server({.program = {.name = "s", .version = "1", .is_oriel = true},
                                   .takes_bare_hash = true,
                                   .session_token = "token",
                                   .nonce = "server-nonce-0123456789"},
                                  book, {});
    conduit::ClientSession client(client_config(method, 0), {});
    while (!client.is_open()) {
      Bytes to_server, to_client;
      fuzz::take_output(client.output(), to_server);
      ORIEL_CHECK(server.receive(to_server, {}));
      fuzz::take_output(server.output(), to_client);
      ORIEL_CHECK(client.receive(to_client, {}));
      said.insert(said.end(), to_client.begin(), to_client.end());
    }
    salted = client.salted();
  }

  Bytes said;  // by the server
  crypto::ScramClient::Salted salted;
};

const Login& login(LoginMethod method) {
  static const Login hash(LoginMethod::kBareHash), scram(LoginMethod::kScram);
  return method == LoginMethod::kScram ? scram : hash;
}

fuzz::ConduitOutcome run(LoginMethod method, std::uint8_t choice, bool is_let_in, ByteSpan bytes,
                         std::size_t step_bytes, fuzz::Calls calls) {
  auto config = client_config(method, choice);
  if ((choice & 32) == 0) config.salted = login(method).salted;
  const auto limits = config.limits;
  conduit::ClientSession session(std::move(config), {});
  auto outcome = fuzz::feed_conduit(session, bytes,
                                    {.step_bytes = step_bytes,
                                     .calls = calls,
                                     .is_owner_lazy = (choice & 4) != 0,
                                     .limits = limits});
  for (std::size_t i = 0; i < outcome.events.size(); ++i) {
    const auto* opened = std::get_if<conduit::Opened>(&outcome.events[i]);
    const bool is_refused = std::holds_alternative<conduit::LoginRefused>(outcome.events[i]);
    ORIEL_CHECK((opened != nullptr || is_refused) == (i == 0));
    // Without the recorded proof nobody can give one.
    if (opened != nullptr && method == LoginMethod::kScram) ORIEL_CHECK(opened->is_mutual);
    if (opened != nullptr && method == LoginMethod::kScram) ORIEL_CHECK(is_let_in);
  }
  fuzz::end_conduit(session);
  return outcome;
}

}  // namespace

ORIEL_FUZZER(conduit_client_session, bytes, size) {
  if (size < 2) return 0;
  const auto method = bytes[0] & 1 ? LoginMethod::kBareHash : LoginMethod::kScram;
  const bool is_let_in = (bytes[0] & 2) != 0;
  Bytes said;
  if (is_let_in) said = login(method).said;
  said.insert(said.end(), bytes + 2, bytes + size);
  if (said.empty()) return 0;
  const auto choice = bytes[1];
  const std::size_t step = 1 + (bytes[0] >> 2);
  const auto whole =
      run(method, choice, is_let_in, said, said.size(), fuzz::Calls::kAfterEveryPiece);
  const auto pieces = run(method, choice, is_let_in, said, step, fuzz::Calls::kWhenWantedIsThere);
  // With an eager owner the cuts decide when PAUSE goes out and which ids are free again.
  if ((choice & 4) == 0) return 0;
  ORIEL_CHECK(pieces == whole);
  ORIEL_CHECK(run(method, choice, is_let_in, said, step, fuzz::Calls::kAfterEveryPiece) == whole);
  return 0;
}
