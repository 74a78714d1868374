#include "oriel/io/net/memory_stream.h"

#include <gtest/gtest.h>

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <optional>

namespace oriel::net {
namespace {

using boost::asio::awaitable;

struct Pair {
  explicit Pair(std::size_t capacity) {
    std::tie(near, far) = make_memory_streams(loop.get_executor(), capacity);
  }
  Result<std::size_t> write(std::string_view text) {
    auto piece = as_bytes(text);
    return near->try_write({&piece, 1});
  }
  // What is there now, or "closed".
  std::string read() {
    std::array<std::uint8_t, 100> buffer;
    auto count = far->try_read(buffer);
    return count ? std::string(as_text(std::span(buffer).first(*count))) : "closed";
  }

  boost::asio::io_context loop{1};
  StreamPointer near;
  StreamPointer far;
};

TEST(MemoryStream, HoldsNoMoreThanItsCapacity) {
  Pair pair(5);
  EXPECT_EQ(pair.write("hello, world"), 5u);
  EXPECT_EQ(pair.write("more"), 0u);
  EXPECT_FALSE(pair.near->is_writable_now());
  EXPECT_EQ(pair.near->unsent_bytes(), 5u);
  EXPECT_EQ(pair.read(), "hello");
  EXPECT_TRUE(pair.near->is_writable_now());
}

TEST(MemoryStream, WakesAReaderWhenSomethingIsWritten) {
  Pair pair(5);
  std::array<std::uint8_t, 100> buffer;
  std::optional<Result<std::size_t>> count;
  boost::asio::co_spawn(
      pair.loop, [&]() -> awaitable<void> { count = co_await pair.far->read_some(buffer); },
      boost::asio::detached);
  pair.loop.poll();
  EXPECT_FALSE(count);
  (void)pair.write("abc");
  pair.loop.poll();
  ASSERT_TRUE(count);
  EXPECT_EQ(*count, 3u);
}

TEST(MemoryStream, GivesWhatWasWrittenBeforeItSaysThatThePeerHasClosed) {
  Pair pair(100);
  (void)pair.write("last words");
  pair.near->close();
  EXPECT_EQ(pair.read(), "last words");
  EXPECT_EQ(pair.read(), "closed");
}

TEST(MemoryStream, LosesWhatWasWrittenWhenItIsClosedWithUnreadInputLikeASocket) {
  Pair pair(100);
  auto unread = as_bytes("unread");
  (void)pair.far->try_write({&unread, 1});
  (void)pair.write("last words");
  pair.near->close();
  EXPECT_EQ(pair.read(), "closed");
}

TEST(MemoryStream, ReadsOnAfterShutdownSend) {
  Pair pair(100);
  boost::asio::co_spawn(pair.loop, pair.near->shutdown_send(), boost::asio::detached);
  pair.loop.poll();
  EXPECT_EQ(pair.read(), "closed");
  auto answer = as_bytes("answer");
  EXPECT_EQ(pair.far->try_write({&answer, 1}), 6u);
  std::array<std::uint8_t, 100> buffer;
  EXPECT_EQ(pair.near->try_read(buffer), 6u);
}

}  // namespace
}  // namespace oriel::net
