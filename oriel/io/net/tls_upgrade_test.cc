#include "oriel/io/net/tls_upgrade.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <optional>
#include <string>

#include "oriel/io/net/memory_stream.h"
#include "oriel/io/net/tls_stream.h"
#include "oriel/testing/certificates.h"
#include "oriel/testing/temporary_folder.h"

namespace oriel::net {
namespace {

using ::testing::HasSubstr;

// Says "plain" and waits for "tls"; then it wants TLS, in which it says "secret" and keeps what it
// hears.
class UpgradingSession final : public Session {
 public:
  explicit UpgradingSession(Transition kind) : kind_(kind) { out.append(as_bytes("plain")); }

  Result<Need> receive(ByteSpan bytes, TimePoint) override {
    if (peer) {
      heard += as_text(bytes);
      return Need{bytes.size(), 1};
    }
    if (bytes.size() < 3) return Need{0, 3};
    wish_ = kind_;
    out.append(as_bytes(" to the end"));
    return Need{3, 1};
  }
  OutputQueue& output() override { return out; }
  void writable(TimePoint, std::size_t) override {}
  std::optional<TimePoint> deadline() const override { return due; }
  Status deadline_passed(TimePoint) override {
    due.reset();
    return fail(ErrorCode::kTimeout, "too late");
  }
  Transition transition() const override { return wish_; }
  Status tls_started(const TlsPeer& shown, TimePoint) override {
    peer = shown;
    wish_ = Transition::kNone;
    out.append(as_bytes("secret"));
    return verdict;
  }

  OutputQueue out;
  std::optional<TimePoint> due;
  std::optional<TlsPeer> peer;
  std::string heard;
  Status verdict;

 private:
  Transition kind_;
  Transition wish_ = Transition::kNone;
};

struct Host final : SessionHost {
  void session_progressed() override {}
  void session_writable() override {}
  void session_ended(const Error& reason) override { end = reason; }
  std::optional<Error> end;
};

const testing::CertificateAuthority& authority() {
  static const testing::CertificateAuthority all;
  return all;
}

std::unique_ptr<TlsServerContext> server_context() {
  const auto pair = authority().issue("desk.example", testing::CertificateUse::kServer);
  const testing::TemporaryFolder folder;
  return *TlsServerContext::open({.certificate_file = folder.write("cert.pem", pair.certificate),
                                  .key_file = folder.write("key.pem", pair.key),
                                  .application_protocol = {}},
                                 TimePoint());
}

// As servers without a certificate have it.
TlsEngine anonymous_server(const char* ciphers) {
  SslContextPointer context(SSL_CTX_new(TLS_server_method()));
  SSL_CTX_set_max_proto_version(context.get(), TLS1_2_VERSION);
  EXPECT_EQ(SSL_CTX_set_cipher_list(context.get(), ciphers), 1);
  SSL_CTX_set_dh_auto(context.get(), 1);
  SslPointer ssl(SSL_new(context.get()));
  SSL_set_accept_state(ssl.get());
  return TlsEngine(std::move(ssl));
}

TlsClientOptions trusting_the_authority() { return {.anchors_pem = authority().pem()}; }

// A driver on one end of a memory pipe; the test is the peer on the other.
struct Meeting {
  explicit Meeting(Transition kind, TlsEngineMaker make_tls) : session(kind) {
    SessionDriverLimits limits;
    limits.drain_timeout = std::chrono::milliseconds(10);
    auto [ours, theirs] = make_memory_streams(loop.get_executor());
    peer = std::move(theirs);
    driver = std::make_shared<SessionDriver>(loop.get_executor(), std::move(ours), session, host,
                                             limits, std::move(make_tls));
    driver->start();
  }
  ~Meeting() {
    driver->close_now({ErrorCode::kClosed, "the test is over"});
    loop.restart();
    loop.run();
  }

  void settle() {
    loop.restart();
    loop.poll();
  }
  void send(std::string_view text) {
    settle();
    const auto piece = as_bytes(text);
    ASSERT_EQ(peer->try_write({&piece, 1}), text.size());
    settle();
  }
  // What is said in the open; TLS stands behind it.
  void expect_plain() {
    std::array<std::uint8_t, 16> plain;
    ASSERT_EQ(peer->try_read(plain), plain.size());
    EXPECT_EQ(as_text(plain), "plain to the end");
  }
  std::string received() {
    std::string all;
    std::array<std::uint8_t, 256> buffer;
    for (;;) {
      settle();
      const auto count = peer->try_read(buffer);
      if (!count || *count == 0) return all;
      all.append(as_text(std::span(buffer).first(*count)));
    }
  }
  // The peer's half of the handshake; its outcome, if there is one.
  std::optional<Status> shake_hands(TlsEngine engine) {
    auto tls = make_tls_stream(loop.get_executor(), std::move(peer), std::move(engine));
    auto outcome = std::make_shared<std::optional<Status>>();
    auto& begun = *tls;
    peer = std::move(tls);
    boost::asio::co_spawn(
        loop,
        [](TlsStream& stream,
           std::shared_ptr<std::optional<Status>> to) -> boost::asio::awaitable<void> {
          to->emplace(co_await stream.handshake());
        }(begun, outcome),
        boost::asio::detached);
    settle();
    return *outcome;
  }
  Error end() {
    while (!host.end) loop.restart(), loop.run_one();
    return *host.end;
  }

  boost::asio::io_context loop{1};
  UpgradingSession session;
  Host host;
  StreamPointer peer;
  std::shared_ptr<SessionDriver> driver;
};

TEST(TlsUpgrade, BeginsOnceAllThatWasSaidBeforeIsWritten) {
  const auto context = server_context();
  Meeting meeting(Transition::kStartTlsClient,
                  make_client_upgrade(trusting_the_authority(), "desk.example"));
  meeting.send("tls");
  meeting.expect_plain();
  EXPECT_FALSE(meeting.session.peer);
  const auto status = meeting.shake_hands(context->make_engine(TimePoint()));
  ASSERT_TRUE(status && *status) << (*status).error().message;
  EXPECT_EQ(meeting.session.peer, (TlsPeer{context->fingerprint(), true}));
  EXPECT_EQ(meeting.received(), "secret");
  meeting.send("also secret");
  EXPECT_EQ(meeting.session.heard, "also secret");
}

TEST(TlsUpgrade, EndsASessionWhosePeerSaidSomethingBehindItsConsent) {
  Meeting meeting(Transition::kStartTlsClient,
                  make_client_upgrade(trusting_the_authority(), "desk.example"));
  meeting.send("tlsx");
  EXPECT_EQ(meeting.end(), (Error{ErrorCode::kInvalid, "1 bytes came before TLS had begun"}));
  EXPECT_FALSE(meeting.session.peer);
}

TEST(TlsUpgrade, RefusesAServerOfAnotherName) {
  Meeting meeting(Transition::kStartTlsClient,
                  make_client_upgrade(trusting_the_authority(), "other.example"));
  meeting.send("tls");
  meeting.expect_plain();
  meeting.shake_hands(server_context()->make_engine(TimePoint()));
  const auto end = meeting.end();
  EXPECT_EQ(end.code, ErrorCode::kRefused);
  EXPECT_THAT(end.message, HasSubstr("the certificate of other.example is not trusted"));
  EXPECT_FALSE(meeting.session.peer);
}

TEST(TlsUpgrade, SaysWhenItTakesAnybodysCertificate) {
  Meeting meeting(Transition::kStartTlsClient,
                  make_client_upgrade({.trust = TlsTrust::kAnyone}, "other.example"));
  meeting.send("tls");
  meeting.expect_plain();
  meeting.shake_hands(server_context()->make_engine(TimePoint()));
  ASSERT_TRUE(meeting.session.peer);
  EXPECT_FALSE(meeting.session.peer->is_verified);
  EXPECT_FALSE(meeting.session.peer->fingerprint.empty());
}

class AnonymousServer : public ::testing::TestWithParam<const char*> {};

TEST_P(AnonymousServer, IsSpokenWithWithoutACertificate) {
  Meeting meeting(Transition::kStartTlsClientAnonymous,
                  make_client_upgrade(trusting_the_authority(), "desk.example"));
  meeting.send("tls");
  meeting.expect_plain();
  const auto status = meeting.shake_hands(anonymous_server(GetParam()));
  ASSERT_TRUE(status && *status) << (*status).error().message;
  EXPECT_EQ(meeting.session.peer, (TlsPeer{"", false}));
  EXPECT_EQ(meeting.received(), "secret");
}

INSTANTIATE_TEST_SUITE_P(Ciphers, AnonymousServer,
                         ::testing::Values("ADH-AES256-GCM-SHA384:@SECLEVEL=0",
                                           "ADH-AES128-SHA:@SECLEVEL=0",
                                           "AECDH-AES256-SHA:@SECLEVEL=0"));

TEST(TlsUpgrade, DoesNotTakeAnAnonymousServerForOneWithACertificate) {
  Meeting meeting(Transition::kStartTlsClient,
                  make_client_upgrade(trusting_the_authority(), "desk.example"));
  meeting.send("tls");
  meeting.expect_plain();
  meeting.shake_hands(anonymous_server("ADH:AECDH:@SECLEVEL=0"));
  EXPECT_EQ(meeting.end().code, ErrorCode::kInvalid);
  EXPECT_FALSE(meeting.session.peer);
}

TEST(TlsUpgrade, EndsAtTheDeadlineOfTheSession) {
  Meeting meeting(Transition::kStartTlsClient,
                  make_client_upgrade(trusting_the_authority(), "desk.example"));
  meeting.session.due = Clock::now() + std::chrono::milliseconds(20);
  meeting.send("tls");
  meeting.session.out.append(as_bytes("never in the open"));
  EXPECT_EQ(meeting.end(), (Error{ErrorCode::kTimeout, "too late"}));
  EXPECT_THAT(meeting.received(), ::testing::Not(HasSubstr("never")));
}

TEST(TlsUpgrade, KeepsWhatIsSaidMeanwhileForTls) {
  const auto context = server_context();
  Meeting meeting(Transition::kStartTlsClient,
                  make_client_upgrade(trusting_the_authority(), "desk.example"));
  meeting.send("tls");
  meeting.session.out.append(as_bytes("early, "));
  meeting.driver->kick();
  meeting.expect_plain();
  meeting.shake_hands(context->make_engine(TimePoint()));
  EXPECT_EQ(meeting.received(), "early, secret");
}

TEST(TlsUpgrade, EndsAPeerThatDoesNotSpeakTls) {
  Meeting meeting(Transition::kStartTlsClient,
                  make_client_upgrade(trusting_the_authority(), "desk.example"));
  meeting.send("tls");
  meeting.send("RFB 003.008\n");
  EXPECT_EQ(meeting.end().code, ErrorCode::kInvalid);
}

TEST(TlsUpgrade, EndsASessionThatDoesNotLikeItsPeer) {
  const auto context = server_context();
  Meeting meeting(Transition::kStartTlsClient,
                  make_client_upgrade(trusting_the_authority(), "desk.example"));
  meeting.session.verdict = fail(ErrorCode::kRefused, "not you");
  meeting.send("tls");
  meeting.expect_plain();
  meeting.shake_hands(context->make_engine(TimePoint()));
  EXPECT_EQ(meeting.end(), (Error{ErrorCode::kRefused, "not you"}));
}

TEST(TlsUpgrade, TellsOfTrustThatCannotBeHad) {
  Meeting meeting(Transition::kStartTlsClient,
                  make_client_upgrade({.anchors_file = "/nonexistent.pem"}, "desk.example"));
  meeting.send("tls");
  EXPECT_THAT(meeting.end().message, HasSubstr("/nonexistent.pem"));
}

TEST(TlsUpgrade, MakesAServerToo) {
  const auto context = server_context();
  const auto client = *TlsClientContext::make(trusting_the_authority());
  Meeting meeting(Transition::kStartTlsServer, [&](Transition kind) -> Result<TlsEngine> {
    EXPECT_EQ(kind, Transition::kStartTlsServer);
    return context->make_engine(TimePoint());
  });
  meeting.send("tls");
  meeting.expect_plain();
  const auto status = meeting.shake_hands(*client->make_engine("desk.example"));
  ASSERT_TRUE(status && *status);
  EXPECT_EQ(meeting.session.peer, (TlsPeer{"", false}));
  EXPECT_EQ(meeting.received(), "secret");
}

}  // namespace
}  // namespace oriel::net
