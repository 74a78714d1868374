// Our client with the server of others, by every security type that it has: TigerVNC's Xvnc.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <memory>
#include <optional>
#include <string>

#include "oriel/base/byte_writer.h"
#include "oriel/core/crypto/des_challenge.h"
#include "oriel/core/rfb/constants.h"
#include "oriel/core/rfb/security/security_method.h"
#include "oriel/io/net/tcp_stream.h"
#include "oriel/io/net/tls_upgrade.h"
#include "oriel/testing/certificates.h"
#include "oriel/testing/temporary_folder.h"
#include "oriel/testing/viewer/test_viewer.h"
#include "tests/support/picture.h"
#include "tests/support/wait_until.h"
#include "tests/support/x_server.h"

namespace oriel {
namespace {

using oriel::testing::CertificateAuthority;
using oriel::testing::CertificateUse;
using oriel::testing::TemporaryFolder;
using oriel::testing::TestViewer;
using oriel::testing::TestViewerOptions;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr const char* kHost = "desk.example";
constexpr const char* kPassword = "geheim";

// The file of a password: two blocks that are encrypted by a key that all know.
std::string password_file(std::string_view password) {
  constexpr std::string_view kKey("\x17\x52\x6b\x06\x23\x4e\x58\x07", 8);
  crypto::Challenge padded{};
  std::ranges::copy(password, padded.begin());
  const auto sealed = crypto::des_challenge_response(padded, kKey);
  return std::string(sealed.begin(), sealed.begin() + 8);
}

const CertificateAuthority& authority() {
  static const CertificateAuthority all;
  return all;
}

// An Xvnc of 64x48 that offers `types` on a Unix socket.
class Xvnc {
 public:
  explicit Xvnc(const std::string& types)
      : pair_(authority().issue(kHost, CertificateUse::kServer)),
        server_({"Xvnc",
                 "-geometry",
                 "64x48",
                 "-depth",
                 "24",
                 "-SecurityTypes",
                 types,
                 "-rfbport",
                 "-1",
                 "-rfbunixpath",
                 folder_.path("rfb"),
                 "-PasswordFile",
                 folder_.write("password", password_file(kPassword)),
                 "-X509Cert",
                 folder_.write("cert.pem", pair_.certificate),
                 "-X509Key",
                 folder_.write("key.pem", pair_.key),
                 "-PlainUsers",
                 "*",
                 "-desktop",
                 "far away"}) {}

  std::string path() const { return folder_.path("rfb"); }
  const support::XServer& display() const { return server_; }

 private:
  TemporaryFolder folder_;
  net::PemPair pair_;
  support::XServer server_;
};

struct Viewer {
  explicit Viewer(const Xvnc& server, rfb::SecurityClientConfig security = {},
                  net::TlsClientOptions trust = {.anchors_pem = authority().pem()},
                  std::string host = kHost) {
    boost::asio::local::stream_protocol::socket socket(io);
    socket.connect({server.path()});
    TestViewerOptions options;
    options.encodings = {16,
                         1,
                         0,
                         rfb::kPseudoDesktopSize,
                         rfb::kPseudoExtendedDesktopSize,
                         rfb::kPseudoDesktopName,
                         rfb::kPseudoLastRect,
                         rfb::kPseudoCursor,
                         rfb::kPseudoCursorWithAlpha,
                         rfb::kPseudoVmwareCursor,
                         rfb::kPseudoQemuExtendedKey,
                         rfb::kPseudoQemuLedState,
                         rfb::kPseudoVmwareLedState,
                         rfb::kPseudoFence,
                         rfb::kPseudoContinuousUpdates,
                         rfb::kPseudoExtendedClipboard};
    options.security = std::move(security);
    options.make_tls = net::make_client_upgrade(std::move(trust), std::move(host));
    viewer = std::make_unique<TestViewer>(
        io.get_executor(), net::make_socket_stream(std::move(socket)), std::move(options));
    viewer->on_event = [this](const rfb::ClientEvent& event) { events.push_back(event); };
  }
  ~Viewer() {
    viewer->close();
    until([this] { return viewer->is_ended(); });
  }

  bool until(const std::function<bool()>& is_true) {
    return support::wait_until([&] {
      io.restart();
      io.poll();
      return is_true();
    });
  }
  template <typename Event>
  bool has_seen() const {
    return std::ranges::any_of(
        events, [](const auto& event) { return std::holds_alternative<Event>(event); });
  }
  // What it was ended by; empty text when it was let in.
  Error end() {
    until([this] { return viewer->is_ended() || viewer->is_connected(); });
    return viewer->end().value_or(Error{ErrorCode::kInvalid, ""});
  }
  bool shows(const support::XDisplay& display) {
    return until([&] {
      const auto& frame = viewer->frame();
      support::Picture picture{frame.size().width, frame.size().height, {}};
      for (int y = 0; y < picture.height; ++y)
        for (int x = 0; x < picture.width; ++x) picture.pixels.push_back(frame.at(x, y));
      return support::difference(support::grab(display), picture).empty();
    });
  }

  boost::asio::io_context io;
  std::unique_ptr<TestViewer> viewer;
  std::vector<rfb::ClientEvent> events;
};

struct Case {
  std::string_view types;   // as Xvnc calls them
  std::string_view method;  // as we do
  bool has_tls;
  bool is_verified;
};

void PrintTo(const Case& row, std::ostream* out) { *out << row.types; }

class EverySecurityTypeOfXvnc : public ::testing::TestWithParam<Case> {};

TEST_P(EverySecurityTypeOfXvnc, LetsUsInToTheSamePicture) {
  Xvnc server{std::string(GetParam().types)};
  server.display().run_client({"xsetroot", "-mod", "5", "7"});
  Viewer viewer(server, {kPassword});
  ASSERT_TRUE(viewer.shows(server.display().display())) << viewer.end().message;
  EXPECT_EQ(viewer.viewer->session().security_name(), GetParam().method);
  const auto& peer = viewer.viewer->session().tls_peer();
  EXPECT_EQ(peer.has_value(), GetParam().has_tls);
  if (peer) {
    EXPECT_EQ(peer->is_verified, GetParam().is_verified);
    EXPECT_EQ(peer->fingerprint.empty(), !GetParam().is_verified);
  }
  EXPECT_TRUE(viewer.until([&] { return viewer.has_seen<rfb::CursorCame>(); }));
  EXPECT_TRUE(viewer.until([&] { return viewer.has_seen<rfb::FenceCame>(); }));
  EXPECT_TRUE(viewer.until([&] { return viewer.has_seen<rfb::LedStateCame>(); }));
  EXPECT_TRUE(viewer.until([&] { return viewer.has_seen<rfb::ContinuousUpdatesEnded>(); }));
  EXPECT_FALSE(viewer.viewer->is_ended());
}

TEST_P(EverySecurityTypeOfXvnc, TellsAWrongPasswordFromAnythingElse) {
  if (GetParam().types.ends_with("None")) return;
  Xvnc server{std::string(GetParam().types)};
  Viewer viewer(server, {"falsch"});
  const auto end = viewer.end();
  EXPECT_EQ(end.code, ErrorCode::kRefused);
  EXPECT_THAT(end.message, StartsWith("the server refused the password: "));
  EXPECT_EQ(viewer.viewer->session().refusal(), rfb::Refusal::kWrongCredentials);
}

INSTANTIATE_TEST_SUITE_P(Types, EverySecurityTypeOfXvnc,
                         ::testing::Values(Case{"None", "none", false, false},
                                           Case{"VncAuth", "vnc", false, false},
                                           Case{"TLSNone", "tls-none", true, false},
                                           Case{"TLSVnc", "tls-vnc", true, false},
                                           Case{"X509None", "x509-none", true, true},
                                           Case{"X509Vnc", "x509-vnc", true, true}),
                         [](const auto& row) { return std::string(row.param.types); });

// Without an account whose password we know: that it is judged, and where.
TEST(Xvnc, JudgesUserAndPasswordBehindTls) {
  for (const std::string type : {"TLSPlain", "X509Plain"}) {
    Xvnc server(type);
    Viewer viewer(server, {"not the password", "nobody"});
    EXPECT_EQ(viewer.end().code, ErrorCode::kRefused) << viewer.end().message;
    EXPECT_EQ(viewer.viewer->session().refusal(), rfb::Refusal::kWrongCredentials);
    EXPECT_TRUE(viewer.viewer->session().tls_peer());
  }
}

TEST(Xvnc, IsSentNoPlainPasswordInTheOpenUnlessThatIsAllowed) {
  Xvnc server("Plain");
  rfb::SecurityClientConfig security{"not the password", "nobody"};
  Viewer careful(server, security);
  EXPECT_EQ(careful.end().code, ErrorCode::kUnsupported);
  EXPECT_THAT(careful.end().message, HasSubstr("plain (256)"));
  security.allows_plain_password = true;
  Viewer alone(server, security);
  EXPECT_EQ(alone.end().code, ErrorCode::kRefused);
  EXPECT_EQ(alone.viewer->session().refusal(), rfb::Refusal::kWrongCredentials);
}

TEST(Xvnc, IsRefusedWhenItsCertificateIsForAnotherNameOrOfAStranger) {
  Xvnc server("X509Vnc");
  Viewer other(server, {kPassword}, {.anchors_pem = authority().pem()}, "other.example");
  EXPECT_EQ(other.end().code, ErrorCode::kRefused);
  EXPECT_THAT(other.end().message, HasSubstr("the certificate of other.example is not trusted"));
  EXPECT_EQ(other.viewer->session().refusal(), rfb::Refusal::kNone);
  const CertificateAuthority stranger("Somebody else");
  Viewer distrusting(server, {kPassword}, {.anchors_pem = stranger.pem()});
  EXPECT_EQ(distrusting.end().code, ErrorCode::kRefused);
  Viewer trusting(server, {kPassword}, {.trust = net::TlsTrust::kAnyone}, "other.example");
  EXPECT_EQ(trusting.end().message, "");
  EXPECT_FALSE(trusting.viewer->session().tls_peer()->is_verified);
}

TEST(Xvnc, IsMetByTheSafestThatBothSpeak) {
  Xvnc server("None,VncAuth,TLSNone,TLSVnc,X509None,X509Vnc");
  const auto method = [&](const rfb::SecurityClientConfig& security) {
    Viewer viewer(server, security);
    EXPECT_EQ(viewer.end().message, "");
    return std::string(viewer.viewer->session().security_name());
  };
  EXPECT_EQ(method({kPassword}), "x509-vnc");
  EXPECT_EQ(method({}), "x509-none");
  rfb::SecurityClientConfig old{kPassword};
  old.allowed = {rfb::find_security_method("vnc")->id};
  EXPECT_EQ(method(old), "vnc");
}

TEST(Xvnc, IsNotMetInTheOpenWhenThatIsNotWanted) {
  Xvnc server("VncAuth,None");
  rfb::SecurityClientConfig security{kPassword};
  security.requires_encryption = true;
  Viewer viewer(server, security);
  EXPECT_EQ(viewer.end().code, ErrorCode::kUnsupported);
  EXPECT_THAT(viewer.end().message, HasSubstr("it offers vnc (2), none (1)"));
}

TEST(Xvnc, SaysWhenItListensNoMore) {
  Xvnc server("VncAuth");
  std::optional<rfb::Refusal> last;
  std::string message;
  for (int attempt = 0; attempt < 10 && last != rfb::Refusal::kTooManyAttempts; ++attempt) {
    Viewer viewer(server, {"falsch"});
    message = viewer.end().message;
    last = viewer.viewer->session().refusal();
  }
  EXPECT_EQ(last, rfb::Refusal::kTooManyAttempts) << message;
  EXPECT_THAT(message, HasSubstr("Too many security failures; wait some minutes"));
}

TEST(Xvnc, ResizesAndIsFollowed) {
  Xvnc server("X509Vnc");
  Viewer viewer(server, {kPassword});
  ASSERT_TRUE(viewer.shows(server.display().display())) << viewer.end().message;
  viewer.viewer->say(rfb::SetDesktopSize{{80, 60}, {{0, {0, 0, 80, 60}, 0}}});
  ASSERT_TRUE(viewer.until([&] { return viewer.viewer->frame().size() == image::Size{80, 60}; }));
  EXPECT_TRUE(viewer.shows(server.display().display()));
  EXPECT_FALSE(viewer.viewer->is_ended());
}

}  // namespace
}  // namespace oriel
