#include "oriel/app/conduit/file_exchange.h"

#include <gmock/gmock.h>

#include <atomic>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>
#include <filesystem>
#include <fstream>
#include <future>

#include "oriel/app/conduit/client_stage_test.h"
#include "oriel/app/conduit/file_checksum.h"
#include "oriel/app/conduit/server.h"
#include "oriel/core/conduit/login.h"
#include "oriel/core/crypto/base64.h"
#include "oriel/testing/temporary_folder.h"

namespace oriel::conduit {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;

std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Not the same in any two chunks.
std::string long_text(std::size_t bytes) {
  std::string text;
  for (std::size_t line = 0; text.size() < bytes; ++line)
    text += std::to_string(line * 7919) + "\n";
  text.resize(bytes);
  return text;
}

std::shared_ptr<FileExchange> open_exchange(const std::string& folder, std::uint64_t file_max) {
  auto exchange = FileExchange::open(
      {.folder = folder, .chunk_bytes = kFileChunkBytesMin, .file_bytes_max = file_max});
  EXPECT_TRUE(exchange) << exchange.error().message;
  return *exchange;
}

// A server and a client that each have a folder, in threads of their own.
class FileExchangeTest : public ::testing::Test {
 protected:
  void SetUp() override {
    there_->on_file_received([this](Context&, const ReceivedFile& file) { received_.put(file); });
    here_->on_file_received([this](Context&, const ReceivedFile& file) { pushed_.put(file); });
    there_->serve(server_.dispatcher());
    ASSERT_TRUE(server_.start());
    connect();
  }

  void connect() {
    client_.emplace(ClientOptions{
        .server_host = "127.0.0.1", .server_port = server_.port(), .password = "secret"});
    here_->serve(client_->dispatcher());
    const auto connected = client_->connect();
    ASSERT_TRUE(connected) << connected.error().message;
  }

  template <typename T>
  T wait(boost::asio::awaitable<T> work, const ConnectionPointer& on) {
    return boost::asio::co_spawn(on->executor(), std::move(work), boost::asio::use_future).get();
  }
  CallResult<TransferResult> upload(const std::string& name, OnProgress on_progress = {}) {
    const auto connection = client_->connection();
    return wait(here_->upload(connection, name, std::move(on_progress)), connection);
  }
  CallResult<TransferResult> download(const std::string& name) {
    const auto connection = client_->connection();
    return wait(here_->download(connection, name), connection);
  }
  // As a program would that is no friend.
  CallResult<Value> start_upload(const std::string& name, std::int64_t size,
                                 const std::string& checksum) {
    return client_->call("file_upload_start",
                         Map{{"filename", name}, {"size", size}, {"checksum", checksum}});
  }

  testing::TemporaryFolder folders_;
  std::string store_ = folders_.path("there");
  std::string mine_ = folders_.path("here");
  std::shared_ptr<FileExchange> there_ = open_exchange(store_, 10'000'000);
  std::shared_ptr<FileExchange> here_ = open_exchange(mine_, 10'000'000);
  Mailbox<ReceivedFile> received_, pushed_;  // at the server, at the client
  Server server_{{.password = "secret", .host = "127.0.0.1", .port = 0}};
  std::optional<Client> client_;
};

TEST_F(FileExchangeTest, SendsAFileWholeAndTellsOfIt) {
  const auto text = long_text(200'123);
  folders_.write("here/report.txt", text);
  std::atomic<std::uint64_t> last = 0;
  const auto sent = upload("report.txt", [&](const TransferProgress& progress) {
    EXPECT_EQ(progress.total_bytes, 200'123u);
    last = progress.transferred_bytes;
  });
  ASSERT_TRUE(sent) << sent.error().message;
  EXPECT_EQ(sent->filename, "report.txt");
  EXPECT_EQ(sent->resumed_at_bytes, 0u);
  EXPECT_EQ(last, 200'123u);
  EXPECT_EQ(text_of(store_ + "/report.txt"), text);
  EXPECT_EQ(received_.take()->filename, "report.txt");
}

TEST_F(FileExchangeTest, SendsAnEmptyFile) {
  folders_.write("here/empty", "");
  const auto sent = upload("empty");
  ASSERT_TRUE(sent) << sent.error().message;
  EXPECT_TRUE(std::filesystem::exists(store_ + "/empty"));
}

TEST_F(FileExchangeTest, ReplacesNoFileOfTheSameName) {
  folders_.write("there/a.txt", "old");
  folders_.write("here/a.txt", "new");
  const auto sent = upload("a.txt");
  ASSERT_TRUE(sent) << sent.error().message;
  EXPECT_EQ(sent->filename, "a (2).txt");
  EXPECT_EQ(text_of(store_ + "/a.txt"), "old");
  EXPECT_EQ(text_of(store_ + "/a (2).txt"), "new");
}

TEST_F(FileExchangeTest, FetchesAFile) {
  const auto text = long_text(99'999);
  folders_.write("there/b.bin", text);
  const auto fetched = download("b.bin");
  ASSERT_TRUE(fetched) << fetched.error().message;
  EXPECT_EQ(fetched->size_bytes, 99'999u);
  EXPECT_EQ(text_of(mine_ + "/b.bin"), text);
}

TEST_F(FileExchangeTest, TellsAMissingFileFromAMissingMethod) {
  const auto none = client_->call("file_download_start", Map{{"filename", "nosuch"}});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, CallCode::kExecutionError);
  const auto chunk =
      client_->call("file_download_chunk", Map{{"transfer_id", "nosuch"}, {"chunk_index", 0}});
  ASSERT_FALSE(chunk);
  EXPECT_EQ(chunk.error().code, CallCode::kExecutionError);
}

TEST_F(FileExchangeTest, ListsWhatCanBeFetched) {
  folders_.write("there/b", "12");
  folders_.write("there/a", "1");
  folders_.write("there/.hidden", "1");
  const auto connection = client_->connection();
  const auto listed = wait(FileExchange::list(connection), connection);
  ASSERT_TRUE(listed) << listed.error().message;
  EXPECT_THAT(*listed,
              ::testing::ElementsAre(files::ListedFile{"a", 1}, files::ListedFile{"b", 2}));
}

TEST_F(FileExchangeTest, GoesOnWhereItWasCutOff) {
  const auto text = long_text(40 * kFileChunkBytesMin);
  folders_.write("here/big", text);
  std::atomic<int> chunks = 0;
  const auto cut = upload("big", [&](const TransferProgress&) {
    if (++chunks == 25) client_->connection()->close_now({ErrorCode::kClosed, "cut off by a test"});
  });
  ASSERT_FALSE(cut);
  EXPECT_THAT(cut.error().code, AnyOf(CallCode::kUnknownOutcome, CallCode::kDisconnected))
      << cut.error().message;
  connect();
  const auto sent = upload("big");
  ASSERT_TRUE(sent) << sent.error().message;
  EXPECT_GE(sent->resumed_at_bytes, 10 * kFileChunkBytesMin);
  EXPECT_EQ(text_of(store_ + "/big"), text);
}

TEST_F(FileExchangeTest, RefusesNamesThatLeadElsewhere) {
  folders_.write("secret", "secret");
  std::filesystem::create_symlink(folders_.path("secret"), store_ + "/link");
  const std::string checksum(64, 'a');
  for (const auto* name : {"../escaped", "/tmp/escaped", "a/../../escaped", ".hidden", ""}) {
    const auto up = start_upload(name, 1, checksum);
    ASSERT_FALSE(up) << name;
    EXPECT_EQ(up.error().code, CallCode::kValidation) << name;
    EXPECT_FALSE(client_->call("file_download_start", Map{{"filename", name}})) << name;
  }
  const auto link = client_->call("file_download_start", Map{{"filename", "link"}});
  ASSERT_FALSE(link);
  EXPECT_THAT(link.error().message, HasSubstr("symbolic link"));
}

TEST_F(FileExchangeTest, SaysAtOnceThatThereIsNoSuchFolder) {
  std::filesystem::create_directory(mine_ + "/2026");
  folders_.write("here/2026/report.txt", "hello");
  bool was_chunk_sent = false;
  const auto refused =
      upload("2026/report.txt", [&](const TransferProgress&) { was_chunk_sent = true; });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, CallCode::kValidation);
  EXPECT_THAT(refused.error().message, HasSubstr("there is no folder \"2026\""));
  EXPECT_FALSE(was_chunk_sent);
  EXPECT_TRUE(std::filesystem::is_empty(store_));
  std::filesystem::create_directory(store_ + "/2026");
  EXPECT_TRUE(upload("2026/report.txt"));
  EXPECT_EQ(text_of(store_ + "/2026/report.txt"), "hello");
}

TEST_F(FileExchangeTest, BlamesNobodyElseForAFileOfOurOwn) {
  const auto none = upload("nosuch");
  ASSERT_FALSE(none);
  EXPECT_EQ(kind_of(none.error()), ClientErrorKind::kLocal);
  EXPECT_THAT(none.error().message, HasSubstr("there is no file \"nosuch\""));
  const auto theirs = download("nosuch");
  ASSERT_FALSE(theirs);
  EXPECT_EQ(kind_of(theirs.error()), ClientErrorKind::kRemote);
}

TEST_F(FileExchangeTest, StoresNothingWhoseChecksumIsWrong) {
  const auto begun = start_upload("c", 3, std::string(64, 'a'));
  ASSERT_TRUE(begun) << begun.error().message;
  const auto id = *begun->find("transfer_id")->if_text();
  // As the real programs send it.
  const Map chunk{
      {"transfer_id", id}, {"chunk_index", 0}, {"data_b64", crypto::base64(as_bytes("abc"))}};
  ASSERT_TRUE(client_->call("file_upload_chunk", chunk));
  const auto ended = client_->call("file_upload_complete", Map{{"transfer_id", id}});
  ASSERT_FALSE(ended);
  EXPECT_THAT(ended.error().message, HasSubstr("Checksum mismatch"));
  EXPECT_TRUE(std::filesystem::is_empty(store_));
}

TEST_F(FileExchangeTest, ChecksEveryChunk) {
  const auto begun = start_upload("d", 3, std::string(64, 'a'));
  ASSERT_TRUE(begun);
  const auto id = *begun->find("transfer_id")->if_text();
  const auto send = [&](std::int64_t index, const Value& data) {
    return client_->call("file_upload_chunk",
                         Map{{"transfer_id", id}, {"chunk_index", index}, {"data_b64", data}});
  };
  EXPECT_FALSE(send(1, crypto::base64(as_bytes("abc"))));  // there is no such chunk
  EXPECT_FALSE(send(-1, crypto::base64(as_bytes("abc"))));
  EXPECT_FALSE(send(0, crypto::base64(as_bytes("ab"))));  // too short
  EXPECT_FALSE(send(0, crypto::base64(as_bytes("abcd"))));
  EXPECT_FALSE(send(0, "no base64!"));
  EXPECT_FALSE(send(0, 7));
  const auto early = client_->call("file_upload_complete", Map{{"transfer_id", id}});
  ASSERT_FALSE(early);
  EXPECT_THAT(early.error().message, HasSubstr("0 of 1 chunks"));
  EXPECT_FALSE(client_->call("file_upload_complete", Map{{"transfer_id", "no such"}}));
}

TEST_F(FileExchangeTest, BoundsSizesAndTransfers) {
  EXPECT_FALSE(start_upload("e", 10'000'001, std::string(64, 'a')));
  EXPECT_FALSE(start_upload("e", 1, "short"));
  for (std::size_t number = 0; number < kFileTransfersMax; ++number)
    ASSERT_TRUE(start_upload("e" + std::to_string(number), 1, std::string(64, 'a')));
  const auto beyond = start_upload("beyond", 1, std::string(64, 'a'));
  ASSERT_FALSE(beyond);
  EXPECT_EQ(beyond.error().code, CallCode::kRateLimited);
}

TEST_F(FileExchangeTest, PushesAFileToAClient) {
  const auto text = long_text(150'000);
  folders_.write("there/f", text);
  const auto connection = server_.connections().at(0);
  const auto sent = wait(there_->push(connection, "f"), connection);
  ASSERT_TRUE(sent) << sent.error().message;
  EXPECT_EQ(pushed_.take()->size_bytes, 150'000u);
  EXPECT_EQ(text_of(mine_ + "/f"), text);
}

TEST_F(FileExchangeTest, SaysWhyAClientDoesNotTakeAFile) {
  std::filesystem::create_directory(store_ + "/2026");
  folders_.write("there/2026/f", "hello");
  const auto connection = server_.connections().at(0);
  const auto refused = wait(there_->push(connection, "2026/f"), connection);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, CallCode::kExecutionError);
  EXPECT_THAT(refused.error().message, HasSubstr("there is no folder \"2026\""));
}

TEST_F(FileExchangeTest, MayBeCancelledWhileChunksAreUnderWay) {
  for (const bool is_upload : {true, false}) {
    Mailbox<int> begun;
    std::promise<void> may_answer;
    const auto answer = [&](const Value&) {
      begun.put(1);
      may_answer.get_future().wait();
      return Map{{"data_b64", "AAAA"}};
    };
    folders_.write("here/up", "abc");
    folders_.write("there/down", "abc");
    server_.rpc(is_upload ? "file_upload_chunk" : "file_download_chunk", answer);
    const auto connection = client_->connection();
    boost::asio::cancellation_signal cancel;
    auto moved = boost::asio::co_spawn(
        connection->executor(),
        is_upload ? here_->upload(connection, "up") : here_->download(connection, "down"),
        boost::asio::bind_cancellation_slot(cancel.slot(), boost::asio::use_future));
    ASSERT_TRUE(begun.take());
    boost::asio::post(connection->executor(),
                      [&] { cancel.emit(boost::asio::cancellation_type::terminal); });
    EXPECT_THROW(moved.get(), boost::system::system_error);
    may_answer.set_value();  // the answer comes to nobody
    EXPECT_TRUE(client_->call("listall"));
  }
}

TEST_F(FileExchangeTest, KeepsWhatTwoClientsPushWithTheSameIdApart) {
  Client other({.server_host = "127.0.0.1", .server_port = server_.port(), .password = "secret"});
  ASSERT_TRUE(other.connect());
  // As the real programs send it.
  const auto send = [](Client& client, const char* type, const std::string& text) {
    EXPECT_TRUE(client.send(type, Map{{"transfer_id", "1"},
                                      {"filename", text},
                                      {"size", text.size()},
                                      {"checksum", password_hash(text)},
                                      {"chunk_index", 0},
                                      {"data_b64", crypto::base64(as_bytes(text))}}));
  };
  for (const auto* type : {"file_incoming", "file_chunk", "file_complete"}) {
    send(*client_, type, "one");
    send(other, type, "two!");
  }
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(received_.take());
  EXPECT_EQ(text_of(store_ + "/one"), "one");
  EXPECT_EQ(text_of(store_ + "/two!"), "two!");
}

TEST_F(FileExchangeTest, FetchesNoFileInChunksThatAreTooSmall) {
  server_.rpc("file_download_start",
              [](const std::string&) {
                return Map{{"transfer_id", "1"}, {"size", 9'000'000}, {"chunk_size", 1}};
              },
              {.parameters = {"filename"}});
  const auto refused = download("big");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, CallCode::kInvalidValue);
  EXPECT_THAT(refused.error().message, HasSubstr("no usable transfer_id or chunk_size"));
}

TEST(FileExchange, ComputesTheChecksumThatOthersDo) {
  const testing::TemporaryFolder folder;
  folder.write("a", "abc");
  const auto store = files::ConfinedFolder::open(folder.path());
  ASSERT_TRUE(store);
  // FIPS 180-2, B.1
  EXPECT_EQ(file_checksum(**(*store)->open_file("a")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(TransferProgress, SaysHowLongItWillTake) {
  using namespace std::chrono_literals;
  const TransferProgress progress{.total_bytes = 400, .transferred_bytes = 100, .elapsed = 2s};
  EXPECT_EQ(progress.percent(), 25);
  EXPECT_EQ(progress.bytes_per_second(), 50);
  EXPECT_EQ(progress.remaining(), Duration(6s));
  EXPECT_EQ(TransferProgress{}.percent(), 100);
  EXPECT_EQ(TransferProgress{.total_bytes = 1}.remaining(), std::nullopt);
}

}  // namespace
}  // namespace oriel::conduit
