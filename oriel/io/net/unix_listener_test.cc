#include "oriel/io/net/unix_listener.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <filesystem>
#include <optional>

#include "oriel/io/net/limits.h"
#include "oriel/io/net/unix_connector.h"
#include "oriel/testing/temporary_folder.h"

namespace oriel::net {
namespace {

using namespace std::chrono_literals;
using boost::asio::awaitable;
using ::testing::AllOf;
using ::testing::HasSubstr;

struct Door {
  Result<std::unique_ptr<UnixListener>> listen(const std::string& at, unsigned mode = 0600) {
    return UnixListener::listen(
        loop.get_executor(), {.path = at, .mode = mode, .setting = "--door"},
        [this](StreamPointer stream) { accepted.push_back(std::move(stream)); });
  }
  std::string refusal(const std::string& at) {
    const auto listener = listen(at);
    return listener ? "none" : listener.error().message;
  }
  Result<StreamPointer> connect(const std::string& to, std::chrono::milliseconds timeout = 1s) {
    std::optional<Result<StreamPointer>> result;
    boost::asio::co_spawn(
        loop,
        [](awaitable<Result<StreamPointer>> what, auto& into) -> awaitable<void> {
          into = co_await std::move(what);
        }(connector.connect(to, timeout), result),
        boost::asio::detached);
    for (loop.restart(); !result;) loop.run_one();
    loop.restart();
    loop.poll();
    return *std::move(result);
  }
  mode_t mode_of(const std::string& file) const {
    struct stat status{};
    EXPECT_EQ(::lstat(file.c_str(), &status), 0);
    return status.st_mode & 07777;
  }

  boost::asio::io_context loop{1};
  oriel::testing::TemporaryFolder folder;
  std::string path = folder.path("door");
  UnixConnector connector{loop.get_executor()};
  std::vector<StreamPointer> accepted;
};

// A socket file, which listens as long as this lives.
class Elsewhere {
 public:
  Elsewhere(const std::string& path, int queue) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    EXPECT_EQ(::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    if (queue >= 0) {
      EXPECT_EQ(::listen(socket_, queue), 0);
    }
  }
  ~Elsewhere() { ::close(socket_); }
  Elsewhere(const Elsewhere&) = delete;
  Elsewhere& operator=(const Elsewhere&) = delete;
  void let_one_in() const { ::close(::accept(socket_, nullptr, nullptr)); }

 private:
  int socket_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
};

TEST(UnixListener, HandsOutConnectionsAndKnowsWhoConnects) {
  Door door;
  const auto listener = door.listen(door.path);
  ASSERT_TRUE(listener) << listener.error().message;
  EXPECT_EQ((*listener)->address(), "unix:" + door.path);
  const auto client = door.connect(door.path);
  ASSERT_TRUE(client) << client.error().message;
  ASSERT_EQ(door.accepted.size(), 1u);
  const auto hello = as_bytes("hello");
  EXPECT_EQ((*client)->try_write({&hello, 1}), 5u);
  std::array<std::uint8_t, 16> buffer;
  EXPECT_EQ(door.accepted[0]->try_read(buffer), 5u);
  for (const auto* stream : {client->get(), door.accepted[0].get()}) {
    EXPECT_EQ(stream->peer(), "unix");
    EXPECT_EQ(stream->peer_uid(), ::getuid());
    EXPECT_TRUE(stream->is_private());
  }
}

TEST(UnixListener, GivesTheFileItsModeWhateverTheUmask) {
  Door door;
  for (const unsigned mode : {0600u, 0660u, 0666u}) {
    const auto before = ::umask(0077);
    const auto listener = door.listen(door.path, mode);
    ::umask(0);
    const auto open = door.listen(door.path + "2", mode);
    ::umask(before);
    ASSERT_TRUE(listener && open);
    EXPECT_EQ(door.mode_of(door.path), mode);
    EXPECT_EQ(door.mode_of(door.path + "2"), mode);
  }
}

TEST(UnixListener, RemovesItsFileAtTheEnd) {
  Door door;
  door.listen(door.path)->reset();
  EXPECT_FALSE(std::filesystem::exists(door.path));
  auto listener = *door.listen(door.path);
  listener->close();
  listener->close();
  EXPECT_FALSE(std::filesystem::exists(door.path));
  EXPECT_EQ(door.refusal(door.path), "none");
}

TEST(UnixListener, LeavesWhatHasTakenThePlaceOfItsFile) {
  Door door;
  auto listener = *door.listen(door.path);
  std::filesystem::remove(door.path);
  const auto next = door.listen(door.path);
  ASSERT_TRUE(next);
  listener.reset();
  EXPECT_TRUE(door.connect(door.path));
}

TEST(UnixListener, RemovesItsFileAfterAChangeOfTheWorkingFolder) {
  Door door;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(door.folder.path());
  auto listener = *door.listen("door");
  std::filesystem::current_path(before);
  EXPECT_TRUE(std::filesystem::exists(door.path));
  listener.reset();
  EXPECT_FALSE(std::filesystem::exists(door.path));
}

TEST(UnixListener, ReplacesTheSocketOfAProgramThatHasEnded) {
  Door door;
  {
    const Elsewhere dead(door.path, 1);
  }
  const auto listener = door.listen(door.path);
  ASSERT_TRUE(listener) << listener.error().message;
  EXPECT_TRUE(door.connect(door.path));
}

TEST(UnixListener, SaysThatAnotherProgramListensAlsoWhenItsQueueIsFull) {
  Door door;
  const Elsewhere live(door.path, 0);
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(door.refusal(door.path), "cannot listen on unix:" + door.path +
                                           ": another program listens there, stop it; choose "
                                           "another path with --door unix:PATH");
  EXPECT_TRUE(std::filesystem::exists(door.path));
}

TEST(UnixListener, RemovesNoOtherKindOfFile) {
  Door door;
  door.folder.write("file", "precious");
  std::filesystem::create_directory(door.folder.path("folder"));
  std::filesystem::create_symlink(door.folder.path("nowhere"), door.folder.path("link"));
  for (const auto* name : {"file", "folder", "link"}) {
    EXPECT_THAT(door.refusal(door.folder.path(name)), HasSubstr("a file that is no socket"));
    EXPECT_TRUE(std::filesystem::is_symlink(door.folder.path(name)) ||
                std::filesystem::exists(door.folder.path(name)));
  }
}

TEST(UnixListener, TakesPathsUpToTheLongestThatASocketCanHave) {
  Door door;
  const auto of_size = [&](std::size_t size) {
    return door.path + std::string(size - door.path.size(), 'x');
  };
  EXPECT_EQ(door.refusal(of_size(kUnixPathBytesMax)), "none");
  EXPECT_THAT(door.refusal(of_size(kUnixPathBytesMax + 1)),
              HasSubstr("has 108 bytes, at most 107 are possible"));
  EXPECT_THAT(door.refusal(""), HasSubstr("is empty"));
  EXPECT_THAT(door.refusal(std::string("a\0b", 3)), HasSubstr("has a zero in it"));
  EXPECT_FALSE(door.connect(of_size(kUnixPathBytesMax + 1)));
}

TEST(UnixListener, SaysWhyTheFileCannotBeMade) {
  Door door;
  EXPECT_THAT(door.refusal(door.folder.path("none/door")), HasSubstr("No such file or directory"));
}

TEST(UnixConnector, SaysThatNobodyListens) {
  Door door;
  EXPECT_EQ(door.connect(door.path).error(),
            (Error{ErrorCode::kUnavailable,
                   "cannot connect to unix:" + door.path + ": No such file or directory"}));
  {
    const Elsewhere dead(door.path, 1);
  }
  EXPECT_THAT(door.connect(door.path).error().message, HasSubstr("Connection refused"));
}

TEST(UnixConnector, WaitsForAFullQueueUntilTheTimeOut) {
  Door door;
  const Elsewhere busy(door.path, 0);
  const auto first = door.connect(door.path);
  ASSERT_TRUE(first);
  EXPECT_EQ(door.connect(door.path, 5ms).error().code, ErrorCode::kTimeout);
  boost::asio::post(door.loop, [&] { busy.let_one_in(); });
  EXPECT_TRUE(door.connect(door.path));
}

TEST(UnixConnector, IsCancelledWhileItWaits) {
  Door door;
  const Elsewhere busy(door.path, 0);
  ASSERT_TRUE(door.connect(door.path));
  boost::asio::post(door.loop,
                    [&] { boost::asio::post(door.loop, [&] { door.connector.cancel(); }); });
  EXPECT_EQ(door.connect(door.path).error().code, ErrorCode::kClosed);
}

}  // namespace
}  // namespace oriel::net
