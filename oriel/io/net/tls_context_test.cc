#include "oriel/io/net/tls_context.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "oriel/io/net/limits.h"
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

}  // namespace
}  // namespace oriel::net
