// The client against servers of others, and against what is no server at all: scripts that say
// what a test wants, byte by byte.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "oriel/app/conduit/client.h"
#include "oriel/core/conduit/frame.h"
#include "oriel/core/conduit/login.h"
#include "oriel/testing/wait_until.h"

namespace oriel::conduit {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::wait_until;

struct Frame {
  FrameHeader header;
  Value payload;
};

// One connection of a script; blocking. Everything fails once the server ends.
class Peer {
 public:
  explicit Peer(int socket) : socket_(socket) {}

  bool write(ByteSpan bytes) {
    return ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(bytes.size());
  }
  bool write(std::string_view text) { return write(as_bytes(text)); }
  bool say(FrameType type, const Value& payload = {}, std::uint64_t correlation = 0) {
    return write(make_frame(type, payload, {.correlation = correlation}));
  }
  std::optional<Frame> read() {
    Bytes bytes(kHeaderBytes);
    if (!fill(bytes)) return std::nullopt;
    const auto header = parse_frame_header(bytes, kWirePayloadBytesMax);
    if (!header) return std::nullopt;
    Bytes payload(header->payload_bytes);
    if (!fill(payload)) return std::nullopt;
    auto value = read_payload(*header, payload, kWirePayloadBytesMax);
    if (!value) return std::nullopt;
    return Frame{*header, std::move(*value)};
  }
  // Until the client is gone.
  void linger() {
    while (read()) {
    }
  }

 private:
  bool fill(std::span<std::uint8_t> into) {
    while (!into.empty()) {
      const auto count = ::recv(socket_, into.data(), into.size(), 0);
      if (count <= 0) return false;
      into = into.subspan(static_cast<std::size_t>(count));
    }
    return true;
  }

  int socket_;
};

// Runs a script for each connection, one at a time, in a thread of its own.
class ScriptedServer {
 public:
  // number: of the connection, from 1. The connection is closed when it returns.
  using Script = std::function<void(Peer& peer, int number)>;

  explicit ScriptedServer(Script script, in_addr host = {htonl(INADDR_LOOPBACK)})
      : script_(std::move(script)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr = host;
    socklen_t length = sizeof address;
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), length), 0);
    EXPECT_EQ(::listen(listener_, 16), 0);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~ScriptedServer() {
    {
      std::lock_guard lock(mutex_);
      is_ending_ = true;
      ::shutdown(listener_, SHUT_RDWR);
      if (socket_ >= 0) ::shutdown(socket_, SHUT_RDWR);
    }
    thread_.join();
    ::close(listener_);
  }

  std::uint16_t port() const { return port_; }
  int connections() const { return connections_; }

 private:
  void serve() {
    for (;;) {
      const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      {
        std::lock_guard lock(mutex_);
        if (socket < 0 || is_ending_) {
          if (socket >= 0) ::close(socket);
          return;
        }
        socket_ = socket;
      }
      Peer peer(socket);
      script_(peer, ++connections_);
      std::lock_guard lock(mutex_);
      socket_ = -1;
      ::close(socket);
    }
  }

  Script script_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> connections_ = 0;
  std::mutex mutex_;  // guards the next ones
  int socket_ = -1;
  bool is_ending_ = false;
  std::thread thread_;
};

// What a real netconduit server does with the first frame: it knows the bare hash alone.
bool let_in_by_hash(Peer& peer) {
  const auto request = peer.read();
  if (!request || request->header.type != FrameType::kAuthRequest) return false;
  const auto* hash = request->payload.find("password_hash");
  if (hash == nullptr || *hash != Value(password_hash("secret"))) {
    peer.say(FrameType::kAuthFailure, Map{{"reason", "Invalid password"}});
    return false;
  }
  return peer.say(FrameType::kAuthSuccess,
                  Map{{"session_token", std::string(128, 'a')},
                      {"server_info", Map{{"name", "real"}, {"version", "1.0.0"}}}});
}

ClientOptions to(const ScriptedServer& server) {
  return {.server_host = "127.0.0.1",
          .server_port = server.port(),
          .password = "secret",
          .connect_timeout = 5s,
          .reconnect_attempts = 0,
          .reconnect_delay = 2ms,
          .reconnect_delay_max = 10ms,
          .stop_timeout = 200ms};
}

ClientOptions by_hash(const ScriptedServer& server) {
  auto options = to(server);
  options.login = Login::kPasswordHash;
  return options;
}

// ---- the log-in of the real programs

TEST(ClientAndRealServers, LogInByTheBareHashAfterScramAndRememberIt) {
  ScriptedServer server([&](Peer& peer, int number) {
    if (!let_in_by_hash(peer)) return;
    if (number == 2) return;  // lost at once; the third stays
    peer.linger();
  });
  Client client(to(server));
  const auto connected = client.connect();
  ASSERT_TRUE(connected) << connected.error().message;
  EXPECT_TRUE(wait_until([&] { return server.connections() >= 3 && client.is_connected(); }));
  EXPECT_EQ(server.connections(), 3);  // SCRAM was not tried again
  EXPECT_EQ(client.server_info().name, "real");
  EXPECT_FALSE(client.server_info().is_oriel);
}

TEST(ClientAndRealServers, DoNotShowTheHashWhenOnlyScramIsWanted) {
  ScriptedServer server([&](Peer& peer, int) { let_in_by_hash(peer); });
  auto options = to(server);
  options.login = Login::kScram;
  Client client(options);
  const auto status = client.connect();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().kind, ClientErrorKind::kAuthentication);
  EXPECT_THAT(status.error().message,
              AllOf(HasSubstr("Invalid password"), HasSubstr("login = kScram")));
  EXPECT_EQ(server.connections(), 1);
}

TEST(ClientAndRealServers, RefuseAWrongPasswordOnceForEachWay) {
  ScriptedServer server([&](Peer& peer, int) { let_in_by_hash(peer); });
  auto options = to(server);
  options.password = "guess";
  Client client(options);
  EXPECT_EQ(client.connect().error().kind, ClientErrorKind::kAuthentication);
  EXPECT_EQ(server.connections(), 2);
}

// Captured: real servers answer calls with envelopes, and know no NACK and no time-outs.
TEST(ClientAndRealServers, UnderstandEachOther) {
  std::atomic<bool> said_timeout = false;
  ScriptedServer server([&](Peer& peer, int) {
    if (!let_in_by_hash(peer)) return;
    while (auto frame = peer.read()) {
      if (frame->header.type != FrameType::kRpcRequest) continue;
      if (frame->payload.find("timeout_ms") != nullptr) said_timeout = true;
      const bool is_add = *frame->payload.find("method") == Value("add");
      const Map envelope =
          is_add ? Map{{"success", true}, {"data", 30}}
                 : Map{{"success", false}, {"error", "RPC method not found: x"}, {"code", 4000}};
      peer.say(FrameType::kRpcResponse, Map{{"success", true}, {"result", envelope}},
               frame->header.correlation);
    }
  });
  Client client(by_hash(server));
  ASSERT_TRUE(client.connect());
  EXPECT_EQ(client.call<int>("add", {{"a", 10}, {"b", 20}}), 30);
  EXPECT_EQ(client.call("x").error().code, CallCode::kMethodNotFound);
  EXPECT_FALSE(said_timeout);
}

// An IPv4 address of this machine that others can reach too.
std::optional<in_addr> address_for_others() {
  std::optional<in_addr> found;
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) return found;
  for (const auto* at = list; at != nullptr && !found; at = at->ifa_next) {
    if (at->ifa_addr == nullptr || at->ifa_addr->sa_family != AF_INET) continue;
    const auto address = reinterpret_cast<const sockaddr_in*>(at->ifa_addr)->sin_addr;
    if ((ntohl(address.s_addr) >> 24) != 127) found = address;
  }
  ::freeifaddrs(list);
  return found;
}

TEST(ClientAndRealServers, DoNotShowTheHashWhereOthersMayHearIt) {
  const auto address = address_for_others();
  if (!address) GTEST_SKIP() << "this machine has no address but loopback";
  ScriptedServer server(
      [&](Peer& peer, int) {
        if (let_in_by_hash(peer)) peer.linger();
      },
      *address);
  std::array<char, INET_ADDRSTRLEN> text{};
  ::inet_ntop(AF_INET, &*address, text.data(), text.size());
  auto options = to(server);
  options.server_host = text.data();
  {
    Client client(options);
    const auto status = client.connect();
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().kind, ClientErrorKind::kAuthentication);
    EXPECT_THAT(status.error().message,
                AllOf(HasSubstr("Invalid password"), HasSubstr("others may hear it"),
                      HasSubstr("connect by tls://, or set allow_bare_hash")));
    EXPECT_EQ(server.connections(), 1);
  }
  options.login = Login::kPasswordHash;
  EXPECT_EQ(Client(options).connect().error().kind, ClientErrorKind::kAuthentication);
  options.allow_bare_hash = true;
  EXPECT_TRUE(Client(options).connect());
}

// ---- servers that stall, at each step

struct StallCase {
  const char* name;
  ScriptedServer::Script script;
  ClientErrorKind kind = ClientErrorKind::kTimeout;
};
class StallingServers : public ::testing::TestWithParam<StallCase> {};

TEST_P(StallingServers, AreGivenUpInTime) {
  ScriptedServer server(GetParam().script);
  auto options = to(server);
  options.connect_timeout = 60ms;
  Client client(options);
  const auto status = client.connect();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().kind, GetParam().kind) << status.error().message;
}

void silence(Peer& peer, int) { peer.linger(); }
void half_a_header(Peer& peer, int) {
  peer.write("CNDT\x01");
  peer.linger();
}
void half_a_payload(Peer& peer, int) {
  auto frame = make_frame(FrameType::kAuthSuccess, Map{{"session_token", "x"}}, {});
  peer.write(ByteSpan(frame).first(frame.size() - 1));
  peer.linger();
}
void challenge_alone(Peer& peer, int) {
  const auto request = peer.read();
  if (!request) return;
  const auto first = *request->payload.find("message")->if_text();
  const auto nonce = first.substr(first.find(",r=") + 3);
  peer.say(FrameType::kAuthRequest, Map{{"mechanism", kScramMechanism},
                                        {"message", "r=" + nonce + "x,s=c2FsdHNhbHQ=,i=4096"}});
  peer.linger();
}
void goodbye(Peer& peer, int) { peer.read(); }
void another_protocol(Peer& peer, int) {
  peer.read();
  peer.write("HTTP/1.1 400 Bad Request\r\n\r\n");
  peer.linger();
}
void success_without_proof(Peer& peer, int) {
  peer.read();
  peer.say(FrameType::kAuthSuccess, Map{{"session_token", "x"}});
  peer.linger();
}
void close_with_reason(Peer& peer, int) {
  peer.read();
  peer.say(FrameType::kClose, Map{{"reason", "full"}});
  peer.linger();
}

INSTANTIATE_TEST_SUITE_P(
    All, StallingServers,
    ::testing::Values(
        StallCase{"Silence", silence}, StallCase{"HalfAHeader", half_a_header},
        StallCase{"HalfAPayload", half_a_payload}, StallCase{"ChallengeAlone", challenge_alone},
        StallCase{"Goodbye", goodbye, ClientErrorKind::kProtocol},
        StallCase{"AnotherProtocol", another_protocol, ClientErrorKind::kProtocol},
        StallCase{"SuccessWithoutProof", success_without_proof, ClientErrorKind::kAuthentication},
        StallCase{"CloseWithReason", close_with_reason, ClientErrorKind::kConnection}),
    [](const auto& row) { return row.param.name; });

TEST(ClientAndStallingServers, AreCancelledByDisconnect) {
  ScriptedServer server(silence);
  Client client(to(server));
  std::thread other([&] {
    while (client.state() != ClientState::kAuthenticating) std::this_thread::yield();
    client.disconnect();
  });
  EXPECT_EQ(client.connect().error().kind, ClientErrorKind::kCancelled);
  other.join();
  EXPECT_EQ(client.state(), ClientState::kDisconnected);
}

TEST(ClientAndStallingServers, DoNotHoldTheDestructor) {
  ScriptedServer server([&](Peer& peer, int) {
    if (let_in_by_hash(peer)) std::this_thread::sleep_for(300ms);  // reads nothing
  });
  std::future<CallResult<Value>> call;
  {
    Client client(by_hash(server));
    ASSERT_TRUE(client.connect());
    call = client.call_future("x", {{"blob", std::string(4'000'000, 'x')}});
  }
  EXPECT_EQ(kind_of(call.get().error()), ClientErrorKind::kUnknownOutcome);
}

TEST(ClientAndStallingServers, LoseTheConnectionAfterTheHeartbeatTimeout) {
  ScriptedServer server([&](Peer& peer, int) {
    if (let_in_by_hash(peer)) peer.linger();  // answers no ping
  });
  auto options = by_hash(server);
  options.heartbeat_interval = 10ms;
  options.heartbeat_timeout = 40ms;
  options.reconnect_enabled = false;
  Client client(options);
  ASSERT_TRUE(client.connect());
  const auto ended = client.wait(10s);
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().kind, ClientErrorKind::kTimeout);
  EXPECT_THAT(ended.error().message, HasSubstr("silent"));
  EXPECT_EQ(client.statistics().heartbeat_timeouts, 1u);
}

TEST(ClientAndStallingServers, SayWhyTheyCloseAConversation) {
  ScriptedServer server([&](Peer& peer, int) {
    if (!let_in_by_hash(peer)) return;
    peer.say(FrameType::kClose, Map{{"reason", "maintenance"}});
    peer.linger();
  });
  auto options = by_hash(server);
  options.reconnect_enabled = false;
  Client client(options);
  ASSERT_TRUE(client.connect());
  EXPECT_THAT(client.wait(10s).error().message, HasSubstr("maintenance"));
}

TEST(ClientAndDyingServers, DoNotKnowWhatBecameOfACallAndNeverSendItTwice) {
  std::atomic<int> calls = 0;
  ScriptedServer server([&](Peer& peer, int) {
    if (!let_in_by_hash(peer)) return;
    while (auto frame = peer.read()) {
      if (frame->header.type != FrameType::kRpcRequest) continue;
      if (*frame->payload.find("method") == Value("die")) {
        ++calls;
        return;
      }
      peer.say(FrameType::kRpcResponse, Map{{"success", true}, {"result", 1}},
               frame->header.correlation);
    }
  });
  Client client(by_hash(server));
  ASSERT_TRUE(client.connect());
  const auto lost = client.call("die");
  ASSERT_FALSE(lost);
  EXPECT_EQ(kind_of(lost.error()), ClientErrorKind::kUnknownOutcome);
  // The call ends before the client knows that it has to connect again.
  auto live = client.call<int>("live");
  while (!live && kind_of(live.error()) == ClientErrorKind::kNotConnected) {
    ASSERT_TRUE(client.wait_connected(10s));
    live = client.call<int>("live");
  }
  EXPECT_EQ(live, 1);
  EXPECT_EQ(calls, 1);
}

// ---- PAUSE

TEST(ClientAndPausingServers, ArePausedAndGoOn) {
  std::atomic<bool> may_resume = false;
  std::atomic<int> messages = 0;
  ScriptedServer server([&](Peer& peer, int) {
    if (!let_in_by_hash(peer)) return;
    peer.say(FrameType::kPause);
    may_resume.wait(false);
    peer.say(FrameType::kResume);
    while (auto frame = peer.read())
      if (frame->header.type == FrameType::kMessage) ++messages;
  });
  auto options = by_hash(server);
  options.send_queue_size = 2;
  options.send_timeout = 20ms;
  Client client(options);
  ASSERT_TRUE(client.connect());
  EXPECT_TRUE(wait_until([&] { return client.state() == ClientState::kPaused; }));
  EXPECT_TRUE(client.send("a"));
  EXPECT_TRUE(client.send("b"));
  const auto late = client.send("c");
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().kind, ClientErrorKind::kTimeout);
  EXPECT_THAT(late.error().message, HasSubstr("was not sent"));
  const auto call = client.call("x");
  EXPECT_EQ(kind_of(call.error()), ClientErrorKind::kBackpressure);
  may_resume = true;
  may_resume.notify_all();
  EXPECT_TRUE(wait_until([&] { return messages >= 2; }));
  EXPECT_TRUE(client.send("d"));
  EXPECT_TRUE(wait_until([&] { return messages >= 3; }));
  EXPECT_EQ(client.state(), ClientState::kActive);
  const auto statistics = client.statistics();
  EXPECT_EQ(statistics.pauses_received, 1u);
  EXPECT_EQ(statistics.resumes_received, 1u);
  EXPECT_GT(statistics.paused, 0ms);
}

TEST(ClientAndPausingServers, TellCallsThatNeverLeftFromThoseThatMayHaveRun) {
  std::atomic<bool> may_go = false;
  ScriptedServer server([&](Peer& peer, int) {
    if (!let_in_by_hash(peer)) return;
    peer.read();  // the first call
    peer.say(FrameType::kPause);
    may_go.wait(false);
  });
  auto options = by_hash(server);
  options.reconnect_enabled = false;
  Client client(options);
  ASSERT_TRUE(client.connect());
  auto sent = client.call_future("first");
  EXPECT_TRUE(wait_until([&] { return client.state() == ClientState::kPaused; }));
  auto kept = client.call_future("second");
  EXPECT_TRUE(wait_until([&] { return client.statistics().rpc_calls_made >= 2; }));
  may_go = true;
  may_go.notify_all();
  EXPECT_EQ(sent.get().error().code, CallCode::kUnknownOutcome);
  const auto not_sent = kept.get();
  EXPECT_EQ(not_sent.error().code, CallCode::kDisconnected);
  EXPECT_THAT(not_sent.error().message, HasSubstr("was not sent"));
}

}  // namespace
}  // namespace oriel::conduit
