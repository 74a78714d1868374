#include "oriel/app/client/remote_screen.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <iterator>
#include <string_view>

#include "oriel/app/client/scripted_server_test.h"
#include "oriel/io/net/tls_certificate.h"

namespace oriel::client {
namespace {

using namespace std::chrono_literals;
using agent::AgentStatus;
using agent::ErrorKind;
using boost::asio::awaitable;
using ::testing::HasSubstr;
using ::testing::Not;
using Carrier = ScriptedServer::Carrier;

const Bytes kVersionBytes{'R', 'F', 'B', ' ', '0', '0', '3', '.', '0', '0', '8', '\n'};
const Bytes kOffersVncBytes{1, 2};
const Bytes kChallengeBytes(16, 7);
const Bytes kAcceptedBytes(4, 0);
const Bytes kWrongPasswordBytes{0, 0, 0, 1, 0, 0, 0, 5, 'w', 'r', 'o', 'n', 'g'};
// 4x2, 32 bits BGRX, "box".
const Bytes kServerInitBytes{0,  4, 0, 2, 32, 24, 0, 1, 0, 255, 0,   255, 0,  255,
                             16, 8, 0, 0, 0,  0,  0, 0, 0, 3,   'b', 'o', 'x'};

// One update of Raw pixels; the first of them is `first`, all others are 0.
Bytes update(std::uint16_t width, std::uint16_t height, std::uint8_t first) {
  Bytes bytes{0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  bytes[9] = static_cast<std::uint8_t>(width);
  bytes[11] = static_cast<std::uint8_t>(height);
  bytes.resize(bytes.size() + std::size_t{4} * width * height);
  bytes[16] = first;
  return bytes;
}

// SetPixelFormat, SetEncodings and the first request.
awaitable<bool> hear_wishes(net::Stream& stream) {
  if (!co_await hear(stream, 20 + 2)) co_return false;
  Bytes count(2);
  for (std::size_t got = 0; got < 2;) {
    const auto more = co_await stream.read_some(std::span(count).subspan(got));
    if (!more) co_return false;
    got += *more;
  }
  co_return co_await hear(stream, 4u * (count[0] * 256u + count[1]) + 10);
}

// What the server says, one after the other; before each it hears what comes first.
enum class Step { kVersion, kSecurity, kChallenge, kResult, kServerInit, kPicture, kAll };
constexpr Step kSteps[] = {Step::kVersion, Step::kSecurity,   Step::kChallenge,
                           Step::kResult,  Step::kServerInit, Step::kPicture};

// Goes on to before `step`, and then does `then`.
Script up_to(Step step, Script then = nullptr) {
  return [step, then](net::Stream& stream) -> awaitable<void> {
    constexpr std::size_t kHeard[] = {0, 12, 1, 16, 1};
    const Bytes* said[] = {&kVersionBytes, &kOffersVncBytes, &kChallengeBytes, &kAcceptedBytes,
                           &kServerInitBytes};
    for (int at = 0; at < static_cast<int>(step) && at < 5; ++at) {
      if (!co_await hear(stream, kHeard[at])) co_return;
      co_await say(stream, *said[at]);
    }
    if (step == Step::kPicture || step == Step::kAll) {
      if (!co_await hear_wishes(stream)) co_return;
    } else if (step != Step::kVersion) {
      (void)co_await hear(stream, kHeard[static_cast<int>(step)]);
    }
    if (step == Step::kAll) co_await say(stream, update(4, 2, 9));
    if (then) co_await then(stream);
  };
}

Script saying(Bytes bytes) {
  return [bytes](net::Stream& stream) -> awaitable<void> { co_await say(stream, bytes); };
}

Script closing() {
  return [](net::Stream& stream) -> awaitable<void> {
    stream.close();
    co_return;
  };
}

agent::AgentError failure(ScriptedServer& server, ConnectionOptions options) {
  RemoteScreen screen(server.loop.get_executor(), std::move(options));
  const auto status = server.run(screen.connect());
  EXPECT_FALSE(status);
  EXPECT_FALSE(screen.check());
  return status ? agent::AgentError{} : status.error();
}

agent::AgentError failure(ScriptedServer& server) { return failure(server, server.options()); }

class EveryCarrier : public ::testing::TestWithParam<Carrier> {};
INSTANTIATE_TEST_SUITE_P(Carriers, EveryCarrier,
                         ::testing::Values(Carrier::kTcp, Carrier::kTls, Carrier::kWebSocket,
                                           Carrier::kSecureWebSocket));

// What it asks a server for that takes so long for each step of the handshake.
std::string wish_for(Carrier carrier, std::chrono::milliseconds pause) {
  ScriptedServer server(carrier, [pause](net::Stream& stream) -> awaitable<void> {
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
    constexpr std::size_t kHeard[] = {0, 12, 1, 1};
    const Bytes none{1, 1};
    const Bytes* said[] = {&kVersionBytes, &none, &kAcceptedBytes, &kServerInitBytes};
    for (int at = 0; at < 4; ++at) {
      if (!co_await hear(stream, kHeard[at])) co_return;
      timer.expires_after(pause);
      if (pause > 0ms) co_await timer.async_wait(boost::asio::use_awaitable);
      co_await say(stream, *said[at]);
    }
    if (co_await hear_wishes(stream)) co_await say(stream, update(4, 2, 9));
  });
  std::string wish;
  auto options = server.options();
  options.log = [&wish](std::string_view line) {
    if (line.starts_with("> SetEncodings")) wish = line;
  };
  RemoteScreen screen(server.loop.get_executor(), std::move(options));
  EXPECT_TRUE(server.run(screen.connect()));
  return wish;
}

TEST(RemoteScreen, WantsRawPixelsOnlyOfAServerNextDoor) {
  // A busy machine may be as slow as a network, now and then.
  bool was_raw = false;
  for (int i = 0; i < 50 && !was_raw; ++i)
    was_raw = wish_for(Carrier::kTcp, 0ms).starts_with("> SetEncodings 1 0 -");
  EXPECT_TRUE(was_raw);
  EXPECT_THAT(wish_for(Carrier::kTcp, 1ms), HasSubstr("SetEncodings 1 7 ")) << "of a tunnel";
  EXPECT_THAT(wish_for(Carrier::kWebSocket, 0ms), HasSubstr("SetEncodings 1 7 "));
  EXPECT_THAT(wish_for(Carrier::kTls, 0ms), HasSubstr("SetEncodings 1 7 "));
}

TEST_P(EveryCarrier, BringsAPictureAndInput) {
  ScriptedServer server(GetParam(), up_to(Step::kAll));
  RemoteScreen screen(server.loop.get_executor(), server.options());
  const auto status = server.run(screen.connect());
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_TRUE(screen.check());
  EXPECT_EQ(screen.screen().size(), (image::Size{4, 2}));
  EXPECT_EQ(screen.info().name, "box");
  EXPECT_EQ(screen.info().security, "vnc");
  EXPECT_EQ(screen.info().version, "RFB 003.008");
  EXPECT_EQ(screen.info().encodings, std::vector<std::string>{"raw"});
  EXPECT_FALSE(screen.info().was_uniform);
  EXPECT_EQ(server.run(screen.connect()).error().kind, ErrorKind::kState);
  server.run(screen.disconnect());
  EXPECT_EQ(screen.check().error().kind, ErrorKind::kState);
}

TEST_P(EveryCarrier, TimesOutAtEveryStepAtWhichAServerStalls) {
  for (const auto step : kSteps) {
    ScriptedServer server(GetParam(), up_to(step));
    auto options = server.options();
    options.timeout = 250ms;
    const auto begin = Clock::now();
    const auto error = failure(server, options);
    EXPECT_EQ(error.kind, ErrorKind::kTimeout) << static_cast<int>(step) << error.message;
    EXPECT_THAT(error.message, HasSubstr("Connection timeout"));
    EXPECT_LT(Clock::now() - begin, 2s);
  }
}

TEST_P(EveryCarrier, TimesOutWhenNothingIsSaidAtAll) {
  ScriptedServer server(GetParam(), nullptr);
  server.is_silent = true;
  auto options = server.options();
  options.timeout = 150ms;
  const auto error = failure(server, options);
  EXPECT_EQ(error.kind, ErrorKind::kTimeout);
  EXPECT_THAT(error.message, HasSubstr("Connection timeout"));
}

TEST_P(EveryCarrier, SaysThatAServerLeftAtAnyStep) {
  for (const auto step : kSteps) {
    ScriptedServer server(GetParam(), up_to(step, closing()));
    const auto error = failure(server);
    EXPECT_EQ(error.kind, ErrorKind::kConnection) << static_cast<int>(step) << error.message;
  }
}

TEST_P(EveryCarrier, TellsAWrongPassword) {
  ScriptedServer server(GetParam(), up_to(Step::kResult, saying(kWrongPasswordBytes)));
  const auto error = failure(server);
  EXPECT_EQ(error.kind, ErrorKind::kAuthentication) << error.message;
  EXPECT_THAT(error.message, HasSubstr("Authentication failed"));
  EXPECT_THAT(error.message, HasSubstr("wrong"));
  EXPECT_THAT(error.message, Not(HasSubstr("letmein")));
}

TEST_P(EveryCarrier, TellsThatAPasswordIsAskedForWhereNoneWasGiven) {
  ScriptedServer server(GetParam(), up_to(Step::kResult));
  auto options = server.options();
  options.password.clear();
  const auto error = failure(server, options);
  EXPECT_EQ(error.kind, ErrorKind::kAuthentication) << error.message;
  EXPECT_THAT(error.message, HasSubstr("Authentication failed"));
}

struct Nonsense {
  Step step;
  Bytes said;
  ErrorKind kind;
};

TEST_P(EveryCarrier, TellsWhatIsNoVnc) {
  const Bytes http{'H', 'T', 'T', 'P', '/', '1', '.', '1', ' ', '4', '0', '0', '\r', '\n'};
  const Bytes no_known_type{1, 99};
  const Bytes refused{0, 0, 0, 0, 3, 'b', 'u', 's'};
  const Bytes endless{0, 0xff, 0xff, 0xff, 0xff, 'b', 'u', 's'};
  Bytes locked{0, 0, 0, 0, 26};
  std::ranges::copy(std::string_view("Too many security failures"), std::back_inserter(locked));
  auto no_size = kServerInitBytes;
  no_size[1] = 0;
  auto unknown_encoding = update(4, 2, 1);
  unknown_encoding[15] = 99;
  auto outside = update(4, 2, 1);
  outside[5] = 3;
  const Nonsense all[] = {
      {Step::kVersion, http, ErrorKind::kProtocol},
      {Step::kSecurity, no_known_type, ErrorKind::kProtocol},
      {Step::kSecurity, refused, ErrorKind::kConnection},
      {Step::kSecurity, endless, ErrorKind::kProtocol},
      {Step::kSecurity, locked, ErrorKind::kAuthentication},
      {Step::kServerInit, no_size, ErrorKind::kProtocol},
      {Step::kPicture, unknown_encoding, ErrorKind::kProtocol},
      {Step::kPicture, outside, ErrorKind::kProtocol},
      {Step::kPicture, Bytes{77}, ErrorKind::kProtocol},
  };
  for (const auto& [step, said, kind] : all) {
    ScriptedServer server(GetParam(), up_to(step, saying(said)));
    const auto error = failure(server);
    EXPECT_EQ(error.kind, kind) << static_cast<int>(step) << error.message;
  }
}

TEST(RemoteScreen, SaysThatNobodyListensOrHasTheName) {
  ScriptedServer server(Carrier::kTcp, nullptr);
  auto options = server.options();
  options.target = "nobody.invalid";
  EXPECT_EQ(failure(server, options).kind, ErrorKind::kConnection);
  options.target = "ws://127.0.0.1:1";
  EXPECT_EQ(failure(server, options).kind, ErrorKind::kConnection);
  options.target = "unix:" + server.folder.path("none");
  EXPECT_EQ(failure(server, options).kind, ErrorKind::kConnection);
  options.target = "a b c";
  EXPECT_EQ(failure(server, options).kind, ErrorKind::kInput);
}

TEST(RemoteScreen, TellsWhatAWebServerAnswersInPlaceOfASocket) {
  ScriptedServer server(Carrier::kWebSocket, nullptr);
  auto options = server.options();
  options.target += "/deep?vncticket=hidden";
  for (const auto& [status, kind] :
       {std::pair(401, ErrorKind::kAuthentication), std::pair(403, ErrorKind::kAuthentication),
        std::pair(404, ErrorKind::kConnection), std::pair(502, ErrorKind::kConnection),
        std::pair(200, ErrorKind::kProtocol)}) {
    server.refusal_status = status;
    const auto error = failure(server, options);
    EXPECT_EQ(error.kind, kind) << status << error.message;
    EXPECT_THAT(error.message, HasSubstr(std::to_string(status)));
    if (kind == ErrorKind::kAuthentication) {
      EXPECT_THAT(error.message, HasSubstr("Authentication failed"));
    }
    EXPECT_THAT(error.message, Not(HasSubstr("hidden")));
  }
}

TEST(RemoteScreen, SendsHeadersAndCookies) {
  ScriptedServer server(Carrier::kWebSocket, up_to(Step::kAll));
  auto options = server.options();
  options.headers = {{"X-Team", "blue"}};
  options.cookies = {{"a", "1"}, {"b", "2"}};
  RemoteScreen screen(server.loop.get_executor(), options);
  ASSERT_TRUE(server.run(screen.connect()));
  EXPECT_EQ(*server.request.find("X-Team"), "blue");
  EXPECT_EQ(*server.request.find("Cookie"), "a=1; b=2");
  EXPECT_EQ(*server.request.find("Sec-WebSocket-Protocol"), "binary");
}

// A web server that answers the handshake as the test wants it.
agent::AgentError answer_to_upgrade(std::string_view answer) {
  const Script script = [answer](net::Stream& stream) -> awaitable<void> {
    (void)co_await hear(stream, 100);
    const auto bytes = as_bytes(answer);
    co_await say(stream, Bytes(bytes.begin(), bytes.end()));
  };
  ScriptedServer server(Carrier::kTcp, script);
  auto options = server.options();
  options.target.replace(0, 3, "ws");
  return failure(server, options);
}

TEST(RemoteScreen, TellsAMalformedUpgrade) {
  EXPECT_EQ(answer_to_upgrade("RFB 003.008\n\r\n\r\n").kind, ErrorKind::kProtocol);
  EXPECT_EQ(answer_to_upgrade("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                              "Connection: Upgrade\r\nSec-WebSocket-Accept: wrong\r\n\r\n")
                .kind,
            ErrorKind::kProtocol);
}

// RFC 6455, 4.2.2: what the key of a handshake is answered with.
std::string accept_of(const std::string& key) {
  const auto text = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  unsigned char hash[SHA_DIGEST_LENGTH];
  SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), hash);
  char base64[64];
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(base64), hash, sizeof hash);
  return std::string(base64, static_cast<std::size_t>(size));
}

// Opens a WebSocket, and says that it will speak `chosen`.
Script choosing(const std::string& chosen) {
  return [chosen](net::Stream& stream) -> awaitable<void> {
    std::string request;
    while (!request.contains("\r\n\r\n")) {
      Bytes bytes(1000);
      const auto count = co_await stream.read_some(bytes);
      if (!count) co_return;
      request += as_text(ByteSpan(bytes).first(*count));
    }
    const std::string name = "Sec-WebSocket-Key: ";
    const auto at = request.find(name) + name.size();
    const auto answer =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: " +
        accept_of(request.substr(at, request.find('\r', at) - at)) +
        "\r\nSec-WebSocket-Protocol: " + chosen + "\r\n\r\n";
    Bytes bytes(answer.begin(), answer.end());
    co_await say(stream, bytes);
    (void)co_await hear(stream, 1);
  };
}

TEST(RemoteScreen, TellsASubprotocolThatWasNotOffered) {
  for (const auto& [carrier, scheme] :
       {std::pair(Carrier::kTcp, "ws"), std::pair(Carrier::kTls, "wss")}) {
    ScriptedServer server(carrier, choosing("chat"));
    auto options = server.options();
    options.target = scheme + options.target.substr(options.target.find(':'));
    const auto error = failure(server, options);
    EXPECT_EQ(error.kind, ErrorKind::kProtocol) << error.message;
    EXPECT_THAT(error.message, HasSubstr("WebSocket subprotocol negotiation failed"));
    EXPECT_THAT(error.message, HasSubstr("\"chat\""));
  }
}

TEST(RemoteScreen, WorksOnlyWithATrustedCertificateForTheHost) {
  const auto now = std::chrono::system_clock::now();
  const auto self_signed = *net::make_self_signed({"localhost"}, now);
  const auto expired = *net::make_self_signed({"localhost"}, now - std::chrono::days(800));
  const auto other_host = *net::make_self_signed({"other.example"}, now);
  struct Case {
    net::PemPair pair;
    std::string trusted;  // PEM
    bool is_right;
  };
  const testing::CertificateAuthority stranger("Stranger");
  const Case cases[] = {{self_signed, "", false},
                        {self_signed, stranger.pem(), false},
                        {expired, expired.certificate, false},
                        {other_host, other_host.certificate, false},
                        {self_signed, self_signed.certificate, true}};
  for (const auto carrier : {Carrier::kTls, Carrier::kSecureWebSocket}) {
    for (const auto& [pair, trusted, is_right] : cases) {
      ScriptedServer server(carrier, up_to(Step::kAll), pair);
      auto options = server.options();
      options.tls.ca_pem = trusted;
      RemoteScreen screen(server.loop.get_executor(), options);
      const auto status = server.run(screen.connect());
      EXPECT_EQ(status.has_value(), is_right);
      if (status || is_right) continue;
      EXPECT_EQ(status.error().kind, ErrorKind::kConnection) << status.error().message;
      EXPECT_THAT(status.error().message, HasSubstr("SSL certificate verification failed"));
    }
    ScriptedServer server(carrier, up_to(Step::kAll), other_host);
    auto options = server.options();
    options.tls.ca_pem.clear();
    options.tls.verify = false;
    RemoteScreen screen(server.loop.get_executor(), options);
    EXPECT_TRUE(server.run(screen.connect()));
    options.tls.verify = true;
    options.tls.ca_pem = "garbage";
    EXPECT_EQ(failure(server, options).kind, ErrorKind::kInput);
  }
}

TEST(RemoteScreen, WaitsForMoreWhileAllIsOfOneColour) {
  const Script script = [](net::Stream& stream) -> awaitable<void> {
    co_await say(stream, update(4, 2, 0));
    (void)co_await hear(stream, 10);
    co_await say(stream, update(4, 2, 3));
  };
  ScriptedServer server(Carrier::kTcp, up_to(Step::kPicture, script));
  RemoteScreen screen(server.loop.get_executor(), server.options());
  ASSERT_TRUE(server.run(screen.connect()));
  EXPECT_FALSE(screen.info().was_uniform);
  EXPECT_EQ(screen.screen().view().row(0)[0], 3);

  ScriptedServer dull(Carrier::kTcp, up_to(Step::kPicture, saying(update(4, 2, 0))));
  RemoteScreen dull_screen(dull.loop.get_executor(), dull.options());
  const auto begin = Clock::now();
  ASSERT_TRUE(dull.run(dull_screen.connect()));
  EXPECT_TRUE(dull_screen.info().was_uniform);
  EXPECT_GE(Clock::now() - begin, 450ms);
}

TEST(RemoteScreen, IsNotReadyBeforeThePictureIsWhole) {
  const Script script = [](net::Stream& stream) -> awaitable<void> {
    co_await say(stream, update(4, 1, 1));
  };
  ScriptedServer server(Carrier::kTcp, up_to(Step::kPicture, script));
  auto options = server.options();
  options.timeout = 200ms;
  const auto error = failure(server, options);
  EXPECT_EQ(error.kind, ErrorKind::kTimeout);
  EXPECT_THAT(error.message, HasSubstr("the first picture"));
}

struct Told : agent::AgentTargetListener {
  void screen_changed(const agent::ScreenChange& change) override {
    rects.insert(rects.end(), change.rects.begin(), change.rects.end());
  }
  void target_lost(const agent::AgentError& error) override { losses.push_back(error); }
  void target_found() override { ++founds; }
  void bell_rang() override { ++bells; }

  std::vector<image::Rect> rects;
  std::vector<agent::AgentError> losses;
  int founds = 0;
  int bells = 0;
};

ConnectionOptions persistent(ConnectionOptions options) {
  options.reconnect = net::ReconnectPace{10ms, 20ms};
  return options;
}

// Connects, and waits until it has been lost and found twice.
bool is_found_twice(ScriptedServer& server, RemoteScreen& screen, Told& told) {
  screen.add_listener(told);
  return server.run(screen.connect()) && server.run_until([&] { return told.founds == 2; });
}

TEST(RemoteScreen, TellsWhatReallyChanged) {
  const Script script = [](net::Stream& stream) -> awaitable<void> {
    (void)co_await hear(stream, 10);
    co_await say(stream, update(4, 2, 9));
    co_await say(stream, update(4, 2, 5));
    const Bytes bell{2};
    co_await say(stream, bell);
  };
  ScriptedServer server(Carrier::kTcp, up_to(Step::kAll, script));
  RemoteScreen screen(server.loop.get_executor(), server.options());
  Told told;
  screen.add_listener(told);
  ASSERT_TRUE(server.run(screen.connect()));
  EXPECT_TRUE(server.run_until([&] { return told.bells == 1; }));
  EXPECT_EQ(told.rects, (std::vector<image::Rect>{{0, 0, 1, 1}, {0, 0, 1, 1}}));
}

TEST(RemoteScreen, TellsAFirstPictureThatComesInPartsAsOneChange) {
  const Script script = [](net::Stream& stream) -> awaitable<void> {
    auto said = update(4, 1, 9);
    said[3] = 2;
    co_await say(stream, said);
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, 30ms);
    co_await timer.async_wait(boost::asio::use_awaitable);
    auto rest = update(4, 1, 7);
    rest[7] = 1;  // y
    co_await say(stream, Bytes(rest.begin() + 4, rest.end()));
  };
  ScriptedServer server(Carrier::kTcp, up_to(Step::kPicture, script));
  RemoteScreen screen(server.loop.get_executor(), server.options());
  Told told;
  screen.add_listener(told);
  ASSERT_TRUE(server.run(screen.connect()));
  EXPECT_EQ(told.rects, (std::vector<image::Rect>{{0, 0, 4, 2}}));
  EXPECT_EQ(screen.screen().view().row(0)[0], 9);
  EXPECT_EQ(screen.screen().view().row(1)[0], 7);
}

// Also where that is the size which the screen had before the server was lost.
TEST(RemoteScreen, HasTheSizeThatComesBeforeTheFirstPicture) {
  auto losses = std::make_shared<int>(2);
  const Script script = [losses](net::Stream& stream) -> awaitable<void> {
    Bytes size{0, 0, 0, 1, 0, 0, 0, 0, 0, 6, 0, 3, 0xff, 0xff, 0xff, 0x21};
    co_await say(stream, size);
    (void)co_await hear(stream, 10);
    co_await say(stream, update(6, 3, 9));
    (void)co_await hear(stream, 10);
    if (--*losses >= 0) stream.close();
  };
  ScriptedServer server(Carrier::kTcp, up_to(Step::kPicture, script));
  RemoteScreen screen(server.loop.get_executor(), persistent(server.options()));
  Told told;
  ASSERT_TRUE(is_found_twice(server, screen, told));
  EXPECT_EQ(screen.screen().size(), (image::Size{6, 3}));
  EXPECT_EQ(screen.screen().view().row(0)[0], 9);
}

TEST(RemoteScreen, AnswersForTheSignsOfLifeItGets) {
  // One that answers the probe with an older update of the whole screen in front.
  const Script script = [](net::Stream& stream) -> awaitable<void> {
    (void)co_await hear(stream, 10);  // the incremental request
    (void)co_await hear(stream, 10);  // the probe
    co_await say(stream, update(4, 2, 5));
    (void)co_await hear(stream, 20);  // the next request, and the second probe
    co_await say(stream, update(1, 1, 6));
  };
  ScriptedServer server(Carrier::kTcp, up_to(Step::kAll, script));
  RemoteScreen screen(server.loop.get_executor(), server.options());
  ASSERT_TRUE(server.run(screen.connect()));
  EXPECT_TRUE(server.run(screen.catch_up(Clock::now() + 5s)));
  EXPECT_EQ(screen.screen().view().row(0)[0], 6);
  const auto silence = server.run(screen.catch_up(Clock::now() + 100ms));
  EXPECT_EQ(silence.error().kind, ErrorKind::kTimeout);
}

TEST(RemoteScreen, UsesFencesWhereTheServerHasThem) {
  // Announces fences, and answers the client's.
  const Script script = [](net::Stream& stream) -> awaitable<void> {
    const Bytes announcement{248, 0, 0, 0, 0x80, 0, 0, 0, 0};
    co_await say(stream, announcement);
    co_await say(stream, update(4, 2, 9));
    (void)co_await hear(stream, 9 + 10);  // its answer, and the incremental request
    (void)co_await hear(stream, 9 + 8);
    const Bytes answer{248, 0, 0, 0, 0, 0, 0, 1, 8, 0, 0, 0, 0, 0, 0, 0, 1};
    co_await say(stream, answer);
  };
  ScriptedServer server(Carrier::kTcp, up_to(Step::kPicture, script));
  RemoteScreen screen(server.loop.get_executor(), server.options());
  ASSERT_TRUE(server.run(screen.connect()));
  EXPECT_TRUE(screen.info().has_fence);
  EXPECT_TRUE(server.run(screen.catch_up(Clock::now() + 5s)));
}

TEST(RemoteScreen, TellsALossAndEndsWhoWaits) {
  const Script script = [](net::Stream& stream) -> awaitable<void> {
    (void)co_await hear(stream, 20);
    stream.close();
  };
  ScriptedServer server(Carrier::kTcp, up_to(Step::kAll, script));
  RemoteScreen screen(server.loop.get_executor(), server.options());
  Told told;
  screen.add_listener(told);
  ASSERT_TRUE(server.run(screen.connect()));
  const auto status = server.run(screen.catch_up(Clock::now() + 5s));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().kind, ErrorKind::kConnection);
  EXPECT_EQ(told.losses.size(), 1u);
  EXPECT_EQ(screen.check().error().kind, ErrorKind::kConnection);
  EXPECT_EQ(screen.state(), RemoteState::kLost);
  EXPECT_EQ(screen.screen().size(), (image::Size{4, 2})) << "the last picture stays";
  EXPECT_TRUE(server.run(screen.connect())) << "it may be connected again";
}

TEST(RemoteScreen, ConnectsAgainByItself) {
  auto losses = std::make_shared<int>(2);
  const Script script = [losses](net::Stream& stream) -> awaitable<void> {
    (void)co_await hear(stream, 10);
    if (--*losses >= 0) stream.close();
  };
  ScriptedServer server(Carrier::kTcp, up_to(Step::kAll, script));
  RemoteScreen screen(server.loop.get_executor(), persistent(server.options()));
  Told told;
  ASSERT_TRUE(is_found_twice(server, screen, told));
  EXPECT_EQ(told.losses.size(), 2u);
  EXPECT_TRUE(screen.check());
  server.run(screen.disconnect());
  EXPECT_EQ(screen.state(), RemoteState::kIdle);
}

TEST(RemoteScreen, GivesUpWhenItsPasswordIsNotTakenAnyMore) {
  auto is_first = std::make_shared<bool>(true);
  const auto good = up_to(Step::kAll, closing());
  const auto bad = up_to(Step::kResult, saying(kWrongPasswordBytes));
  const Script script = [=](net::Stream& stream) -> awaitable<void> {
    if (std::exchange(*is_first, false))
      co_await good(stream);
    else
      co_await bad(stream);
  };
  ScriptedServer server(Carrier::kTcp, script);
  auto options = server.options();
  options.reconnect = net::ReconnectPace{10ms, 20ms};
  RemoteScreen screen(server.loop.get_executor(), options);
  Told told;
  screen.add_listener(told);
  (void)server.run(screen.connect());
  EXPECT_TRUE(server.run_until([&] { return screen.state() == RemoteState::kLost; }));
  EXPECT_EQ(screen.check().error().kind, ErrorKind::kAuthentication);
  EXPECT_EQ(server.connections, 2);
}

TEST(RemoteScreen, LogsEachMessageAndNoSecret) {
  ScriptedServer server(Carrier::kWebSocket, up_to(Step::kAll));
  auto options = server.options();
  options.target += "/?token=hidden";
  options.password = "hidden";
  std::string log;
  options.log = [&log](std::string_view line) { log += std::string(line) + "\n"; };
  RemoteScreen screen(server.loop.get_executor(), options);
  ASSERT_TRUE(server.run(screen.connect()));
  screen.input().key('h', true);
  screen.input().key(0xff0d, true);
  screen.input().flush();
  for (const char* line :
       {"connecting to ws://localhost", "< ProtocolVersion \"RFB 003.008\"",
        "> ProtocolVersion \"RFB 003.008\"", "< security types vnc (2)", "> security type vnc (2)",
        "> security vnc, the answer (not shown)", "< SecurityResult ok", "> ClientInit shared",
        "\"box\"", "< ServerInit 4x2", "> SetPixelFormat", "> SetEncodings",
        "< FramebufferUpdate 1 rectangles, 8 pixels", "> KeyEvent down (a character)",
        "> KeyEvent down keysym 0xff0d"})
    EXPECT_THAT(log, HasSubstr(line));
  EXPECT_THAT(log, Not(HasSubstr("hidden")));
}

// What is on the clipboard, which is known at once.
std::string clipboard_text(RemoteScreen& screen) {
  std::string text = "(no answer)";
  screen.clipboard()->request(desktop::ClipboardFormat::kText, [&text](Result<Bytes> bytes) {
    text = bytes ? std::string(as_text(*bytes)) : "(" + bytes.error().message + ")";
  });
  return text;
}

TEST(RemoteScreen, HasOnTheClipboardWhatWasPutThereLast) {
  const Script script = [](net::Stream& stream) -> awaitable<void> {
    // Behind the request for more: our own text, 8 bytes and "ours". Then the server's.
    (void)co_await hear(stream, 10 + 8 + 4);
    const Bytes theirs{3, 0, 0, 0, 0, 0, 0, 6, 't', 'h', 'e', 'i', 'r', 's'};
    co_await say(stream, theirs);
  };
  ScriptedServer server(Carrier::kTcp, up_to(Step::kAll, script));
  RemoteScreen screen(server.loop.get_executor(), server.options());
  ASSERT_TRUE(server.run(screen.connect()));
  screen.clipboard()->offer({desktop::ClipboardFormat::kText},
                            [](desktop::ClipboardFormat, desktop::ClipboardDone done) {
                              done(Bytes{'o', 'u', 'r', 's'});
                            });
  EXPECT_EQ(clipboard_text(screen), "ours");
  EXPECT_TRUE(server.run_until([&] { return clipboard_text(screen) == "theirs"; }));
}

TEST(RemoteScreen, WaitsForWhatTheServerSaysOfItsClipboard) {
  const Script script = [](net::Stream& stream) -> awaitable<void> {
    (void)co_await hear(stream, 10 + 8);  // the request for more, and a key
    const Bytes theirs{3, 0, 0, 0, 0, 0, 0, 6, 't', 'h', 'e', 'i', 'r', 's'};
    co_await say(stream, theirs);
  };
  ScriptedServer server(Carrier::kTcp, up_to(Step::kAll, script));
  RemoteScreen screen(server.loop.get_executor(), server.options());
  ASSERT_TRUE(server.run(screen.connect()));
  std::string text;
  const auto ask = [&] {
    text.clear();
    screen.clipboard()->request(desktop::ClipboardFormat::kText, [&text](Result<Bytes> bytes) {
      text = bytes ? std::string(as_text(*bytes)) : bytes.error().message;
    });
  };
  ask();
  EXPECT_EQ(text, "") << "it has said nothing yet";
  EXPECT_TRUE(server.run_until([&] { return !text.empty(); }));
  EXPECT_THAT(text, HasSubstr("the server has announced nothing on its clipboard"));
  ask();
  screen.input().key('a', true);
  screen.input().flush();
  EXPECT_TRUE(server.run_until([&] { return !text.empty(); }));
  EXPECT_EQ(text, "theirs");
}

TEST_P(EveryCarrier, ReadsWhomToTrustAlsoWithoutTls) {
  ScriptedServer server(GetParam(), up_to(Step::kChallenge));
  auto options = server.options();
  options.tls.ca_pem.clear();
  options.tls.ca_file = "/nonexistent/ca.pem";
  const auto error = failure(server, options);
  EXPECT_EQ(error.kind, ErrorKind::kInput);
  EXPECT_THAT(error.message, HasSubstr("/nonexistent/ca.pem"));
}

TEST_P(EveryCarrier, HasTheEncryptionThatIsRequiredOrSaysSo) {
  const bool is_tls = GetParam() == Carrier::kTls || GetParam() == Carrier::kSecureWebSocket;
  ScriptedServer server(GetParam(), up_to(is_tls ? Step::kAll : Step::kChallenge));
  auto options = server.options();
  options.requires_encryption = true;
  if (is_tls) {
    RemoteScreen screen(server.loop.get_executor(), options);
    const auto status = server.run(screen.connect());
    EXPECT_TRUE(status) << status.error().message;
    return;
  }
  const auto error = failure(server, options);
  EXPECT_EQ(error.kind, ErrorKind::kInput);
  EXPECT_THAT(error.message, AllOf(HasSubstr("encryption is required"), HasSubstr("vncs://")));
}

TEST_P(EveryCarrier, TellsAnUnknownVersionAtOnce) {
  const Bytes nine{'R', 'F', 'B', ' ', '0', '0', '9', '.', '0', '0', '9', '\n'};
  const Script script = [nine](net::Stream& stream) -> awaitable<void> {
    co_await say(stream, nine);
    (void)co_await hear(stream, 100);
  };
  ScriptedServer server(GetParam(), script);
  const auto error = failure(server);
  EXPECT_EQ(error.kind, ErrorKind::kProtocol);
  EXPECT_THAT(error.message, HasSubstr("RFB 009.009"));
}

TEST(RemoteScreen, TellsAWebSocketThatIsClosedAtOnceAsTcpDoes) {
  // It speaks no HTTP at all: it closes.
  ScriptedServer server(Carrier::kTcp, closing());
  auto options = server.options();
  options.target = "ws" + options.target.substr(3);
  const auto error = failure(server, options);
  EXPECT_EQ(error.kind, ErrorKind::kConnection);
  EXPECT_THAT(error.message, HasSubstr("the peer closed the connection"));
}

TEST(RemoteScreen, RefusesInputWhereItOnlyLooksOn) {
  ScriptedServer server(Carrier::kTcp, up_to(Step::kAll));
  auto options = server.options();
  options.is_view_only = true;
  RemoteScreen screen(server.loop.get_executor(), options);
  ASSERT_TRUE(server.run(screen.connect()));
  EXPECT_TRUE(screen.check());
  ASSERT_FALSE(screen.check_input());
  EXPECT_EQ(screen.check_input().error().kind, ErrorKind::kState);
  EXPECT_EQ(screen.pointer(), std::nullopt);
}

// What a server hears of the input, up to `count` bytes.
TEST(RemoteScreen, LetsGoOfWhatIsHeldWhenItEnds) {
  auto heard = std::make_shared<Bytes>();
  const Script script = [heard](net::Stream& stream) -> awaitable<void> {
    for (;;) {
      Bytes bytes(100);
      const auto count = co_await stream.read_some(bytes);
      if (!count) co_return;
      heard->insert(heard->end(), bytes.begin(), bytes.begin() + static_cast<long>(*count));
    }
  };
  ScriptedServer server(Carrier::kTcp, up_to(Step::kAll, script));
  RemoteScreen screen(server.loop.get_executor(), server.options());
  ASSERT_TRUE(server.run(screen.connect()));
  screen.input().key('a', true);
  screen.input().pointer({1, 1}, 1);
  screen.input().flush();
  server.run(screen.disconnect());
  const Bytes input{4, 1, 0, 0, 0, 0, 0, 'a', 5, 1, 0, 1, 0, 1,
                    4, 0, 0, 0, 0, 0, 0, 'a', 5, 0, 0, 1, 0, 1};
  ASSERT_TRUE(server.run_until([&] { return heard->size() >= 10 + input.size(); }));
  EXPECT_EQ(Bytes(heard->end() - static_cast<long>(input.size()), heard->end()), input);
}

TEST(RemoteScreen, IsDisconnectedWhileItConnects) {
  ScriptedServer server(Carrier::kTcp, up_to(Step::kSecurity));
  RemoteScreen screen(server.loop.get_executor(), server.options());
  std::optional<AgentStatus> status;
  boost::asio::co_spawn(
      server.loop, [&]() -> awaitable<void> { status = co_await screen.connect(); },
      boost::asio::detached);
  EXPECT_TRUE(server.run_until([&] { return server.connections == 1; }));
  server.run(screen.disconnect());
  EXPECT_TRUE(server.run_until([&] { return status.has_value(); }));
  EXPECT_EQ(status->error().kind, ErrorKind::kConnection);
  EXPECT_EQ(screen.state(), RemoteState::kIdle);
}

TEST(RemoteScreen, TellsALossRightBehindTheFirstPicture) {
  auto both = update(4, 2, 9);
  both.push_back(77);  // no message
  ScriptedServer server(Carrier::kTcp, up_to(Step::kPicture, saying(both)));
  RemoteScreen screen(server.loop.get_executor(), server.options());
  Told told;
  screen.add_listener(told);
  (void)server.run(screen.connect());
  EXPECT_TRUE(server.run_until([&] { return told.losses.size() == 1; }));
  EXPECT_EQ(screen.check().error().kind, ErrorKind::kProtocol);
}

TEST(RemoteScreen, MayEndWhileItConnects) {
  ScriptedServer server(Carrier::kTcp, up_to(Step::kSecurity));
  auto screen = std::make_unique<RemoteScreen>(server.loop.get_executor(), server.options());
  std::optional<AgentStatus> status;
  boost::asio::co_spawn(
      server.loop, [&]() -> awaitable<void> { status = co_await screen->connect(); },
      boost::asio::detached);
  EXPECT_TRUE(server.run_until([&] { return server.connections == 1; }));
  screen.reset();
  EXPECT_TRUE(server.run_until([&] { return status.has_value(); }));
  EXPECT_EQ(status->error().kind, ErrorKind::kState);
}

}  // namespace
}  // namespace oriel::client
