#include "oriel/io/net/tls_context.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "oriel/io/net/limits.h"
#include "oriel/testing/certificates.h"
#include "oriel/testing/temporary_folder.h"

namespace oriel::net {
namespace {

using oriel::testing::TemporaryFolder;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

PemPair made(const std::string& name = "localhost") {
  return *make_self_signed({name}, std::chrono::system_clock::now());
}

// The files of a server, and what it says about them.
struct Site {
  void write(const PemPair& pem, mode_t key_mode = 0600) {
    folder.write("cert.pem", pem.certificate, 0644);
    folder.write("key.pem", pem.key, key_mode);
  }
  Result<std::unique_ptr<TlsServerContext>> open() {
    return TlsServerContext::open(
        {folder.path("cert.pem"), folder.path("key.pem"), "http/1.1",
         [this](const std::string& sentence) { notices.push_back(sentence); }},
        now);
  }
  std::string refusal() {
    const auto context = open();
    return context ? "none" : context.error().message;
  }

  TemporaryFolder folder;
  TimePoint now{};
  std::vector<std::string> notices;
};

// The fingerprint that a client sees, or the error of either side.
std::string handshake(TlsEngine server, TlsEngine client) {
  for (int step = 0; step < 10; ++step) {
    const auto of_client = client.handshake();
    Bytes bytes;
    client.take_output(bytes);
    server.put_input(bytes);
    const auto of_server = server.handshake();
    bytes.clear();
    server.take_output(bytes);
    client.put_input(bytes);
    if (!of_client) return of_client.error().message;
    if (!of_server) return of_server.error().message;
    if (*of_client && *of_server)
      return client.peer_fingerprint() + " " + client.application_protocol();
  }
  return "no end";
}

TlsEngine client(const std::string& anchors, const std::string& host = "localhost",
                 const std::string& protocol = "") {
  auto context = TlsClientContext::make({.anchors_pem = anchors, .application_protocol = protocol});
  EXPECT_TRUE(context) << context.error().message;
  auto engine = (*context)->make_engine(host);
  EXPECT_TRUE(engine) << engine.error().message;
  return *std::move(engine);
}

TEST(TlsContext, AgreesWithAClientThatTrustsItsCertificate) {
  Site site;
  const auto pem = made();
  site.write(pem);
  const auto server = site.open();
  ASSERT_TRUE(server) << server.error().message;
  EXPECT_EQ(handshake((*server)->make_engine(site.now), client(pem.certificate)),
            (*server)->fingerprint() + " ");
  EXPECT_EQ(
      handshake((*server)->make_engine(site.now), client(pem.certificate, "localhost", "http/1.1")),
      (*server)->fingerprint() + " http/1.1");
}

TEST(TlsContext, RefusesAClientThatSpeaksOnlyOtherApplicationProtocols) {
  Site site;
  const auto pem = made();
  site.write(pem);
  const auto server = site.open();
  ASSERT_TRUE(server);
  EXPECT_THAT(
      handshake((*server)->make_engine(site.now), client(pem.certificate, "localhost", "smtp")),
      HasSubstr("no application protocol"));
}

TEST(TlsContext, AClientRefusesAnotherNameAndAnUnknownCertificate) {
  Site site;
  const auto pem = made();
  site.write(pem);
  const auto server = site.open();
  ASSERT_TRUE(server);
  EXPECT_THAT(handshake((*server)->make_engine(site.now), client(pem.certificate, "example.org")),
              AllOf(HasSubstr("the certificate of example.org is not trusted"),
                    HasSubstr("hostname mismatch")));
  EXPECT_THAT(handshake((*server)->make_engine(site.now), client(pem.certificate, "127.0.0.1")),
              HasSubstr("IP address mismatch"));
  EXPECT_THAT(handshake((*server)->make_engine(site.now), client(made().certificate)),
              HasSubstr("self-signed certificate"));
}

TEST(TlsContext, AClientMayDoWithoutKnowingWithWhomItSpeaks) {
  Site site;
  site.write(made("elsewhere"));
  const auto server = site.open();
  const auto anyone = TlsClientContext::make({.trust = TlsTrust::kAnyone});
  ASSERT_TRUE(server && anyone);
  EXPECT_EQ(handshake((*server)->make_engine(site.now), *(*anyone)->make_engine("localhost")),
            (*server)->fingerprint() + " ");
}

TEST(TlsContext, NamesTheFileThatItCannotUse) {
  Site site;
  EXPECT_THAT(site.refusal(), AllOf(HasSubstr("cert.pem: cannot be read"), HasSubstr("No such")));
  site.write({made().certificate, made().key});
  EXPECT_THAT(site.refusal(), AllOf(HasSubstr("cert.pem and "), HasSubstr("key.pem: the private "
                                                                          "key is not that")));
  site.folder.write("key.pem", std::string(kTlsPemFileBytesMax + 1, 'x'));
  EXPECT_THAT(site.refusal(), HasSubstr("key.pem: more than 1048576 bytes"));
}

TEST(TlsContext, RefusesAKeyThatOthersCanRead) {
  for (mode_t mode : {0644, 0640, 0604}) {
    Site site;
    site.write(made(), mode);
    EXPECT_THAT(site.refusal(),
                AllOf(HasSubstr("a private key that others can read"), HasSubstr("chmod 600")));
  }
}

TEST(TlsContext, TakesOverChangedFilesForNewConnections) {
  Site site;
  site.write(made());
  const auto server = site.open();
  ASSERT_TRUE(server);
  const auto before = (*server)->fingerprint();
  const auto pem = made();
  site.write(pem);
  (void)(*server)->make_engine(site.now);
  EXPECT_EQ((*server)->fingerprint(), before) << "it looks at most once in the interval";
  site.now += kTlsReloadInterval;
  const auto seen = handshake((*server)->make_engine(site.now), client(pem.certificate));
  EXPECT_EQ(seen, (*server)->fingerprint() + " ");
  EXPECT_NE((*server)->fingerprint(), before);
  EXPECT_THAT(site.notices,
              ElementsAre(HasSubstr("is in use now, SHA-256 " + (*server)->fingerprint())));
}

TEST(TlsContext, KeepsTheOldPairWhileTheNewOneIsBrokenAndSaysSoOnce) {
  Site site;
  const auto old_pem = made(), new_pem = made();
  site.write(old_pem);
  const auto server = site.open();
  ASSERT_TRUE(server);
  site.folder.write("cert.pem", new_pem.certificate);
  for (int i = 0; i < 3; ++i) {
    site.now += kTlsReloadInterval;
    EXPECT_EQ(handshake((*server)->make_engine(site.now), client(old_pem.certificate)),
              (*server)->fingerprint() + " ");
  }
  EXPECT_THAT(site.notices, ElementsAre(AllOf(HasSubstr("the old one stays in use"),
                                              HasSubstr("is not that of the certificate"))));
  site.folder.write("key.pem", new_pem.key);
  site.now += kTlsReloadInterval;
  const auto seen = handshake((*server)->make_engine(site.now), client(new_pem.certificate));
  EXPECT_EQ(seen, (*server)->fingerprint() + " ");
  EXPECT_EQ(site.notices.size(), 2u);
}

TEST(TlsContext, KeepsTheOldPairWhenTheFilesVanish) {
  Site site;
  const auto pem = made();
  site.write(pem);
  const auto server = site.open();
  ASSERT_TRUE(server);
  std::filesystem::remove(site.folder.path("key.pem"));
  site.now += kTlsReloadInterval;
  EXPECT_EQ(handshake((*server)->make_engine(site.now), client(pem.certificate)),
            (*server)->fingerprint() + " ");
  EXPECT_THAT(site.notices, ElementsAre(HasSubstr("key.pem: cannot be read")));
}

// ---- certificates of clients ------------------------------------------------------------------

using oriel::testing::CertificateAuthority;
using oriel::testing::CertificateUse;

// What both sides say at the end of a handshake and of the first read after it, in which a client
// of TLS 1.3 hears that its certificate is not taken.
struct Ends {
  std::string server_error, client_error;
  std::string client_name;  // as the server knows it
};

void move_output(TlsEngine& from, TlsEngine& to) {
  Bytes bytes;
  from.take_output(bytes);
  to.put_input(bytes);
}

Ends meet(TlsEngine server, TlsEngine client) {
  Ends ends;
  const auto note = [](auto& outcome, std::string& error) {
    if (!outcome && error.empty()) error = outcome.error().message;
    if (!outcome) {
      EXPECT_EQ(outcome.error().code, ErrorCode::kRefused) << outcome.error().message;
    }
  };
  for (int step = 0; step < 5; ++step) {
    if (!client.is_established()) {
      auto outcome = client.handshake();
      note(outcome, ends.client_error);
    }
    move_output(client, server);
    if (!server.is_established() && ends.server_error.empty()) {
      auto outcome = server.handshake();
      note(outcome, ends.server_error);
    }
    move_output(server, client);
  }
  if (client.is_established()) {
    std::array<std::uint8_t, 1> byte;
    auto outcome = client.read(byte);
    note(outcome, ends.client_error);
  }
  EXPECT_EQ(server.is_private(), server.is_established());
  EXPECT_EQ(client.is_private(), client.is_established());
  ends.client_name = server.peer_common_name();
  return ends;
}

// A server whose clients show certificates of `authority`.
struct Guarded {
  explicit Guarded(TlsClientCheck check) : check_(check) {
    folder.write("clients.pem", authority.pem());
    const auto pair = authority.issue("localhost", CertificateUse::kServer);
    folder.write("cert.pem", pair.certificate);
    folder.write("key.pem", pair.key);
    folder.write("roots.pem", authority.pem());
    server = *TlsServerContext::open(options(), {});
  }
  TlsServerOptions options() const {
    TlsServerOptions options;
    options.certificate_file = folder.path("cert.pem");
    options.key_file = folder.path("key.pem");
    options.client_check = check_;
    options.client_ca_file = folder.path("clients.pem");
    return options;
  }
  TlsEngine client_with(const PemPair& pair) const {
    auto context =
        TlsClientContext::make({.anchors_file = folder.path("roots.pem"),
                                .certificate_file = folder.write("client.pem", pair.certificate),
                                .key_file = folder.write("client.key", pair.key)});
    EXPECT_TRUE(context) << context.error().message;
    return *(*context)->make_engine("localhost");
  }
  TlsEngine client_without() const {
    return *(*TlsClientContext::make({.anchors_file = folder.path("roots.pem")}))
                ->make_engine("localhost");
  }
  Ends meet(TlsEngine client) const {
    return net::meet(server->make_engine({}), std::move(client));
  }

  TlsClientCheck check_;
  TemporaryFolder folder;
  CertificateAuthority authority;
  std::unique_ptr<TlsServerContext> server;
};

TEST(TlsClientCertificate, GivesTheServerTheNameOfItsClient) {
  for (const auto check : {TlsClientCheck::kOptional, TlsClientCheck::kRequired}) {
    const Guarded site(check);
    const auto ends =
        site.meet(site.client_with(site.authority.issue("robot 7", CertificateUse::kClient)));
    EXPECT_EQ(ends.server_error, "");
    EXPECT_EQ(ends.client_error, "");
    EXPECT_EQ(ends.client_name, "robot 7");
  }
}

TEST(TlsClientCertificate, IsAskedForOnlyByAServerThatChecks) {
  const Guarded site(TlsClientCheck::kNone);
  const auto ends =
      site.meet(site.client_with(site.authority.issue("robot", CertificateUse::kClient)));
  EXPECT_EQ(ends.server_error + ends.client_error, "");
  EXPECT_EQ(ends.client_name, "");
}

TEST(TlsClientCertificate, MayBeMissingOnlyWhereItIsOptional) {
  const Guarded optional(TlsClientCheck::kOptional);
  auto ends = optional.meet(optional.client_without());
  EXPECT_EQ(ends.server_error + ends.client_error, "");
  EXPECT_EQ(ends.client_name, "");

  const Guarded required(TlsClientCheck::kRequired);
  ends = required.meet(required.client_without());
  EXPECT_EQ(ends.server_error, "the peer has shown no certificate, which is needed here");
  EXPECT_EQ(ends.client_error, "the peer asks for a certificate of ours, and we have shown none");
  EXPECT_EQ(ends.client_name, "");
}

TEST(TlsClientCertificate, MustBeTrustedAlsoWhereItIsOptional) {
  for (const auto check : {TlsClientCheck::kOptional, TlsClientCheck::kRequired}) {
    const Guarded site(check);
    for (const auto* name : {"Stranger", "Test authority"}) {
      const CertificateAuthority stranger(name);
      const auto ends =
          site.meet(site.client_with(stranger.issue("robot", CertificateUse::kClient)));
      EXPECT_THAT(ends.server_error, HasSubstr("the certificate of the peer is not trusted"));
      EXPECT_THAT(ends.client_error, HasSubstr("the peer does not trust our certificate"));
      EXPECT_EQ(ends.client_name, "");
    }
  }
}

TEST(TlsClientCertificate, MustBeOneForClients) {
  const Guarded site(TlsClientCheck::kRequired);
  const auto ends =
      site.meet(site.client_with(site.authority.issue("localhost", CertificateUse::kServer)));
  EXPECT_THAT(ends.server_error, HasSubstr("purpose"));
  EXPECT_THAT(ends.client_error, HasSubstr("does not trust our certificate"));
}

TEST(TlsClientCertificate, IsTrustedByTheChangedFile) {
  const Guarded site(TlsClientCheck::kRequired);
  const CertificateAuthority next("Next authority");
  const auto pair = next.issue("robot", CertificateUse::kClient);
  EXPECT_NE(site.meet(site.client_with(pair)).server_error, "");
  site.folder.write("clients.pem", next.pem() + site.authority.pem());
  const auto ends =
      meet(site.server->make_engine(TimePoint() + kTlsReloadInterval), site.client_with(pair));
  EXPECT_EQ(ends.server_error, "");
  EXPECT_EQ(ends.client_name, "robot");
}

TEST(TlsClientCertificate, NeedsFilesThatCanBeUsed) {
  const Guarded site(TlsClientCheck::kRequired);
  auto options = site.options();
  options.client_ca_file = "";
  EXPECT_THAT(TlsServerContext::open(options, {}).error().message, HasSubstr("needs a file"));
  options.client_ca_file = site.folder.path("none.pem");
  EXPECT_THAT(TlsServerContext::open(options, {}).error().message,
              HasSubstr("none.pem: cannot be read"));
  options.client_ca_file = site.folder.write("none.pem", "nothing");
  EXPECT_THAT(TlsServerContext::open(options, {}).error().message,
              HasSubstr("none.pem: there is no certificate in PEM form"));

  const auto error_of = [](const TlsClientOptions& of) {
    return TlsClientContext::make(of).error().message;
  };
  EXPECT_THAT(error_of({.certificate_file = "a.pem"}), HasSubstr("needs its private key"));
  EXPECT_THAT(error_of({.key_file = "a.pem"}), HasSubstr("a private key its certificate"));
  EXPECT_THAT(error_of({.certificate_file = "/none/a.pem", .key_file = "/none/b.pem"}),
              HasSubstr("/none/a.pem: cannot be read"));
  EXPECT_THAT(error_of({.certificate_file = site.folder.path("cert.pem"),
                        .key_file = site.folder.write("open.pem", "x", 0644)}),
              HasSubstr("a private key that others can read"));
}

TEST(TlsClientCertificate, SaysNothingOfAServerThatIsNotVerified) {
  const Guarded site(TlsClientCheck::kNone);
  auto server = site.server->make_engine({});
  auto client = *(*TlsClientContext::make({.trust = TlsTrust::kAnyone}))->make_engine("localhost");
  for (int step = 0; step < 3; ++step) {
    (void)client.handshake();
    move_output(client, server);
    (void)server.handshake();
    move_output(server, client);
  }
  ASSERT_TRUE(client.is_established() && server.is_established());
  EXPECT_EQ(client.peer_common_name(), "");
  EXPECT_FALSE(client.is_private());
}

}  // namespace
}  // namespace oriel::net
