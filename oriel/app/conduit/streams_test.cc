#include "oriel/app/conduit/streams.h"

#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <future>

#include "oriel/app/conduit/client.h"
#include "oriel/app/conduit/server.h"

namespace oriel::conduit {
namespace {

using boost::asio::awaitable;
using ::testing::ElementsAre;

// A server and a client with streams, in threads of their own.
class StreamsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    there_ = std::make_shared<StreamHub>(server_.executor());
    there_->serve(server_.dispatcher());
    ASSERT_TRUE(server_.start());
    client_.emplace(ClientOptions{
        .server_host = "127.0.0.1", .server_port = server_.port(), .password = "secret"});
    const auto connected = client_->connect();
    ASSERT_TRUE(connected) << connected.error().message;
    connection_ = client_->connection();
    executor_ = connection_->executor();
    here_ = std::make_shared<StreamHub>(connection_->executor());
    here_->serve(client_->dispatcher());
  }

  // Runs `work` where the server's streams are, and gives what it returns.
  template <typename F>
  auto there(F work) {
    return boost::asio::co_spawn(
               server_.executor(),
               [work = std::move(work)]() -> awaitable<decltype(work())> { co_return work(); },
               boost::asio::use_future)
        .get();
  }
  template <typename T>
  T there(awaitable<T> work) {
    return boost::asio::co_spawn(server_.executor(), std::move(work), boost::asio::use_future)
        .get();
  }
  template <typename T>
  T here(awaitable<T> work) {
    return boost::asio::co_spawn(executor_, std::move(work), boost::asio::use_future).get();
  }
  std::shared_ptr<OutgoingStream> create(StreamOptions options = {}) {
    return there([&] { return there_->create("numbers", options); });
  }
  std::shared_ptr<IncomingStream> subscribe(std::size_t credit = kStreamBuffer) {
    auto stream = here(here_->subscribe(connection_, "numbers", credit));
    EXPECT_TRUE(stream) << stream.error().message;
    return stream ? *stream : nullptr;
  }
  void push(const std::shared_ptr<OutgoingStream>& stream, int first, int last) {
    there([&] {
      for (int number = first; number <= last; ++number) stream->push(number);
      return 0;
    });
  }
  // The next so many values; fewer when the stream ends.
  std::vector<Value> take(const std::shared_ptr<IncomingStream>& stream, std::size_t count) {
    std::vector<Value> values;
    while (values.size() < count) {
      auto value = here(stream->next());
      if (!value) break;
      values.push_back(std::move(*value));
    }
    return values;
  }
  StreamStats stats(const std::shared_ptr<OutgoingStream>& stream) {
    return there([&] { return stream->stats(); });
  }

  Server server_{{.password = "secret", .host = "127.0.0.1", .port = 0}};
  std::optional<Client> client_;
  ConnectionPointer connection_;
  boost::asio::any_io_executor executor_;  // of the connection, which loses it when it ends
  std::shared_ptr<StreamHub> there_, here_;
};

TEST_F(StreamsTest, SendsValuesInTheirOrderToWhoSubscribes) {
  const auto out = create();
  push(out, 1, 3);  // nobody listens
  const auto in = subscribe();
  push(out, 4, 6);
  EXPECT_THAT(take(in, 3), ElementsAre(4, 5, 6));
}

TEST_F(StreamsTest, SendsNoMoreThanTheConsumerCanTake) {
  const auto out = create({.buffer = 100});
  const auto in = subscribe(4);
  push(out, 1, 20);
  EXPECT_EQ(stats(out).sent, 4u);
  // Each half that is taken brings as many more.
  EXPECT_EQ(take(in, 20).size(), 20u);
  EXPECT_EQ(stats(out).dropped, 0u);
}

TEST_F(StreamsTest, DropsTheOldestOfASlowConsumer) {
  const auto out = create({.buffer = 2, .policy = TopicPolicy::kDropOldest});
  const auto in = subscribe(1);
  push(out, 1, 10);
  EXPECT_THAT(take(in, 3), ElementsAre(1, 9, 10));
  EXPECT_EQ(stats(out).dropped, 7u);
}

TEST_F(StreamsTest, KeepsTheLatestForASlowConsumer) {
  const auto out = create({.policy = TopicPolicy::kKeepLatest});
  const auto in = subscribe(1);
  push(out, 1, 10);
  EXPECT_THAT(take(in, 2), ElementsAre(1, 10));
}

TEST_F(StreamsTest, CutsOffASlowConsumerWhereThatIsThePolicy) {
  const auto out = create({.buffer = 2, .policy = TopicPolicy::kDisconnect});
  const auto in = subscribe(1);
  push(out, 1, 10);
  EXPECT_LE(take(in, 10).size(), 3u);
  EXPECT_EQ(stats(out).consumers, 0u);
}

TEST_F(StreamsTest, WaitsForRoomWhenAsked) {
  const auto out = create({.buffer = 1, .policy = TopicPolicy::kBlock});
  const auto in = subscribe(1);
  auto pushing = boost::asio::co_spawn(
      server_.executor(),
      [out]() -> awaitable<int> {
        for (int number = 1; number <= 10; ++number) co_await out->async_push(number);
        co_return 10;
      },
      boost::asio::use_future);
  EXPECT_EQ(pushing.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
  EXPECT_THAT(take(in, 10), ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
  EXPECT_EQ(pushing.get(), 10);
}

TEST_F(StreamsTest, EndsForItsConsumersBehindWhatWasSent) {
  const auto out = create();
  const auto in = subscribe(1);
  push(out, 1, 3);
  EXPECT_TRUE(there([&] { return there_->close("numbers"); }));
  EXPECT_FALSE(there([&] { return there_->close("numbers"); }));
  auto last = take(in, 10);
  ASSERT_FALSE(last.empty());
  EXPECT_EQ(last.back(), Value(3));
  EXPECT_EQ(here(in->next()).error().code, ErrorCode::kClosed);
}

TEST_F(StreamsTest, ForgetsWhoUnsubscribesOrGoes) {
  const auto out = create();
  auto in = subscribe();
  EXPECT_EQ(stats(out).consumers, 1u);
  here([&]() -> awaitable<int> {
    co_await here_->unsubscribe(in);
    co_return 0;
  }());
  EXPECT_EQ(stats(out).consumers, 0u);
  in = subscribe();
  EXPECT_EQ(stats(out).consumers, 1u);
  std::promise<void> ended;
  const auto consumer = server_.connections().at(0);
  there([&] {  // the hub waits for it too, and has begun earlier
    consumer->when_ended([&] { ended.set_value(); });
    return 0;
  });
  client_->disconnect();
  ended.get_future().wait();
  EXPECT_EQ(stats(out).consumers, 0u);
}

TEST_F(StreamsTest, SaysThatThereIsNoSuchStream) {
  const auto none = here(here_->subscribe(connection_, "nothing"));
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().message, ::testing::HasSubstr("Stream not found: nothing"));
  const auto nobody = here(here_->create_at(connection_, "nothing"));
  ASSERT_FALSE(nobody);
}

TEST_F(StreamsTest, TakesStreamsThatClientsMake) {
  std::promise<std::shared_ptr<IncomingStream>> came;
  there([&] {
    there_->on_peer_stream("frames", [&](auto stream) { came.set_value(std::move(stream)); }, 4);
    return 0;
  });
  auto out = here(here_->create_at(connection_, "frames", {.policy = TopicPolicy::kBlock}));
  ASSERT_TRUE(out) << out.error().message;
  auto pushing = boost::asio::co_spawn(
      connection_->executor(),
      [out = *out]() -> awaitable<int> {
        for (int number = 1; number <= 50; ++number) co_await out->async_push(number);
        out->close();
        co_return 0;
      },
      boost::asio::use_future);
  const auto in = came.get_future().get();
  std::vector<Value> values;
  while (auto value = there(in->next())) values.push_back(*value);
  pushing.get();
  ASSERT_EQ(values.size(), 50u);
  EXPECT_EQ(values.front(), Value(1));
  EXPECT_EQ(values.back(), Value(50));
}

TEST_F(StreamsTest, ListsStreams) {
  create();
  subscribe();
  const auto listed = client_->call("stream_list");
  ASSERT_TRUE(listed) << listed.error().message;
  const auto& row = listed->find("streams")->if_array()->at(0);
  EXPECT_EQ(*row.find("name"), Value("numbers"));
  EXPECT_EQ(*row.find("subscribers"), Value(1));
}

struct Temperature {
  double degrees = 0;
};
BOOST_DESCRIBE_STRUCT(Temperature, (), (degrees))

TEST_F(StreamsTest, DescribesTheirValuesAndWhatTheirMethodsGive) {
  there([&] {
    there_->create("sensors", {.role = "monitor", .element = describe_result<Temperature>()});
    there_->on_peer_stream("frames", [](auto) {}, 4, describe_result<Bytes>());
    return 0;
  });
  const auto described = client_->call("describe");
  ASSERT_TRUE(described) << described.error().message;
  const auto& streams = *described->find("streams")->if_array();
  ASSERT_EQ(streams.size(), 2u);
  EXPECT_EQ(*streams[0].find("name"), Value("frames"));
  EXPECT_EQ(*streams[0].find("direction"), Value("in"));
  EXPECT_EQ(*streams[0].find("element")->find("contentEncoding"), Value("base64"));
  EXPECT_EQ(streams[0].find("role"), nullptr);
  EXPECT_EQ(*streams[1].find("name"), Value("sensors"));
  EXPECT_EQ(*streams[1].find("role"), Value("monitor"));
  EXPECT_NE(streams[1].find("element")->find("properties")->find("degrees"), nullptr);
  for (const auto* method :
       {"stream_list", "stream_subscribe", "stream_unsubscribe", "stream_create"}) {
    const auto schema = client_->describe(method);
    ASSERT_TRUE(schema) << method;
    EXPECT_NE(schema->find("result")->find("properties"), nullptr) << method;
  }
  there([&] { return there_->close("sensors"); });
  EXPECT_EQ(client_->call("describe")->find("streams")->if_array()->size(), 1u);
}

TEST_F(StreamsTest, TakesWhatAProgramPushesWithoutMakingAStream) {
  std::promise<std::shared_ptr<IncomingStream>> came;
  there([&] {
    there_->on_peer_stream("frames", [&](auto stream) { came.set_value(std::move(stream)); });
    return 0;
  });
  ASSERT_TRUE(client_->send("stream_data", Map{{"stream", "frames"}, {"data", 7}}));
  const auto in = came.get_future().get();
  EXPECT_EQ(*there(in->next()), Value(7));
}

}  // namespace
}  // namespace oriel::conduit
