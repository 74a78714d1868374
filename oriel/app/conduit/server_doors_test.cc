// The ways into a server besides plain TCP: TLS with and without certificates of clients, Unix
// sockets, and streams that another door has accepted.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>
#include <thread>

#include "oriel/app/conduit/server.h"
#include "oriel/core/conduit/client_session.h"
#include "oriel/io/net/memory_stream.h"
#include "oriel/io/net/tcp_connector.h"
#include "oriel/io/net/tls_context.h"
#include "oriel/io/net/tls_stream.h"
#include "oriel/testing/certificates.h"
#include "oriel/testing/conduit/raw_peer.h"
#include "oriel/testing/temporary_folder.h"

namespace oriel::conduit {
namespace {

using namespace std::chrono_literals;
using ::oriel::testing::CertificateAuthority;
using ::oriel::testing::CertificateUse;
using ::oriel::testing::RawPeer;
using ::oriel::testing::TemporaryFolder;
using ::testing::HasSubstr;

ServerOptions options_for(const TemporaryFolder& folder, const CertificateAuthority& authority) {
  const auto pair = authority.issue("localhost", CertificateUse::kServer);
  return {.password = "secret",
          .host = "127.0.0.1",
          .port = 0,
          .tls = {.certificate_file = folder.write("server.pem", pair.certificate),
                  .key_file = folder.write("server.key", pair.key)},
          .scram_iterations = 4096,
          .stop_timeout = 2s};
}

// A client of one call over TLS.
struct TlsCaller {
  struct Owner final : ConnectionOwner {
    void connection_opened(Connection&, const Opened&) override { has_opened = true; }
    void login_refused(Connection&, const LoginRefused&) override {}
    bool may(const Connection&, std::string_view) override { return true; }
    void connection_ended(Connection&, const Error& reason) override { ended = reason; }
    bool has_opened = false;
    std::optional<Error> ended;
  };

  explicit TlsCaller(net::TlsClientOptions options) : tls(std::move(options)) {
    shared->executor = loop.get_executor();
    shared->is_inside = [this] { return loop.get_executor().running_in_this_thread(); };
    shared->owner = &owner;
  }
  ~TlsCaller() {
    shared->owner = nullptr;
    shared->end();
  }

  // Whether it gets in with a bare hash, as a real program does over TLS.
  bool log_in(std::uint16_t port) {
    boost::asio::co_spawn(loop, connect(port), boost::asio::detached);
    const auto until = Clock::now() + 10s;
    while (!owner.has_opened && !owner.ended && !failed && Clock::now() < until)
      loop.run_one_for(100ms);
    return owner.has_opened;
  }
  boost::asio::awaitable<void> connect(std::uint16_t port) {
    net::TcpConnector connector(loop.get_executor());
    auto connecting = connector.connect("127.0.0.1", port, 5s);
    auto tcp = co_await std::move(connecting);
    if (!tcp) {
      failed = tcp.error();
      co_return;
    }
    auto context = net::TlsClientContext::make(tls);
    auto engine = (*context)->make_engine("localhost");
    auto stream = net::make_tls_stream(loop.get_executor(), std::move(*tcp), std::move(*engine));
    auto shaking = stream->handshake();
    if (auto status = co_await std::move(shaking); !status) {
      failed = status.error();
      co_return;
    }
    connection = std::make_shared<Connection>(
        shared, "tls-caller", std::move(stream),
        std::make_unique<ClientSession>(
            oriel::testing::client_config(LoginMethod::kBareHash, "secret"),
            SessionStart{.now = Clock::now()}));
    connection->start();
  }

  net::TlsClientOptions tls;
  boost::asio::io_context loop{1};
  Owner owner;
  std::shared_ptr<ConnectionShared> shared = std::make_shared<ConnectionShared>();
  ConnectionPointer connection;
  std::optional<Error> failed;
};

TEST(ServerDoors, SpeaksTlsAndWaitsForNobodyInAHandshake) {
  const TemporaryFolder folder;
  const CertificateAuthority authority;
  Server server(options_for(folder, authority));
  ASSERT_TRUE(server.start());
  std::vector<RawPeer> silent;
  for (int i = 0; i < 20; ++i) silent.emplace_back(server.port());
  TlsCaller caller({.anchors_pem = authority.pem()});
  EXPECT_TRUE(caller.log_in(server.port()));
  RawPeer plain(server.port());
  plain.send(oriel::testing::hash_log_in());
  EXPECT_TRUE(plain.is_ended()) << "what is no TLS is not heard";
}

TEST(ServerDoors, EndsAHandshakeThatTakesTooLong) {
  const TemporaryFolder folder;
  const CertificateAuthority authority;
  auto options = options_for(folder, authority);
  options.connection_timeout = 20ms;
  Server server(options);
  ASSERT_TRUE(server.start());
  RawPeer silent(server.port());
  EXPECT_TRUE(silent.is_ended());
}

TEST(ServerDoors, AsksClientsForTheirCertificates) {
  const TemporaryFolder folder;
  const CertificateAuthority authority, other("Other authority");
  auto options = options_for(folder, authority);
  options.tls.client_ca_file = folder.write("clients.pem", authority.pem());
  options.tls.verify_client = true;
  Server server(options);
  ASSERT_TRUE(server.start());
  const auto caller_with = [&](const CertificateAuthority& of) {
    const auto pair = of.issue("ann", CertificateUse::kClient);
    return net::TlsClientOptions{.anchors_pem = authority.pem(),
                                 .certificate_file = folder.write("client.pem", pair.certificate),
                                 .key_file = folder.write("client.key", pair.key)};
  };
  {
    TlsCaller right(caller_with(authority));
    EXPECT_TRUE(right.log_in(server.port()));
    ASSERT_EQ(server.connection_count(), 1u);
    EXPECT_EQ(server.connections().at(0)->certificate_name(), "ann");
  }
  EXPECT_FALSE(TlsCaller(caller_with(other)).log_in(server.port()));
  EXPECT_FALSE(TlsCaller({.anchors_pem = authority.pem()}).log_in(server.port()));
}

TEST(ServerDoors, SaysWhatIsWrongWithACertificate) {
  const TemporaryFolder folder;
  const CertificateAuthority authority;
  auto options = options_for(folder, authority);
  options.tls.certificate_file = folder.path("nosuch.pem");
  const auto status = Server(options).start();
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().message, HasSubstr("nosuch.pem"));
}

TEST(ServerDoors, ListensOnAUnixSocketBesideOrWithoutTcp) {
  const TemporaryFolder folder;
  for (const bool has_tcp : {true, false}) {
    Server server({.password = "secret",
                   .host = "127.0.0.1",
                   .port = 0,
                   .has_tcp = has_tcp,
                   .unix_path = folder.path("door"),
                   .scram_iterations = 4096});
    const auto status = server.start();
    ASSERT_TRUE(status) << status.error().message;
    EXPECT_EQ(server.address().empty(), !has_tcp);
    for (int i = 0; i < 8; ++i)  // nobody is locked out of it
      EXPECT_EQ(RawPeer(folder.path("door")).log_in("wrong")->type, FrameType::kAuthFailure);
    RawPeer peer(folder.path("door"));
    EXPECT_EQ(peer.log_in()->type, FrameType::kAuthSuccess);
    EXPECT_EQ(server.connections().at(0)->remote_address(), "unix");
  }
}

TEST(ServerDoors, SaysWhichSettingHasAnAddressThatCannotBe) {
  for (const std::string name : {"", "conduit.listen"}) {
    Server server({.password = "secret",
                   .has_tcp = false,
                   .unix_path = "/nonexistent/door",
                   .address_setting = name});
    const auto status = server.start();
    ASSERT_FALSE(status);
    EXPECT_THAT(status.error().message,
                ::testing::HasSubstr(name.empty() ? "unix_path" : "conduit.listen"));
  }
}

TEST(ServerDoors, TakesAStreamOfAnotherDoor) {
  boost::asio::io_context loop;
  Server server(loop.get_executor(),
                {.password = "secret", .host = "127.0.0.1", .port = 0, .scram_iterations = 4096});
  ASSERT_TRUE(server.start());
  loop.poll();
  for (const bool takes_hash : {true, false}) {
    auto [ours, theirs] = net::make_memory_streams(server.executor());
    server.accept(std::move(ours), {.takes_bare_hash = takes_hash});
    loop.restart();
    loop.poll();
    const auto hash = oriel::testing::hash_log_in();
    const ByteSpan piece = hash;
    ASSERT_TRUE(theirs->try_write({&piece, 1}));
    loop.restart();
    loop.poll();
    Bytes answer(4096);
    const auto count = theirs->try_read(answer);
    ASSERT_TRUE(count && *count > 0);
    EXPECT_EQ(oriel::testing::read_frames(ByteSpan(answer).first(*count)).at(0).type,
              takes_hash ? FrameType::kAuthSuccess : FrameType::kAuthFailure);
    theirs->close();
  }
}

// Remembers the largest read that it was asked for.
class WatchedStream final : public net::Stream {
 public:
  WatchedStream(net::StreamPointer below, std::size_t& most)
      : below_(std::move(below)), most_(most) {}
  boost::asio::awaitable<Result<std::size_t>> read_some(std::span<std::uint8_t> into) override {
    most_ = std::max(most_, into.size());
    return below_->read_some(into);
  }
  boost::asio::awaitable<Result<std::size_t>> write_some(
      std::span<const ByteSpan> pieces) override {
    return below_->write_some(pieces);
  }
  Result<std::size_t> try_write(std::span<const ByteSpan> pieces) override {
    return below_->try_write(pieces);
  }
  boost::asio::awaitable<Status> wait_writable() override { return below_->wait_writable(); }
  bool is_writable_now() const override { return below_->is_writable_now(); }
  boost::asio::awaitable<void> shutdown_send() override { return below_->shutdown_send(); }
  std::size_t unsent_bytes() const override { return below_->unsent_bytes(); }
  void close() override { below_->close(); }
  std::string peer() const override { return below_->peer(); }

 private:
  net::StreamPointer below_;
  std::size_t& most_;
};

TEST(ServerDoors, ReadsAtMostTheBufferSizeAtOnce) {
  for (const std::size_t size : {1024, 8192}) {
    std::size_t most = 0;
    boost::asio::io_context loop;
    Server server(loop.get_executor(), {.password = "secret",
                                        .host = "127.0.0.1",
                                        .port = 0,
                                        .buffer_size = size,
                                        .scram_iterations = 4096});
    ASSERT_TRUE(server.start());
    loop.poll();
    auto [ours, theirs] = net::make_memory_streams(server.executor(), 1'000'000);
    server.accept(std::make_unique<WatchedStream>(std::move(ours), most),
                  {.takes_bare_hash = true});
    auto all = oriel::testing::hash_log_in();
    const auto ping = oriel::testing::frame(FrameType::kPing);
    for (int i = 0; i < 2000; ++i) all.insert(all.end(), ping.begin(), ping.end());
    const ByteSpan piece = all;
    ASSERT_EQ(theirs->try_write({&piece, 1}), all.size());
    loop.restart();
    loop.poll();
    EXPECT_LE(most, size);
    EXPECT_GT(most, size / 2);
    theirs->close();
  }
}

}  // namespace
}  // namespace oriel::conduit
