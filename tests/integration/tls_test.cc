// HTTPS of `oriel serve`, seen by curl and openssl.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <stdexcept>

#include "tests/support/oriel_server.h"
#include "tests/support/wait_until.h"

namespace oriel {
namespace {

using support::OrielServer;
using support::run;
using support::ServerOptions;
using support::wait_until;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// A server of the test picture with TLS, whose state is in a folder of its own.
struct Site {
  explicit Site(std::vector<std::string> arguments = {}) {
    ServerOptions options;
    options.desktop = "pattern";
    options.environment = {{"XDG_STATE_HOME", folder.path()}};
    options.more_arguments = {"--tls", "on"};
    options.more_arguments.insert(options.more_arguments.end(), arguments.begin(), arguments.end());
    server.emplace(options);
  }
  std::string self_signed() const { return folder.path() / "oriel/tls/self-signed.crt"; }
  std::string url(const std::string& scheme, const std::string& path) const {
    return fmt::format("{}://localhost:{}{}", scheme, server->http_port(), path);
  }
  // What curl prints.
  std::string curl(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(),
                     {"curl", "-sS", "--max-time", "20", "--noproxy", "*", "-4"});
    return run({arguments, {}});
  }
  // "subject=CN = x" and "SHA256 Fingerprint=AB:..." of the certificate that it shows now.
  std::string shown() const {
    const auto command = fmt::format(
        "openssl s_client -connect 127.0.0.1:{} </dev/null 2>/dev/null | "
        "openssl x509 -noout -subject -fingerprint -sha256",
        server->http_port());
    return run({{"sh", "-c", command}, {}});
  }

  support::TemporaryFolder folder;
  std::optional<OrielServer> server;
};

// A key and a certificate for localhost with this common name.
void make_pair(const std::filesystem::path& folder, const std::string& name) {
  run({{"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
        "-days", "2", "-subj", "/CN=" + name, "-addext", "subjectAltName=DNS:localhost", "-keyout",
        folder / "key.pem", "-out", folder / "cert.pem"},
       {}});
}

TEST(ServeTls, MakesACertificateThatClientsCanTrustAndPrintsItsFingerprint) {
  Site site;
  EXPECT_THAT(site.curl({"--cacert", site.self_signed(), site.url("https", "/healthz")}),
              HasSubstr("\"status\":\"ok\""));
  EXPECT_THAT(site.server->output(), HasSubstr("Open in a browser: https://127.0.0.1:"));
  const auto shown = site.shown();
  const auto fingerprint = shown.substr(shown.find('=', shown.find("ingerprint")) + 1, 95);
  EXPECT_THAT(site.server->output(), HasSubstr(fingerprint));
  EXPECT_THROW(site.curl({site.url("https", "/healthz")}), std::runtime_error)
      << "it is nobody's whom curl knows";
  EXPECT_THAT(site.curl({"-D", "-", "--cacert", site.self_signed(), site.url("https", "/")}),
              Not(HasSubstr("Strict-Transport-Security")));
}

TEST(ServeTls, KeepsItsCertificateFromOneStartToTheNext) {
  Site site;
  const auto before = support::read_file(site.self_signed());
  EXPECT_EQ(site.server->stop(), 0);
  ServerOptions again;
  again.desktop = "pattern";
  again.environment = {{"XDG_STATE_HOME", site.folder.path()}};
  again.more_arguments = {"--tls", "on"};
  OrielServer second(again);
  EXPECT_EQ(support::read_file(site.self_signed()), before);
}

TEST(ServeTls, SendsPlainHttpToHttps) {
  Site site;
  EXPECT_THAT(site.curl({"-D", "-", site.url("http", "/x?y")}),
              AllOf(StartsWith("HTTP/1.1 308 "),
                    HasSubstr("Location: " + site.url("https", "/x?y") + "\r\n")));
  EXPECT_THAT(site.curl({"-L", "--cacert", site.self_signed(), site.url("http", "/healthz")}),
              HasSubstr("\"status\":\"ok\""));
  EXPECT_THAT(site.curl({"-H", "Connection: Upgrade", "-H", "Upgrade: websocket",
                         site.url("http", "/websockify")}),
              HasSubstr("wss://"));
}

TEST(ServeTls, SpeaksTls12And13AndNothingOlder) {
  Site site;
  for (std::string version : {"1.2", "1.3"})
    EXPECT_THAT(site.curl({"--cacert", site.self_signed(), "--tlsv" + version, "--tls-max", version,
                           site.url("https", "/healthz")}),
                HasSubstr("\"status\":\"ok\""));
  EXPECT_THROW(site.curl({"-k", "--ciphers", "DEFAULT@SECLEVEL=0", "--tlsv1.0", "--tls-max", "1.1",
                          site.url("https", "/healthz")}),
               std::runtime_error);
}

TEST(ServeTls, TakesOverTheUsersChangedCertificateWithoutARestart) {
  support::TemporaryFolder files;
  make_pair(files.path(), "first");
  Site site({"--tls-cert", files.path() / "cert.pem", "--tls-key", files.path() / "key.pem"});
  EXPECT_THAT(site.shown(), HasSubstr("first"));
  EXPECT_THAT(site.server->output(), Not(HasSubstr("self-signed")));
  make_pair(files.path(), "second");
  EXPECT_TRUE(wait_until([&] { return site.shown().find("second") != std::string::npos; }));
  EXPECT_TRUE(wait_until(
      [&] { return site.server->output().find("certificate has changed") != std::string::npos; }));
}

TEST(ServeTls, RefusesAKeyThatOthersCanReadAndHalfAPair) {
  support::TemporaryFolder files;
  make_pair(files.path(), "first");
  std::filesystem::permissions(files.path() / "key.pem", std::filesystem::perms(0644));
  const std::vector<std::string> half{support::oriel_program(),
                                      "serve",
                                      "--desktop",
                                      "pattern",
                                      "--vnc",
                                      "off",
                                      "--http",
                                      "127.0.0.1:0",
                                      "--tls",
                                      "on",
                                      "--tls-cert",
                                      files.path() / "cert.pem"};
  auto whole = half;
  whole.insert(whole.end(), {"--tls-key", files.path() / "key.pem"});
  for (const auto& [arguments, sentence] :
       {std::pair(half, "without tls_key"), std::pair(whole, "chmod 600")}) {
    support::ChildProcess process({arguments, {}});
    ASSERT_TRUE(wait_until([&] { return process.exit_code().has_value(); }));
    EXPECT_EQ(process.exit_code(), 2);
    EXPECT_THAT(process.output(), HasSubstr(sentence));
  }
}

}  // namespace
}  // namespace oriel
