#include "oriel/io/net/tls_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <optional>

#include "oriel/io/net/limits.h"
#include "oriel/io/net/memory_stream.h"
#include "oriel/io/net/tls_context.h"
#include "oriel/testing/temporary_folder.h"

namespace oriel::net {
namespace {

using boost::asio::awaitable;
using ::testing::HasSubstr;
using ::testing::Not;

// One certificate for all tests of this file.
struct Contexts {
  Contexts() {
    const auto pem = *make_self_signed({"localhost"}, std::chrono::system_clock::now());
    const oriel::testing::TemporaryFolder folder;
    server = *TlsServerContext::open(
        {folder.write("cert.pem", pem.certificate), folder.write("key.pem", pem.key), "", nullptr},
        TimePoint());
    client = *TlsClientContext::make({.anchors_pem = pem.certificate});
  }
  std::unique_ptr<TlsServerContext> server;
  std::unique_ptr<TlsClientContext> client;
};

const Contexts& contexts() {
  static const Contexts all;
  return all;
}

// What one coroutine returned, once it has.
template <typename T>
using Outcome = std::shared_ptr<std::optional<T>>;

template <typename T>
Outcome<T> start(boost::asio::io_context& loop, awaitable<T> operation) {
  auto outcome = std::make_shared<std::optional<T>>();
  boost::asio::co_spawn(
      loop,
      [](awaitable<T> what, Outcome<T> to) -> awaitable<void> {
        to->emplace(co_await std::move(what));
      }(std::move(operation), outcome),
      boost::asio::detached);
  return outcome;
}

awaitable<Status> write_all(Stream& stream, Bytes bytes) {
  for (ByteSpan rest = bytes; !rest.empty();) {
    const auto count = co_await stream.write_some({&rest, 1});
    if (!count) co_return std::unexpected(count.error());
    rest = rest.subspan(*count);
  }
  co_return Status{};
}

awaitable<Result<Bytes>> read_all(Stream& stream, std::size_t size) {
  Bytes all(size);
  for (std::size_t have = 0; have < size;) {
    const auto count = co_await stream.read_some(std::span(all).subspan(have));
    if (!count) co_return std::unexpected(count.error());
    have += *count;
  }
  co_return all;
}

Bytes some_bytes(std::size_t size) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i * 31 + i / 251);
  return bytes;
}

std::unique_ptr<TlsStream> server_on(boost::asio::io_context& loop, StreamPointer below,
                                     ByteSpan already_read = {}) {
  return make_tls_stream(loop.get_executor(), std::move(below),
                         contexts().server->make_engine(TimePoint()), already_read);
}

std::unique_ptr<TlsStream> client_on(boost::asio::io_context& loop, StreamPointer below) {
  return make_tls_stream(loop.get_executor(), std::move(below),
                         *contexts().client->make_engine("localhost"));
}

// A server and a client over memory of `capacity` bytes each way.
struct Pair {
  explicit Pair(std::size_t capacity = 64 * 1024) {
    auto [near, far] = make_memory_streams(loop.get_executor(), capacity);
    server = server_on(loop, std::move(near));
    client = client_on(loop, std::move(far));
  }
  ~Pair() {
    server->close();
    client->close();
    settle();
  }
  void settle() {
    loop.restart();
    loop.poll();
  }
  template <typename T>
  Outcome<T> start(awaitable<T> operation) {
    auto outcome = net::start(loop, std::move(operation));
    settle();
    return outcome;
  }
  void shake_hands() {
    const auto ours = net::start(loop, server->handshake());
    const auto theirs = net::start(loop, client->handshake());
    settle();
    ASSERT_TRUE(*ours && *theirs);
    ASSERT_TRUE(**ours) << (*ours)->error().message;
    ASSERT_TRUE(**theirs) << (*theirs)->error().message;
  }

  boost::asio::io_context loop{1};
  std::unique_ptr<TlsStream> server;
  std::unique_ptr<TlsStream> client;
};

TEST(TlsStream, CarriesMuchBothWaysAtOnceThroughAnyCapacity) {
  for (std::size_t capacity : {1u, 100u, 20'000u, 1'000'000u}) {
    Pair pair(capacity);
    pair.shake_hands();
    const auto size = capacity == 1 ? 20'000u : 700'000u;
    const auto there = some_bytes(size), back = some_bytes(size + 1);
    const auto sent = start(pair.loop, write_all(*pair.client, there));
    const auto answered = start(pair.loop, write_all(*pair.server, back));
    const auto seen = start(pair.loop, read_all(*pair.server, there.size()));
    const auto seen_back = start(pair.loop, read_all(*pair.client, back.size()));
    pair.settle();
    ASSERT_TRUE(*seen && *seen_back && *sent && *answered) << capacity;
    EXPECT_TRUE(**sent && **answered);
    EXPECT_TRUE(**seen == there) << capacity;
    EXPECT_TRUE(**seen_back == back) << capacity;
  }
}

TEST(TlsStream, GathersManySmallPiecesIntoOneRecord) {
  Pair pair;
  pair.shake_hands();
  const auto bytes = some_bytes(kMaxWritePieces * 10);
  std::vector<ByteSpan> pieces;
  for (std::size_t i = 0; i < kMaxWritePieces; ++i)
    pieces.push_back(ByteSpan(bytes).subspan(i * 10, i % 2 == 0 ? 10 : 0));
  EXPECT_EQ(pair.server->try_write(pieces), bytes.size() / 2);
  std::array<std::uint8_t, 2000> buffer;
  EXPECT_EQ(pair.client->try_read(buffer), bytes.size() / 2) << "one record is one read";
}

TEST(TlsStream, KeepsBoundedCiphertextForAPeerThatDoesNotRead) {
  Pair pair(1000);
  pair.shake_hands();
  pair.settle();
  std::array<std::uint8_t, 100> buffer;
  EXPECT_EQ(pair.client->try_read(buffer), 0u);  // takes the session tickets
  pair.settle();
  const auto bytes = some_bytes(10'000'000);
  ByteSpan rest = bytes;
  const auto taken = pair.server->try_write({&rest, 1});
  ASSERT_TRUE(taken);
  EXPECT_GT(*taken, 0u);
  EXPECT_LE(*taken, kTlsAheadBytes + kTlsRecordBytes);
  EXPECT_EQ(pair.server->try_write({&rest, 1}), 0u);
  EXPECT_FALSE(pair.server->is_writable_now());
  EXPECT_GE(pair.server->unsent_bytes(), *taken);
  const auto writable = pair.start(pair.server->wait_writable());
  EXPECT_FALSE(*writable);
  const auto seen = pair.start(read_all(*pair.client, *taken));
  ASSERT_TRUE(*seen);
  EXPECT_TRUE(*writable);
  EXPECT_TRUE(pair.server->is_writable_now());
}

TEST(TlsStream, AgreesWhenEveryByteOfTheHandshakeComesAlone) {
  boost::asio::io_context loop{1};
  auto [near, middle] = make_memory_streams(loop.get_executor(), 1);
  auto [other_middle, far] = make_memory_streams(loop.get_executor(), 1);
  const auto server = server_on(loop, std::move(near));
  const auto client = client_on(loop, std::move(far));
  const auto ours = start(loop, server->handshake());
  const auto theirs = start(loop, client->handshake());
  loop.poll();
  // Carries one byte at a time, and lets both sides work after each.
  for (bool has_moved = true; std::exchange(has_moved, false);) {
    for (auto [from, to] : {std::pair(middle.get(), other_middle.get()),
                            std::pair(other_middle.get(), middle.get())}) {
      std::array<std::uint8_t, 1> byte;
      ByteSpan piece = byte;
      if (!to->is_writable_now()) continue;  // session tickets, which nobody reads here
      if (from->try_read(byte).value_or(0) == 0) continue;
      ASSERT_EQ(to->try_write({&piece, 1}), 1u);
      has_moved = true;
      loop.restart();
      loop.poll();
    }
  }
  ASSERT_TRUE(*ours && *theirs);
  EXPECT_TRUE(**ours);
  EXPECT_TRUE(**theirs);
}

// The ClientHello that a client sends first.
Bytes client_hello() {
  auto engine = *contexts().client->make_engine("localhost");
  EXPECT_EQ(engine.handshake(), false);
  Bytes hello;
  engine.take_output(hello);
  return hello;
}

TEST(TlsStream, WaitsForTheRestOfAHelloThatIsCutAnywhereAndSaysWhenThePeerHasGone) {
  const auto hello = client_hello();
  for (std::size_t cut = 0; cut < hello.size(); ++cut) {
    boost::asio::io_context loop{1};
    auto [near, far] = make_memory_streams(loop.get_executor());
    const auto server = server_on(loop, std::move(near), ByteSpan(hello).first(cut));
    const auto outcome = start(loop, server->handshake());
    loop.poll();
    ASSERT_FALSE(*outcome) << cut;
    far->close();
    loop.restart();
    loop.poll();
    ASSERT_TRUE(*outcome);
    EXPECT_EQ((*outcome)->error().code, ErrorCode::kClosed);
  }
}

TEST(TlsStream, BeginsWithWhatWasReadBefore) {
  boost::asio::io_context loop{1};
  auto [near, far] = make_memory_streams(loop.get_executor());
  auto engine = *contexts().client->make_engine("localhost");
  EXPECT_EQ(engine.handshake(), false);
  Bytes hello;
  engine.take_output(hello);
  const auto server = server_on(loop, std::move(near), hello);
  const auto outcome = start(loop, server->handshake());
  loop.poll();
  std::array<std::uint8_t, 8000> answer;
  const auto count = far->try_read(answer);
  ASSERT_TRUE(count && *count > 0);
  engine.put_input(ByteSpan(answer).first(*count));
  EXPECT_EQ(engine.handshake(), true);
}

TEST(TlsStream, SaysThatGarbageIsNotTlsAndAnswersWhatIsNearlyTlsWithAnAlert) {
  using namespace std::string_view_literals;
  for (auto garbage : {"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"sv, "RFB 003.008\n"sv,
                       "\x16\x03\x01\x00\x05hello"sv, "\x16\x03\x01\xff\xff"sv}) {
    boost::asio::io_context loop{1};
    auto [near, far] = make_memory_streams(loop.get_executor());
    const auto server = server_on(loop, std::move(near));
    const auto outcome = start(loop, server->handshake());
    auto piece = as_bytes(garbage);
    ASSERT_TRUE(far->try_write({&piece, 1}));
    loop.poll();
    ASSERT_TRUE(*outcome) << garbage;
    EXPECT_EQ((*outcome)->error().code, ErrorCode::kInvalid);
    EXPECT_THAT((*outcome)->error().message, HasSubstr("does not speak the TLS"));
    std::array<std::uint8_t, 100> alert;
    const auto count = far->try_read(alert);
    ASSERT_TRUE(count);
    EXPECT_EQ(*count, garbage[0] == 0x16 ? 7u : 0u) << garbage;
    if (*count > 0) {
      EXPECT_EQ(alert[0], 21);
    }
  }
}

TEST(TlsStream, EndsTheHandshakeOfAPeerThatStallsWhenItIsClosed) {
  const auto hello = client_hello();
  for (std::size_t said : {std::size_t{0}, hello.size() / 2, hello.size()}) {
    boost::asio::io_context loop{1};
    auto [near, far] = make_memory_streams(loop.get_executor(), 10);  // and reads no answer
    const auto server = server_on(loop, std::move(near), ByteSpan(hello).first(said));
    const auto outcome = start(loop, server->handshake());
    loop.poll();
    ASSERT_FALSE(*outcome);
    server->close();
    loop.restart();
    loop.poll();
    ASSERT_TRUE(*outcome);
    EXPECT_EQ((*outcome)->error().code, ErrorCode::kClosed);
  }
}

TEST(TlsStream, GivesAllThatWasSaidBeforeTheEndAndReadsOnInTheOtherDirection) {
  Pair pair(1000);
  pair.shake_hands();
  const auto words = some_bytes(5000);
  const auto sent = start(pair.loop, write_all(*pair.server, words));
  const auto seen = pair.start(read_all(*pair.client, words.size()));
  ASSERT_TRUE(*sent && *seen);
  const auto end = pair.start([](Stream& stream) -> awaitable<bool> {
    co_await stream.shutdown_send();
    co_return true;
  }(*pair.server));
  EXPECT_TRUE(*end);
  std::array<std::uint8_t, 100> buffer;
  const auto after = pair.client->try_read(buffer);
  ASSERT_FALSE(after);
  EXPECT_EQ(after.error().message, "the peer closed the connection");
  EXPECT_FALSE(pair.client->is_truncated());
  const auto answer = as_bytes("answer");
  EXPECT_EQ(pair.client->try_write({&answer, 1}), 6u);
  pair.settle();
  EXPECT_EQ(pair.server->try_read(buffer), 6u);
  EXPECT_FALSE(pair.server->try_write({&answer, 1}));
}

TEST(TlsStream, SaysThatItIsDoneWhenItIsClosed) {
  Pair pair;
  pair.shake_hands();
  pair.settle();
  std::array<std::uint8_t, 100> buffer;
  EXPECT_EQ(pair.client->try_read(buffer), 0u);
  pair.server->close();
  EXPECT_FALSE(pair.client->try_read(buffer));
  EXPECT_FALSE(pair.client->is_truncated());
}

TEST(TlsStream, TellsAnEndThatThePeerDidNotSay) {
  boost::asio::io_context loop{1};
  auto [near, middle] = make_memory_streams(loop.get_executor());
  auto engine = *contexts().client->make_engine("localhost");
  const auto server = server_on(loop, std::move(near));
  const auto outcome = start(loop, server->handshake());
  for (int step = 0; step < 4; ++step) {
    ASSERT_TRUE(engine.handshake());
    Bytes bytes;
    engine.take_output(bytes);
    ByteSpan piece = bytes;
    if (!bytes.empty()) {
      ASSERT_TRUE(middle->try_write({&piece, 1}));
    }
    loop.restart();
    loop.poll();
    bytes.resize(8000);
    const auto count = middle->try_read(bytes);
    ASSERT_TRUE(count);
    engine.put_input(ByteSpan(bytes).first(*count));
  }
  ASSERT_TRUE(*outcome && **outcome);
  middle->close();
  std::array<std::uint8_t, 100> buffer;
  const auto end = server->try_read(buffer);
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().code, ErrorCode::kClosed);
  EXPECT_THAT(end.error().message, HasSubstr("without a close_notify"));
  EXPECT_TRUE(server->is_truncated());
  EXPECT_FALSE(server->try_read(buffer)) << "and stays so";
}

TEST(TlsStream, RefusesForgedRecordsForGood) {
  boost::asio::io_context loop{1};
  auto [near, far] = make_memory_streams(loop.get_executor());
  auto client_engine = *contexts().client->make_engine("localhost");
  auto engine = contexts().server->make_engine(TimePoint());
  for (int step = 0; step < 4; ++step) {
    Bytes bytes;
    ASSERT_TRUE(client_engine.handshake());
    client_engine.take_output(bytes);
    engine.put_input(bytes);
    ASSERT_TRUE(engine.handshake());
    bytes.clear();
    engine.take_output(bytes);
    client_engine.put_input(bytes);
  }
  ASSERT_TRUE(engine.is_established());
  const auto server = make_tls_stream(loop.get_executor(), std::move(near), std::move(engine));
  const auto words = as_bytes("words");
  ASSERT_EQ(client_engine.write_record({&words, 1}), 5u);
  Bytes record;
  client_engine.take_output(record);
  record.back() ^= 1;
  ByteSpan piece = record;
  ASSERT_TRUE(far->try_write({&piece, 1}));
  std::array<std::uint8_t, 100> buffer;
  for (int again = 0; again < 2; ++again) {
    const auto count = server->try_read(buffer);
    ASSERT_FALSE(count);
    EXPECT_EQ(count.error().code, ErrorCode::kInvalid);
    EXPECT_FALSE(server->try_write({&words, 1}));
  }
}

TEST(TlsStream, IsPrivateAndKnowsWhomTheClientHasVerified) {
  Pair pair;
  EXPECT_EQ(pair.client->peer_common_name(), "");
  pair.shake_hands();
  EXPECT_EQ(pair.client->peer_common_name(), "localhost");
  EXPECT_EQ(pair.server->peer_common_name(), "");
  EXPECT_TRUE(pair.client->is_private());
}

TEST(TlsStream, TellsBothSidesThatTheCertificateIsNotTrusted) {
  boost::asio::io_context loop{1};
  auto [near, far] = make_memory_streams(loop.get_executor());
  const auto server = server_on(loop, std::move(near));
  const auto client = make_tls_stream(loop.get_executor(), std::move(far),
                                      *contexts().client->make_engine("example.org"));
  const auto ours = start(loop, server->handshake());
  const auto theirs = start(loop, client->handshake());
  loop.poll();
  ASSERT_TRUE(*theirs);
  EXPECT_EQ((*theirs)->error().code, ErrorCode::kRefused);
  ASSERT_TRUE(*ours);
  EXPECT_EQ((*ours)->error().code, ErrorCode::kRefused);
  EXPECT_THAT((*ours)->error().message, HasSubstr("does not trust our certificate"));
}

TEST(TlsStream, EndsWhatIsOutstandingWhenItIsDestroyed) {
  Pair pair(1000);
  pair.shake_hands();
  std::array<std::uint8_t, 100> buffer;
  const auto bytes = some_bytes(1'000'000);
  ByteSpan rest = bytes;
  ASSERT_TRUE(pair.server->try_write({&rest, 1}));  // the pump has work
  const auto reading = pair.start(pair.server->read_some(buffer));
  const auto waiting = pair.start(pair.server->wait_writable());
  EXPECT_FALSE(*reading);
  EXPECT_FALSE(*waiting);
  pair.server->close();
  pair.settle();
  ASSERT_TRUE(*reading && *waiting);
  EXPECT_FALSE(**reading);
  EXPECT_FALSE(**waiting);
}

}  // namespace
}  // namespace oriel::net
