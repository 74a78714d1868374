#include "oriel/io/net/tcp_listener.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/connect_pair.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <optional>

#include "oriel/base/time.h"
#include "oriel/io/net/tcp_stream.h"

namespace oriel::net {
namespace {

using boost::asio::awaitable;
using boost::asio::ip::tcp;
using ::testing::HasSubstr;

struct Door {
  explicit Door(ListenOptions options = {.setting = "--vnc"}) {
    auto made = TcpListener::listen(loop.get_executor(), options, [this](StreamPointer stream) {
      accepted = std::move(stream);
      loop.stop();
    });
    EXPECT_TRUE(made) << made.error().message;
    listener = std::move(*made);
  }
  // A client whose connection has been accepted.
  tcp::socket connect() {
    tcp::socket client(loop);
    client.connect({boost::asio::ip::make_address("127.0.0.1"), listener->port()});
    wait_for_connection();
    return client;
  }
  void wait_for_connection() {
    loop.restart();
    loop.run();
  }
  template <typename T>
  T run(awaitable<T> work) {
    std::optional<T> result;
    boost::asio::co_spawn(
        loop,
        [&]() -> awaitable<void> {
          result = co_await std::move(work);
          loop.stop();
        },
        boost::asio::detached);
    loop.restart();
    loop.run();
    return std::move(*result);
  }

  boost::asio::io_context loop{1};
  std::unique_ptr<TcpListener> listener;
  StreamPointer accepted;
};

TEST(TcpListener, HandsOutConnectionsAndKnowsItsRealPort) {
  Door door;
  EXPECT_NE(door.listener->port(), 0);
  EXPECT_EQ(door.listener->address(), "127.0.0.1:" + std::to_string(door.listener->port()));
  EXPECT_TRUE(door.listener->is_loopback());
  auto client = door.connect();
  ASSERT_TRUE(door.accepted);
  EXPECT_EQ(door.accepted->peer(), "127.0.0.1:" + std::to_string(client.local_endpoint().port()));
  EXPECT_EQ(door.accepted->local(), door.listener->address());
}

TEST(TcpListener, IsNotInheritedByPrograms) {
  Door door;
  const auto client = door.connect();
  // Ours on the port: the one that listens, and the accepted one.
  int found = 0;
  for (int fd = 3; fd < 1024; ++fd) {
    sockaddr_in name{};
    socklen_t length = sizeof name;
    if (::getsockname(fd, reinterpret_cast<sockaddr*>(&name), &length) != 0 ||
        name.sin_family != AF_INET || ntohs(name.sin_port) != door.listener->port())
      continue;
    ++found;
    EXPECT_NE(::fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
  }
  EXPECT_EQ(found, 2);
}

TEST(TcpListener, SaysWhatToDoWhenThePortIsInUse) {
  Door door;
  auto second =
      TcpListener::listen(door.loop.get_executor(), {"127.0.0.1", door.listener->port(), "--vnc"},
                          [](StreamPointer) {});
  ASSERT_FALSE(second);
  auto port = door.listener->port();
  EXPECT_EQ(second.error().message,
            "port " + std::to_string(port) +
                " on 127.0.0.1 is already in use (EADDRINUSE); stop the other program, choose "
                "another port or ask for any that is free with --vnc 127.0.0.1:0");
}

TEST(TcpListener, SaysWhatToDoAboutAnAddressThatIsNotOurs) {
  boost::asio::io_context loop{1};
  auto foreign =
      TcpListener::listen(loop.get_executor(), {"192.0.2.1", 5900, "--vnc"}, [](StreamPointer) {});
  ASSERT_FALSE(foreign);
  EXPECT_THAT(foreign.error().message, HasSubstr("this machine has no address 192.0.2.1"));
  auto name = TcpListener::listen(loop.get_executor(), {"example.org", 5900, "--vnc"},
                                  [](StreamPointer) {});
  ASSERT_FALSE(name);
  EXPECT_EQ(name.error().message,
            "cannot listen on \"example.org\": it is neither a numeric address nor localhost; use "
            "for example --vnc 127.0.0.1:5900");
}

TEST(TcpListener, GoesOnWhenFileDescriptorsHadRunOut) {
  Door door;
  // UBSan needs file descriptors to look at a type for the first time; so everything that is used
  // below has been used before they run out.
  door.connect();
  door.accepted.reset();
  boost::asio::steady_timer timer(door.loop, std::chrono::milliseconds(1));
  door.run(timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable)));
  tcp::socket client(door.loop);
  client.open(tcp::v4());
  rlimit before;
  ::getrlimit(RLIMIT_NOFILE, &before);
  rlimit none{3, before.rlim_max};
  ::setrlimit(RLIMIT_NOFILE, &none);
  client.connect({boost::asio::ip::make_address("127.0.0.1"), door.listener->port()});
  int turns = 0;
  for (auto end = Clock::now() + std::chrono::milliseconds(50); Clock::now() < end; ++turns) {
    door.loop.restart();
    door.loop.run_one_for(std::chrono::milliseconds(50));
  }
  ::setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_FALSE(door.accepted);
  EXPECT_LT(turns, 10);  // it does not spin
  door.wait_for_connection();
  EXPECT_TRUE(door.accepted);
}

TEST(SocketStream, ReadsWhatTheClientWrites) {
  Door door;
  auto client = door.connect();
  boost::asio::write(client, boost::asio::buffer("hello", 5));
  std::array<std::uint8_t, 16> buffer;
  EXPECT_EQ(door.run(door.accepted->read_some(buffer)), 5u);
  EXPECT_EQ(door.accepted->try_read(buffer), 0u);
  client.close();
  auto end = door.run(door.accepted->read_some(buffer));
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error(), (Error{ErrorCode::kClosed, "the peer closed the connection"}));
}

TEST(SocketStream, WritesAllPiecesInOrder) {
  Door door;
  auto client = door.connect();
  std::array<ByteSpan, 3> pieces{as_bytes("one"), as_bytes(","), as_bytes("two")};
  EXPECT_EQ(door.accepted->try_write(pieces), 7u);
  EXPECT_EQ(door.run(door.accepted->write_some(pieces)), 7u);
  std::array<char, 14> got;
  boost::asio::read(client, boost::asio::buffer(got));
  EXPECT_EQ(std::string(got.data(), got.size()), "one,twoone,two");
}

TEST(SocketStream, TakesLittleFromAPeerThatDoesNotReadAndSaysSo) {
  Door door;
  auto client = door.connect();
  Bytes data(1 << 20);
  ByteSpan piece(data);
  EXPECT_TRUE(door.accepted->is_writable_now());
  std::size_t total = 0;
  for (int i = 0; i < 1000; ++i) {
    auto count = door.accepted->try_write({&piece, 1});
    ASSERT_TRUE(count);
    if (*count == 0) break;
    total += *count;
  }
  EXPECT_LT(total, 64u << 20);
  EXPECT_FALSE(door.accepted->is_writable_now());
  EXPECT_GT(door.accepted->unsent_bytes(), 0u);
}

TEST(SocketStream, CloseEndsAnOutstandingRead) {
  Door door;
  auto client = door.connect();
  boost::asio::post(door.loop, [&] { door.accepted->close(); });
  std::array<std::uint8_t, 16> buffer;
  auto end = door.run(door.accepted->read_some(buffer));
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().code, ErrorCode::kClosed);
  door.accepted->close();
  EXPECT_FALSE(door.accepted->try_read(buffer));
  EXPECT_FALSE(door.accepted->is_writable_now());
}

TEST(SocketStream, CarriesUnixSocketsToo) {
  boost::asio::io_context loop{1};
  boost::asio::local::stream_protocol::socket near(loop);
  boost::asio::local::stream_protocol::socket far(loop);
  boost::asio::local::connect_pair(near, far);
  auto stream = make_socket_stream(std::move(near));
  auto other = make_socket_stream(std::move(far));
  EXPECT_EQ(stream->peer(), "unix");
  auto piece = as_bytes("hello");
  EXPECT_EQ(stream->try_write({&piece, 1}), 5u);
  std::array<std::uint8_t, 16> buffer;
  EXPECT_EQ(other->try_read(buffer), 5u);
  EXPECT_EQ(stream->unsent_bytes(), 0u);
}

TEST(SocketStream, ShowsAddressesAsPeopleWriteThem) {
  auto describe = [](const char* address) {
    return describe_endpoint(tcp::endpoint(boost::asio::ip::make_address(address), 5900));
  };
  EXPECT_EQ(describe("127.0.0.1"), "127.0.0.1:5900");
  EXPECT_EQ(describe("::1"), "[::1]:5900");
  EXPECT_EQ(describe("fd00::7"), "[fd00::7]:5900");
  EXPECT_EQ(describe("::ffff:192.168.1.7"), "192.168.1.7:5900");
}

}  // namespace
}  // namespace oriel::net
