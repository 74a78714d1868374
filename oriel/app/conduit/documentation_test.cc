// The pieces of code in docs/conduit*.md, compiled as readers would write them. A test compares
// them with the pages: whatever stands there in ```cpp stands here too, but for white space and
// comments.

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <boost/describe.hpp>
#include <cctype>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "oriel/app/conduit/client.h"
#include "oriel/app/conduit/client_pool.h"
#include "oriel/app/conduit/file_exchange.h"
#include "oriel/app/conduit/server.h"
#include "oriel/app/conduit/streams.h"
#include "oriel/testing/golden.h"

namespace oriel::documentation {

// ---- docs/conduit.md

namespace first {

// clang-format off
#include "oriel/app/conduit/server.h"
using namespace oriel::conduit;
// clang-format on

int program() {
  Server server({.password = "your_secret_password", .host = "0.0.0.0", .port = 8080});
  server.rpc("add", [](int a, int b) { return a + b; }, {.parameters = {"a", "b"}});
  return server.run() ? 0 : 1;  // until stop(), SIGINT or SIGTERM
}

}  // namespace first

using namespace oriel::conduit;

struct UserCreateRequest {
  std::string username, email;
  int age = 0;
};
BOOST_DESCRIBE_STRUCT(UserCreateRequest, (), (username, email, age))

struct Search {
  std::string text;
  int limit = 10;
  std::optional<std::string> language;
  static constexpr std::string_view kOptionalMembers[] = {"limit"};
};
BOOST_DESCRIBE_STRUCT(Search, (), (text, limit, language))

struct Database {
  static int create(const UserCreateRequest&) { return 1; }
  static std::vector<UserCreateRequest> users(int, int) { return {{"ann", "ann@example.org", 30}}; }
  static std::int64_t count() { return 1; }
} database;

void methods(Server& server) {
  server.rpc("greet", [](const std::string& name) { return "Hello, " + name + "!"; },
             {.parameters = {"name"}});
  server.rpc("create_user", [](UserCreateRequest request) { return database.create(request); });
  server.rpc("users.list",
             [](int limit, int offset) {
               return Response::with_pagination(database.users(limit, offset),
                                                {.total = database.count()});
             },
             {.parameters = {optional("limit", 10), optional("offset", 0)},
              .description = "Lists users."});
}

void messages(Server& server) {
  server.on("chat", [&](Connection& client, const Value& data) {
    server.broadcast("chat", Map{{"from", client.id()}, {"message", *data.find("message")}},
                     {.exclude = {client.id()}});
    return Map{{"sent", true}};  // goes back as "chat_response"
  });
}

// ---- docs/conduit_client.md

void complain(const std::string&) {}
void print(int) {}

void use_client() {
  conduit::Client client({.server_host = "localhost", .server_port = 8080, .password = "secret"});
  if (auto connected = client.connect(); !connected) return complain(connected.error().message);
  auto sum = client.call<int>("add", {{"a", 10}, {"b", 20}});  // CallResult<int>
  if (sum)
    print(*sum);
  else
    complain(sum.error().message);
}

boost::asio::awaitable<void> use_client_on(boost::asio::any_io_executor executor) {
  conduit::Client client(executor, {.target = "tls://host:9000", .password = "secret"});
  if (auto connected = co_await client.async_connect(); !connected) co_return;
  auto sum = co_await client.async_call<int>("add", conduit::params("a", 10, "b", 20));
  if (sum) print(*sum);
}

void use_pool() {
  conduit::ClientPool pool({.servers = {"one:8080", "two:8080"},
                            .password = "secret",
                            .pool_size = 2,
                            .strategy = conduit::PoolStrategy::kLeastLatency});
  auto connected = pool.connect_all();  // how many; the others are tried again and again
  auto sum = pool.rpc<int>("add", {{"a", 1}, {"b", 2}});
  for (auto& [server, count] : pool.broadcast_rpc<int>("count"))
    if (count) print(*count);
  print(static_cast<int>(connected.value_or(0)) + sum.value_or(0));
}

// ---- docs/conduit_files.md

void show(double) {}

boost::asio::awaitable<void> exchange_files(Server& server, Client& client,
                                            std::shared_ptr<FileExchange> mine) {
  auto exchange =
      FileExchange::open({.folder = "/srv/exchange"});  // an error says what is wrong with it
  (*exchange)->on_file_received(
      [](Context& context, const ReceivedFile& file) {  // in a worker thread
        context.log().info("received", {{"file", file.path}});
      });
  (*exchange)->serve(server.dispatcher());  // or client.dispatcher()

  auto sent =
      co_await mine->upload(client.connection(), "report.pdf",
                            [](const TransferProgress& progress) { show(progress.percent()); });
  auto fetched = co_await mine->download(client.connection(), "data.bin");
  print(sent && fetched ? 1 : 0);
}

// ---- docs/conduit_streams.md

void use(const Value&) {}
void take(const std::shared_ptr<IncomingStream>&) {}

boost::asio::awaitable<void> stream_sensors(Server& server, std::shared_ptr<StreamHub> mine,
                                            ConnectionPointer connection, Value reading) {
  auto hub = std::make_shared<StreamHub>(server.executor());
  hub->serve(server.dispatcher());
  auto sensors = hub->create("sensors", {.buffer = 100, .policy = TopicPolicy::kDropOldest});
  sensors->push(Map{{"temperature", 22.5}});  // returns for how many; never waits
  co_await sensors->async_push(reading);      // waits until every consumer has room

  auto stream = co_await mine->subscribe(connection, "sensors", 50);  // at most 50 values ahead
  while (auto value = co_await (*stream)->next()) use(*value);        // kClosed at the end
}

boost::asio::awaitable<void> stream_frames(std::shared_ptr<StreamHub> hub,
                                           std::shared_ptr<StreamHub> mine,
                                           ConnectionPointer connection, Value frame) {
  hub->on_peer_stream("frames", [](std::shared_ptr<IncomingStream> stream) { take(stream); });
  auto frames = co_await mine->create_at(connection, "frames");
  co_await (*frames)->async_push(frame);
}

// ---- the comparison

// Without comments and white space.
std::string bare(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const auto comment = line.find(" //");
    line = line.starts_with("//") ? "" : line.substr(0, comment);
    std::ranges::copy_if(line, std::back_inserter(out),
                         [](unsigned char c) { return std::isspace(c) == 0; });
  }
  return out;
}

class ConduitPage : public ::testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(All, ConduitPage,
                         ::testing::Values("conduit", "conduit_client", "conduit_files",
                                           "conduit_streams"));

TEST_P(ConduitPage, HasCodeThatCompiles) {
  constexpr std::string_view kBegin = "```cpp\n", kEnd = "```";
  auto source = bare(testing::repository_text("oriel/app/conduit/documentation_test.cc"));
  // There is one main() in a program, and it is not that of the page.
  if (const auto name = source.find("intprogram()"); name != source.npos)
    source.replace(name, 12, "intmain()");
  const auto page = testing::repository_text("docs/" + std::string(GetParam()) + ".md");
  int pieces = 0;
  for (auto at = page.find(kBegin); at != page.npos; at = page.find(kBegin, at + 1)) {
    const auto piece =
        page.substr(at + kBegin.size(), page.find(kEnd, at + 3) - at - kBegin.size());
    EXPECT_NE(source.find(bare(piece)), source.npos) << piece;
    ++pieces;
  }
  EXPECT_GT(pieces, 0);
}

}  // namespace oriel::documentation
