// What a peer can do wrong or on purpose, through a real server on real sockets.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <future>
#include <thread>
#include <vector>

#include "oriel/app/conduit/server.h"
#include "oriel/app/net/lockout.h"
#include "oriel/testing/conduit/raw_peer.h"

namespace oriel::conduit {
namespace {

using namespace std::chrono_literals;
using ::oriel::testing::bomb;
using ::oriel::testing::call;
using ::oriel::testing::frame;
using ::oriel::testing::hash_log_in;
using ::oriel::testing::message;
using ::oriel::testing::RawPeer;
using ::testing::AnyOf;
using ::testing::HasSubstr;

struct Stage {
  explicit Stage(ServerOptions options = {}) : server(with_test_values(std::move(options))) {
    server.rpc("echo", [](const Value& value) { return value; }, {.run = Run::kLoop});
    const auto status = server.start();
    EXPECT_TRUE(status) << status.error().message;
  }
  static ServerOptions with_test_values(ServerOptions options) {
    options.password = "secret";
    options.host = "127.0.0.1";
    options.port = 0;
    options.scram_iterations = 4096;
    options.stop_timeout = 2s;
    return options;
  }
  RawPeer join() {
    RawPeer peer(server.port());
    const auto answer = peer.log_in();
    EXPECT_TRUE(answer && answer->type == FrameType::kAuthSuccess);
    return peer;
  }
  static bool comes(const std::function<bool()>& what) {
    const auto until = Clock::now() + 10s;
    while (!what() && Clock::now() < until) std::this_thread::yield();
    return what();
  }

  Server server;
};

std::string reason(const std::optional<oriel::testing::ReadFrame>& said) {
  const auto* value = said ? said->payload.find("reason") : nullptr;
  return value != nullptr && value->if_text() != nullptr ? *value->if_text() : "none";
}

// Of this process: "VmRSS:" now, "VmHWM:" the most since forget_most_memory().
long memory_kib(const std::string& line) {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;)
    if (word == line) {
      long kib = 0;
      status >> kib;
      return kib;
    }
  return 0;
}
void forget_most_memory() { std::ofstream("/proc/self/clear_refs") << "5"; }

TEST(HostilePeer, GainsNothingWithABomb) {
  Stage stage({.max_message_size = 1'000'000});
  RawPeer stranger(stage.server.port());
  stranger.send(bomb(15'000'000));  // some 15 kB deflated, which is what a log-in may have
  EXPECT_TRUE(stranger.is_ended());
  auto peer = stage.join();
  const auto bytes = bomb(40'000'000);
  forget_most_memory();
  const auto before = memory_kib("VmRSS:");
  peer.send(bytes);
  EXPECT_THAT(reason(peer.next(FrameType::kClose)), HasSubstr("inflates to more than 1000000"));
  EXPECT_TRUE(peer.is_ended());
#ifndef __SANITIZE_THREAD__  // whose shadow is several times as large
  EXPECT_LT(memory_kib("VmHWM:") - before, 15'000) << "40 MB are in it, 1 MB is allowed";
#endif
  stage.join();
}

TEST(HostilePeer, MaySplitAndPipelineItsLogIn) {
  Stage stage;
  auto all = hash_log_in();
  const auto first = call(1, "echo", Array{1}), second = call(2, "echo", Array{2});
  all.insert(all.end(), first.begin(), first.end());
  all.insert(all.end(), second.begin(), second.end());
  for (const std::size_t step : {std::size_t{1}, std::size_t{40}, all.size()}) {
    RawPeer peer(stage.server.port());
    for (std::size_t at = 0; at < all.size(); at += step)
      peer.send(ByteSpan(all).subspan(at, std::min(step, all.size() - at)));
    EXPECT_EQ(peer.next()->type, FrameType::kAuthSuccess);
    EXPECT_EQ(peer.next()->correlation, 1u);
    EXPECT_EQ(peer.next()->correlation, 2u);
  }
}

TEST(HostilePeer, IsAnsweredThroughAFloodOfPauses) {
  Stage stage;
  auto peer = stage.join();
  Bytes flood;
  const auto pause = frame(FrameType::kPause), resume = frame(FrameType::kResume);
  for (int i = 0; i < 5000; ++i) {
    flood.insert(flood.end(), pause.begin(), pause.end());
    if (i % 2 == 0) flood.insert(flood.end(), resume.begin(), resume.end());
  }
  peer.send(flood);
  EXPECT_EQ(*peer.call("echo", Array{5}).find("data"), Value(Array{5})) << "answers do not wait";
  EXPECT_EQ(stage.server.broadcast("news", 1), 1u);
  peer.send(resume);
  EXPECT_TRUE(peer.next(FrameType::kMessage)) << "what waited comes after RESUME";
}

TEST(HostilePeer, LeavesNoSlotBehind) {
  Stage stage({.max_connections = 3});
  for (int i = 0; i < 10; ++i) {
    auto a = stage.join(), b = stage.join(), c = stage.join();
    RawPeer fourth(stage.server.port());
    const auto answer = fourth.log_in();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->type, FrameType::kAuthFailure);
    EXPECT_THAT(reason(answer), HasSubstr("limit of 3 connections"));
    EXPECT_TRUE(fourth.is_ended());
    a.close();
    b.close();
    c.close();
    ASSERT_TRUE(Stage::comes([&] { return stage.server.connection_count() == 0; }));
  }
  EXPECT_EQ(stage.server.statistics().connections_most, 3u);
  EXPECT_TRUE(Stage::comes([&] { return stage.server.statistics().connections_refused == 10; }));
}

TEST(HostilePeer, TakesNoPlaceWithoutLoggingIn) {
  Stage stage({.max_connections = 1});
  std::vector<RawPeer> silent;
  for (std::size_t i = 0; i < kArrivalsMax + 10; ++i) silent.emplace_back(stage.server.port());
  stage.join();
  EXPECT_TRUE(silent.front().is_ended()) << "the oldest yields";
}

TEST(HostilePeer, IsLockedOutWhenItGuesses) {
  std::string log;
  ServerOptions options;
  options.logger = observe::Logger(
      observe::make_callback_sink(config::LogLevel::kWarning, config::LogFormat::kText,
                                  [&](std::string line) { log += line; }));
  Stage stage(options);
  // All are there before the first is judged: guessing at once is no way round.
  std::vector<RawPeer> guessers;
  for (int i = 0; i < 12; ++i) guessers.emplace_back(stage.server.port());
  ASSERT_TRUE(Stage::comes([&] { return stage.server.statistics().connections_accepted == 12; }));
  int judged = 0, locked = 0;
  for (auto& guesser : guessers) {
    const auto answer = guesser.log_in("wrong");
    ASSERT_TRUE(answer);
    ASSERT_EQ(answer->type, FrameType::kAuthFailure);
    reason(answer) == "Invalid password" ? ++judged : ++locked;
    EXPECT_TRUE(guesser.is_ended());
  }
  EXPECT_EQ(judged, net::Lockout::kFreeFailures + 1);
  EXPECT_EQ(locked, 12 - judged);
  RawPeer right(stage.server.port());
  const auto answer = right.log_in();
  ASSERT_TRUE(answer);
  EXPECT_THAT(reason(answer), HasSubstr("too many wrong passwords"));
  stage.server.stop();
  EXPECT_THAT(log, HasSubstr("log-in refused"));
  EXPECT_THAT(log, ::testing::Not(HasSubstr("wrong\""))) << "no secrets in the log";
}

TEST(HostilePeer, IsSentAwayWhenItIsSilent) {
  Stage stage({.auth_timeout = 30ms});
  RawPeer peer(stage.server.port());
  EXPECT_TRUE(peer.is_ended());
  auto quick = stage.join();
  EXPECT_EQ(*quick.call("echo", Array{1}).find("data"), Value(Array{1}));
}

TEST(HostilePeer, IsToldWhenItsMessageIsTooLong) {
  Stage stage({.max_message_size = 2000});
  auto peer = stage.join();
  peer.send(message("x", std::string(1900, 'x')));
  EXPECT_EQ(*peer.call("echo", Array{1}).find("data"), Value(Array{1}));
  peer.send(message("x", std::string(2100, 'x')));
  EXPECT_THAT(reason(peer.next(FrameType::kClose)), HasSubstr("2000"));
  EXPECT_TRUE(peer.is_ended());
}

struct Nonsense {
  const char* name;
  Bytes bytes;
};

TEST(HostilePeer, EndsItsOwnConnectionAlone) {
  Stage stage;
  auto other = stage.join();
  const auto with = [](std::size_t at, std::uint8_t byte) {
    auto bytes = frame(FrameType::kPing);
    bytes[at] = byte;
    return bytes;
  };
  const std::vector<Nonsense> all{{"magic", with(0, 'X')},
                                  {"version", with(4, 9)},
                                  {"type", with(7, 99)},
                                  {"length", with(12, 255)},
                                  {"message", frame(FrameType::kMessage, Array{1})},
                                  {"name", frame(FrameType::kMessage, Map{{"type", 7}})},
                                  {"log_in", hash_log_in()}};
  for (const auto& [name, bytes] : all) {
    auto peer = stage.join();
    peer.send(bytes);
    EXPECT_TRUE(peer.is_ended()) << name;
  }
  for (const auto& params : {Value(7), Value("x"), Value()}) {
    other.send(frame(FrameType::kRpcRequest, params, 9));
    EXPECT_EQ(other.next(FrameType::kRpcResponse)->correlation, 9u) << "answered, not ended";
  }
  EXPECT_EQ(*other.call("echo", Array{1}).find("data"), Value(Array{1}));
}

TEST(HostilePeer, IsReadNoFurtherThanWhatIsHandled) {
  std::promise<void> may_end;
  auto ended = may_end.get_future().share();
  Stage stage({.receive_queue_size = 10, .workers_max = 2});
  std::atomic<int> begun = 0;
  stage.server.rpc("slow", [&begun, ended] {
    ++begun;
    ended.wait();
  });
  auto peer = stage.join();
  Bytes calls;
  for (std::uint64_t i = 1; i <= 50; ++i) {
    const auto one = call(i, "slow");
    calls.insert(calls.end(), one.begin(), one.end());
  }
  peer.send(calls);
  EXPECT_EQ(peer.next()->type, FrameType::kPause);
  auto other = stage.join();
  EXPECT_EQ(*other.call("echo", Array{1}).find("data"), Value(Array{1}));
  EXPECT_LE(begun, 2);
  may_end.set_value();
  int answers = 0;
  while (answers < 50 && peer.next(FrameType::kRpcResponse)) ++answers;
  EXPECT_EQ(answers, 50);
  EXPECT_GE(stage.server.statistics().traffic.session.resumes_sent, 1u);
}

TEST(HostilePeer, IsNotAskedToPauseWithoutBackpressure) {
  std::promise<void> may_end;
  auto ended = may_end.get_future().share();
  Stage stage({.receive_queue_size = 10, .enable_backpressure = false});
  stage.server.rpc("slow", [ended] { ended.wait(); });
  auto peer = stage.join();
  peer.send(frame(FrameType::kPause));  // and so it is not heard either
  for (std::uint64_t i = 101; i <= 109; ++i) peer.send(call(i, "slow"));
  EXPECT_TRUE(peer.call("echo", Array{1}).find("data"));
  EXPECT_EQ(stage.server.broadcast("news", 1), 1u);
  EXPECT_TRUE(peer.next(FrameType::kMessage));
  may_end.set_value();
  EXPECT_EQ(stage.server.statistics().traffic.session.pauses_sent, 0u);
}

TEST(HostilePeer, LeavesThreadsToOthersAndToOtherMethods) {
  std::promise<void> may_end;
  auto ended = may_end.get_future().share();
  Stage stage;
  std::atomic<int> begun = 0;
  stage.server.rpc("slow", [&begun, ended] {
    ++begun;
    ended.wait();
  });
  stage.server.rpc("quick", [] { return 1; });
  auto peer = stage.join(), other = stage.join();
  Bytes calls;
  for (std::uint64_t i = 1001; i <= 1200; ++i) {
    const auto one = call(i, "slow");
    calls.insert(calls.end(), one.begin(), one.end());
  }
  peer.send(calls);
  ASSERT_TRUE(Stage::comes([&] { return begun == 43; })) << begun << " of " << kWorkersMax;
  EXPECT_EQ(*other.call("quick").find("data"), Value(1));
  EXPECT_EQ(*peer.call("quick").find("data"), Value(1));
  EXPECT_EQ(begun, 43);
  may_end.set_value();
  ASSERT_TRUE(Stage::comes([&] { return begun == 200; }));
}

TEST(HostilePeer, TakesTurnsWithOthersWhateverItSends) {
  Stage stage;
  auto peer = stage.join(), other = stage.join();
  const auto one = make_frame(FrameType::kMessage, Map{{"type", "x"}, {"data", Array(3'000)}},
                              {.compression = Compression::kWhenSmaller});
  ASSERT_LT(one.size(), 150u);
  const auto frames = 64 * 1024 / one.size();
  Bytes flood;
  for (std::size_t i = 0; i < frames; ++i) flood.insert(flood.end(), one.begin(), one.end());
  const auto handled = [&] { return stage.server.statistics().traffic.session.frames_in; };
  const auto before = handled();
  peer.send(flood);
  ASSERT_TRUE(Stage::comes([&] { return handled() > before; }));
  EXPECT_EQ(*other.call("echo", Array{1}).find("data"), Value(Array{1}));
  EXPECT_LT(handled() - before, frames / 2);
}

TEST(HostilePeer, HasFewAnswersMadeThatItDoesNotRead) {
  Stage stage;
  const std::string description(100, 'x');
  for (int i = 0; i < 200; ++i)
    stage.server.rpc(std::to_string(i), [] {}, {.description = description});
  RawPeer peer(stage.server.port(), 4096);
  peer.log_in();
  Bytes calls;
  for (int i = 0; i < 3'000; ++i) {
    const auto one = frame(FrameType::kRpcList);
    calls.insert(calls.end(), one.begin(), one.end());
  }
  peer.send(calls);
  auto other = stage.join();
  std::uint64_t answered = 0;
  const auto moves = [&] {
    other.call("echo", Array{1});
    return std::exchange(answered, stage.server.statistics().traffic.calls_answered) + 1 < answered;
  };
  while (moves()) {
  }
  EXPECT_LT(answered, 1'000u) << "of some 30 KB each";
  other.close();
  int answers = 0;
  while (answers < 3'000 && peer.next(FrameType::kRpcResponse)) ++answers;
  EXPECT_EQ(answers, 3'000) << "the others come when it reads";
}

TEST(HostilePeer, IsSlowedDownToItsRate) {
  Stage stage({.rate_limit_enabled = true, .rate_limit_messages_per_second = 200});
  auto peer = stage.join();
  const auto begin = Clock::now();
  for (int i = 0; i < 240; ++i) peer.send(message("x", i));
  EXPECT_EQ(*peer.call("echo", Array{1}).find("data"), Value(Array{1})) << "nothing is lost";
  EXPECT_GE(Clock::now() - begin, 100ms) << "41 more than in a second at once";
}

TEST(HostilePeer, IsAskedForSignsOfLifeAndGivenUp) {
  Stage stage({.heartbeat_interval = 20ms, .heartbeat_timeout = 60ms});
  auto dead = stage.join();
  EXPECT_TRUE(dead.next(FrameType::kPing));
  EXPECT_THAT(reason(dead.next(FrameType::kClose)), HasSubstr("silent"));
  EXPECT_TRUE(dead.is_ended());
}

// ---- who does not read

// One broadcast is beyond what leaves at once; four wait. The rest is the policy's business.
struct SlowReader {
  explicit SlowReader(TopicPolicy policy)
      : stage({.send_queue_size = 4}), reader(stage.join()), asker(stage.join()) {
    stage.server.set_topic_policy("news", policy);
    stage.server.rpc("flood",
                     [this](Context& context) {
                       std::size_t queued = 0;
                       for (int i = 0; i < 10; ++i)
                         queued += stage.server.broadcast(
                             "news", Map{{"n", i}, {"x", std::string(70'000, 'x')}},
                             {.exclude = {context.connection().id()}});
                       return queued;
                     },
                     {.run = Run::kLoop});
    stage.server.rpc("flood_all", [this](Context& context) -> boost::asio::awaitable<int> {
      std::size_t queued = 0;
      for (int i = 0; i < 10; ++i) {
        BroadcastOptions options;
        options.exclude.push_back(context.connection().id());
        auto spreading = stage.server.async_broadcast(
            "news", Map{{"n", i}, {"x", std::string(70'000, 'x')}}, std::move(options));
        queued += co_await std::move(spreading);
      }
      co_return static_cast<int>(queued);
    });
  }
  std::vector<int> numbers() {
    std::vector<int> all;
    stage.server.broadcast("end", {}, {.policy = TopicPolicy::kKeepLatest});
    while (auto news = reader.next(FrameType::kMessage)) {
      const auto* data = news->payload.find("data");
      if (data == nullptr || data->find("n") == nullptr) break;
      all.push_back(static_cast<int>(*data->find("n")->if_integer()));
    }
    return all;
  }

  Stage stage;
  RawPeer reader;
  RawPeer asker;
};

TEST(SlowReader, LosesTheOldestOfATopic) {
  SlowReader slow(TopicPolicy::kDropOldest);
  EXPECT_EQ(*slow.asker.call("flood").find("data"), Value(10));
  EXPECT_THAT(slow.numbers(), ::testing::ElementsAre(0, 6, 7, 8, 9));
  EXPECT_EQ(slow.stage.server.statistics().traffic.session.messages_dropped, 5u);
}

TEST(SlowReader, GetsTheLatestOfATopic) {
  SlowReader slow(TopicPolicy::kKeepLatest);
  EXPECT_EQ(*slow.asker.call("flood").find("data"), Value(10));
  EXPECT_THAT(slow.numbers(), ::testing::ElementsAre(0, 9));
}

TEST(SlowReader, IsCutOff) {
  SlowReader slow(TopicPolicy::kDisconnect);
  EXPECT_EQ(*slow.asker.call("flood").find("data"), Value(5));
  EXPECT_THAT(reason(slow.reader.next(FrameType::kClose)), HasSubstr("too slow"));
  EXPECT_TRUE(slow.reader.is_ended());
}

TEST(SlowReader, IsLeftOutOrWaitedForWhenATopicBlocks) {
  SlowReader slow(TopicPolicy::kBlock);
  EXPECT_EQ(*slow.asker.call("flood").find("data"), Value(5)) << "whoever has no room misses it";
  EXPECT_THAT(slow.numbers(), ::testing::ElementsAre(0, 1, 2, 3, 4));
  EXPECT_EQ(*slow.asker.call("flood_all").find("data"), Value(10));
  EXPECT_THAT(slow.numbers(), ::testing::ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
}

TEST(SlowReader, IsGivenUpWhenItReadsNothing) {
  Stage stage({.connection_timeout = 50ms, .heartbeat_interval = 20ms, .heartbeat_timeout = 5s});
  RawPeer stuck(stage.server.port(), 4096);
  stuck.log_in();
  const auto text = std::string(1'000'000, 'x');
  for (int i = 0; i < 20; ++i) stage.server.broadcast("news", text);
  EXPECT_TRUE(Stage::comes([&] { return stage.server.connection_count() == 0; }));
}

}  // namespace
}  // namespace oriel::conduit
