// Any bytes from a conduit client: the server's session tells and says the same however they are
// cut, holds no more than its queue, and outlives an owner that is late.
//
//   input := U8 choice, U8 choice, what the client says
//   first choice: bit 0: a log-in by the bare hash is put in front; bit 1: one by SCRAM, whose
//           nonces are fixed; bits 2 to 7: bytes of a piece less 1
//   second choice: bit 0: small queues; bit 1: a rate; bit 2: a lazy owner; bit 3: no
//           backpressure; bit 4: no bare hash; bit 5: locked out; bit 6: small messages

#include <cstddef>
#include <cstdint>

#include "fuzz/conduit_feed.h"
#include "fuzz/fuzzer.h"
#include "oriel/core/conduit/client_session.h"
#include "oriel/core/conduit/server_session.h"

namespace {

using namespace oriel;
using conduit::LoginMethod;

const conduit::LoginBook& book() {
  static const conduit::LoginBook::Password passwords[] = {{"ann", "secret"}, {"ben", "geheim"}};
  static const conduit::LoginBook book(passwords, Bytes{1, 2, 3, 4, 5, 6, 7, 8}, 4096);
  return book;
}

conduit::ServerSessionConfig server_config(std::uint8_t choice) {
  conduit::ServerSessionConfig config{.program = {.name = "s", .version = "1", .is_oriel = true},
                                      .takes_bare_hash = (choice & 16) == 0,
                                      .session_token = "token",
                                      .nonce = "server-nonce-0123456789"};
  if (choice & 1) {
    config.limits.receive_queue = 3;
    config.limits.receive_queue_bytes = 500;
  }
  if (choice & 2)
    config.limits.rate = conduit::RateLimit{.messages_per_second = 5, .bytes_per_second = 300};
  config.limits.has_backpressure = (choice & 8) == 0;
  if (choice & 32) config.lock_out = "later";
  config.limits.message_bytes = choice & 64 ? 400 : 64 * 1024;
  return config;
}

// All that a client of ours says until it is let in.
Bytes login(LoginMethod method) {
  conduit::ServerSession server(server_config(0), book(), {});
  conduit::ClientSession client({.program = {.name = "c", .version = "1", .is_oriel = true},
                                 .method = method,
                                 .password = "secret",
                                 .nonce = "client-nonce-0123456789"},
                                {});
  Bytes all;
  while (!client.is_open()) {
    Bytes to_server, to_client;
    fuzz::take_output(client.output(), to_server);
    ORIEL_CHECK(server.receive(to_server, {}));
    fuzz::take_output(server.output(), to_client);
    ORIEL_CHECK(client.receive(to_client, {}));
    all.insert(all.end(), to_server.begin(), to_server.end());
  }
  return all;
}

Bytes with_login(std::uint8_t choice, ByteSpan said) {
  static const auto hash = login(LoginMethod::kBareHash), scram = login(LoginMethod::kScram);
  Bytes bytes;
  if (choice & 1) bytes = hash;
  if (choice & 2) bytes = scram;
  bytes.insert(bytes.end(), said.begin(), said.end());
  return bytes;
}

fuzz::ConduitOutcome run(std::uint8_t choice, ByteSpan bytes, std::size_t step_bytes,
                         fuzz::Calls calls) {
  const auto config = server_config(choice);
  conduit::ServerSession session(config, book(), {});
  auto outcome = fuzz::feed_conduit(session, bytes,
                                    {.step_bytes = step_bytes,
                                     .calls = calls,
                                     .is_owner_lazy = (choice & 4) != 0,
                                     .limits = config.limits});
  // Nobody gets in but by the door, and once.
  for (std::size_t i = 0; i < outcome.events.size(); ++i) {
    const bool is_first = std::holds_alternative<conduit::Opened>(outcome.events[i]) ||
                          std::holds_alternative<conduit::LoginRefused>(outcome.events[i]);
    ORIEL_CHECK(is_first == (i == 0));
  }
  ORIEL_CHECK(!outcome.is_open || !outcome.events.empty());
  fuzz::end_conduit(session);
  return outcome;
}

}  // namespace

ORIEL_FUZZER(conduit_server_session, bytes, size) {
  if (size < 2) return 0;
  const auto said = with_login(bytes[0], ByteSpan(bytes + 2, size - 2));
  if (said.empty()) return 0;
  const auto choice = bytes[1];
  const std::size_t step = 1 + (bytes[0] >> 2);
  const auto whole = run(choice, said, said.size(), fuzz::Calls::kAfterEveryPiece);
  const auto pieces = run(choice, said, step, fuzz::Calls::kWhenWantedIsThere);
  // With an eager owner the cuts decide when PAUSE goes out and which ids are free again.
  if ((choice & 4) == 0) return 0;
  ORIEL_CHECK(pieces == whole);
  ORIEL_CHECK(run(choice, said, step, fuzz::Calls::kAfterEveryPiece) == whole);
  return 0;
}
