#pragma once
// A VNC server of anybody with the test card on its screen, for our client.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "oriel/app/agent/sync_agent.h"
#include "oriel/app/client/connection_options.h"
#include "oriel/io/net/tls_certificate.h"
#include "oriel/testing/certificates.h"
#include "tests/interop/card_server.h"
#include "tests/support/child_process.h"
#include "tests/support/x_server.h"

namespace oriel::interop {

// Whom the client trusts in all rows, and a certificate for "localhost".
const testing::CertificateAuthority& card_authority();
const net::PemPair& card_certificate();

// Owned by one thread. The card may come a while after the server.
class CardShowing {
 public:
  virtual ~CardShowing() = default;
  // How the client gets there.
  virtual client::ConnectionOptions reached() const = 0;
  // Types something, and says how what came of it differs; "" when all came.
  virtual std::string type(agent::Agent& agent) = 0;
  // What its programs say.
  virtual std::string output() const = 0;
  // The end of that, for messages.
  std::string last_words() const;
};

// On an X display: its own, or one that it copies from.
class CardOnX final : public CardShowing {
 public:
  client::ConnectionOptions reached() const override { return options; }
  std::string type(agent::Agent& agent) override;
  std::string output() const override;

  // Starts the painter, and waits until the card is there.
  void paint();
  // Starts a program of `display`, or any other.
  support::ChildProcess& start(std::vector<std::string> arguments);

  support::TemporaryFolder folder;
  std::optional<support::XServer> server;
  support::XDisplay display;
  client::ConnectionOptions options;

 private:
  std::vector<std::unique_ptr<support::ChildProcess>> programs_;
};

}  // namespace oriel::interop
