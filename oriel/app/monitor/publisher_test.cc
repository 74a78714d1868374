#include "oriel/app/monitor/publisher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <mutex>

#include "oriel/io/net/memory_stream.h"

namespace oriel::monitor {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::uint64_t kTotal = 1'000'000;  // of memory

// What a source was asked, and what it is to say. Both threads use it.
struct Script {
  std::mutex mutex;
  std::vector<host::SampleRequest> requests;
  int restarts = 0;
  std::uint64_t used = 0;  // of memory, counted up with each sample
  std::int64_t wall_us = 1'763'646'475'000'000;
  std::int64_t wall_step_us = 1'000'000;  // from sample to sample

  std::size_t samples() {
    const std::lock_guard lock(mutex);
    return requests.size();
  }
  host::SampleRequest request(std::size_t index) {
    const std::lock_guard lock(mutex);
    return requests.at(index);
  }
  void say_that_memory_is_full(bool is_full = true) {
    const std::lock_guard lock(mutex);
    used = kTotal / 100 * (is_full ? 95 : 10);
  }
};

class ScriptedSource final : public SampleSource {
 public:
  explicit ScriptedSource(std::shared_ptr<Script> script) : script_(std::move(script)) {}

  Snapshot sample(const host::SampleRequest& request, TimePoint, WallTime) override {
    const std::lock_guard lock(script_->mutex);
    script_->requests.push_back(request);
    Snapshot snapshot;
    snapshot.time = {script_->wall_us += script_->wall_step_us, 0};
    const auto used = ++script_->used;
    if (request.metrics.has(Metric::kMemory))
      snapshot.memory =
          Memory{.total = kTotal,
                 .available = kTotal - used,
                 .used = used,
                 .usage_percent = static_cast<double>(used) / static_cast<double>(kTotal) * 100};
    if (request.metrics.has(Metric::kLoad)) snapshot.load = Load{.one_minute = 1};
    return snapshot;
  }
  void restart() override {
    const std::lock_guard lock(script_->mutex);
    ++script_->restarts;
  }
  std::vector<std::string> take_notices() override { return {}; }

 private:
  std::shared_ptr<Script> script_;
};

constexpr PublisherTiming kFast{.tick = milliseconds(2),
                                .server_interval = milliseconds(6),
                                .house_interval = milliseconds(10),
                                .alone_interval = milliseconds(4),
                                .rate_window = milliseconds(1),
                                .warm_for = std::chrono::seconds(5)};

// A client on a memory pipe. It speaks lines, as within a WebSocket.
struct Reader {
  net::StreamPointer stream;
  std::string unread;
  std::vector<Value> documents;  // all messages that came, in order
  bool is_ended = false;

  void say(std::string_view line) {
    const auto text = std::string(line) + "\n";
    auto piece = as_bytes(text);
    EXPECT_EQ(stream->try_write({&piece, 1}), text.size());
  }
  void read() {
    std::array<std::uint8_t, 4096> buffer;
    while (!is_ended) {
      const auto count = stream->try_read(buffer);
      is_ended = !count;
      if (!count || *count == 0) break;
      unread += as_text(std::span(buffer).first(*count));
    }
    for (auto end = unread.find('\n'); end != std::string::npos; end = unread.find('\n')) {
      auto document = parse_json(unread.substr(0, end), 1 << 20);
      EXPECT_TRUE(document) << unread.substr(0, end);
      if (document) documents.push_back(*std::move(document));
      unread.erase(0, end + 1);
    }
  }
  // Those of monitoring_data, in order.
  std::vector<const Value*> samples() const {
    std::vector<const Value*> found;
    for (const auto& document : documents)
      if (const auto* type = document.find("type"); *type->string() == "monitoring_data")
        found.push_back(&document);
    return found;
  }
};

std::uint64_t used_of(const Value& document) {
  const auto* memory = document.find("data")->find("memory");
  return memory == nullptr ? 0 : static_cast<std::uint64_t>(memory->find("used")->number_or(0));
}

std::uint64_t number(const Value& document, std::string_view key) {
  const auto* member = document.find(key);
  return member == nullptr ? 0 : static_cast<std::uint64_t>(member->number_or(0));
}

struct Stage {
  explicit Stage(PublisherConfig config = {}) {
    config.timing = kFast;
    auto log = observe::make_callback_sink(config::LogLevel::kInfo, config::LogFormat::kText,
                                           [this](std::string line) { log_lines += line + "\n"; });
    auto made =
        Publisher::make(loop.get_executor(), std::move(config),
                        std::make_unique<ScriptedSource>(script), observe::Logger(log), metrics);
    EXPECT_TRUE(made);
    publisher = *std::move(made);
  }
  ~Stage() {
    for (auto& reader : readers) reader->stream->close();
    run_until([this] { return publisher->clients() == 0; });
  }

  Reader& join(const ClientIdentity& client = {}, std::size_t capacity = 1 << 20) {
    auto [ours, theirs] = net::make_memory_streams(loop.get_executor(), capacity);
    publisher->accept(std::move(ours), client);
    return *readers.emplace_back(std::make_unique<Reader>(std::move(theirs)));
  }
  // Runs the loop until that is so; false when it does not come about.
  template <typename Question>
  bool run_until(Question is_so) {
    const auto deadline = Clock::now() + std::chrono::seconds(10);
    while (!is_so()) {
      if (Clock::now() > deadline) return false;
      loop.restart();
      loop.run_one_for(milliseconds(1));
      loop.poll();
      for (auto& reader : readers)
        if (reader.get() != sleeper) reader->read();
    }
    return true;
  }
  bool run_until_it_has(const Reader& reader, std::size_t samples) {
    return run_until([&] { return reader.samples().size() >= samples; });
  }

  std::shared_ptr<Script> script = std::make_shared<Script>();
  observe::Metrics metrics{{}, Clock::now()};
  std::string log_lines;
  boost::asio::io_context loop{1};
  std::unique_ptr<Publisher> publisher;
  std::vector<std::unique_ptr<Reader>> readers;
  const Reader* sleeper = nullptr;  // does not read
};

TEST(Publisher, TakesNoSampleWhileNobodyListens) {
  Stage stage;
  stage.loop.run_for(milliseconds(30));
  EXPECT_EQ(stage.script->samples(), 0u);

  auto& reader = stage.join();
  ASSERT_TRUE(stage.run_until_it_has(reader, 2));
  reader.stream->close();
  ASSERT_TRUE(stage.run_until([&] { return stage.publisher->clients() == 0; }));
  stage.loop.restart();
  stage.loop.run_for(milliseconds(5));  // one may have been under way
  const auto samples = stage.script->samples();
  stage.loop.restart();
  stage.loop.run_for(milliseconds(30));
  EXPECT_EQ(stage.script->samples(), samples);
  EXPECT_EQ(stage.metrics.monitor_samples_total().value(), static_cast<double>(samples));
  EXPECT_EQ(stage.metrics.monitor_clients().value(), 0);

  ASSERT_TRUE(stage.run_until_it_has(stage.join(), 1));
  EXPECT_EQ(stage.script->restarts, 2);  // readings before the pause give no rates
}

TEST(Publisher, GreetsThenSendsWhatTheRealServerSendsToWhoNeverSubscribes) {
  Stage stage;
  auto& reader = stage.join();
  ASSERT_TRUE(stage.run_until_it_has(reader, 2));
  EXPECT_EQ(*reader.documents[0].find("type")->string(), "connection");
  const auto& sample = *reader.samples()[0];
  std::vector<std::string> members;
  for (const auto& [key, value] : *sample.object()) members.push_back(key);
  EXPECT_THAT(members, ElementsAre("type", "timestamp", "data"));
  EXPECT_EQ(sample.find("data")->find("load"), nullptr);  // sampled for the history only
}

TEST(Publisher, DoesNotShowTheFirstReadingBecauseItHasNoRates) {
  Stage stage;
  auto& reader = stage.join();
  ASSERT_TRUE(stage.run_until_it_has(reader, 1));
  EXPECT_GE(used_of(*reader.samples()[0]), 2u);
  EXPECT_TRUE(stage.script->request(0).metrics.has(Metric::kProcessor));

  // Neither that of what a later client adds.
  reader.say(R"({"type":"subscribe","metrics":["processes"],"top":7})");
  ASSERT_TRUE(stage.run_until([&] { return number(*reader.samples().back(), "sequence") > 0; }));
  std::vector<std::size_t> tops;
  for (std::size_t i = 0; i < stage.script->samples(); ++i)
    if (const auto request = stage.script->request(i); request.metrics.has(Metric::kProcesses))
      tops.push_back(request.top_processes);
  EXPECT_EQ(tops.size(), 2u);
  EXPECT_EQ(tops.back(), 7u);
}

TEST(Publisher, SerializesASampleOnceForAllWhoReadTheSame) {
  Stage stage;
  for (int i = 0; i < 30; ++i) stage.join();
  auto& last = stage.join();
  ASSERT_TRUE(stage.run_until_it_has(last, 5));
  for (const auto& reader : stage.readers) EXPECT_GE(reader->samples().size(), 4u);
  EXPECT_LE(stage.publisher->lines_made(), last.samples().size() + 1);
  EXPECT_GE(stage.metrics.monitor_messages_total().value(), 31 * 4);
}

TEST(Publisher, SendsASlowReaderTheNewestAndNoBacklog) {
  Stage stage;
  auto& fast = stage.join();
  auto& slow = stage.join({}, 300);  // takes the greeting and some of a document
  stage.sleeper = &slow;
  ASSERT_TRUE(stage.run_until_it_has(fast, 12));
  stage.sleeper = nullptr;
  const auto newest = used_of(*fast.samples().back());
  ASSERT_TRUE(stage.run_until(
      [&] { return !slow.samples().empty() && used_of(*slow.samples().back()) >= newest; }));
  // Perhaps one that it had begun to read, then the newest.
  EXPECT_LE(slow.samples().size(), 2u);
}

// Applies what came to one document; false at the first that does not fit.
bool follows(const std::vector<const Value*>& samples, Value& data) {
  std::uint64_t seen = 0;
  for (const auto* sample : samples) {
    const auto* is_delta = sample->find("delta");
    if (is_delta == nullptr) {
      data = *sample->find("data");
    } else if (number(*sample, "base") != seen) {
      return false;
    } else {
      data = patched(std::move(data), *sample->find("data"));
    }
    seen = number(*sample, "sequence");
  }
  return true;
}

TEST(Publisher, SendsDeltasThatMakeTheWholeDocument) {
  Stage stage;
  auto& by_delta = stage.join();
  auto& whole = stage.join();
  by_delta.say(R"({"type":"subscribe","metrics":["memory","load"],"interval":0.1,"delta":true})");
  whole.say(R"({"type":"subscribe","metrics":["memory","load"],"interval":0.1})");
  ASSERT_TRUE(stage.run_until([&] {
    return by_delta.samples().size() >= 3 && whole.samples().size() >= 3 &&
           number(*by_delta.samples().back(), "sequence") ==
               number(*whole.samples().back(), "sequence");
  }));
  std::vector<const Value*> subscribed;
  for (const auto* sample : by_delta.samples())
    if (number(*sample, "sequence") > 0) subscribed.push_back(sample);
  EXPECT_NE(subscribed.back()->find("delta"), nullptr);
  EXPECT_EQ(subscribed.back()->find("data")->find("load"), nullptr);  // it did not change
  Value data;
  EXPECT_TRUE(follows(subscribed, data));
  EXPECT_EQ(merge_patch(data, *whole.samples().back()->find("data")), Value(Object{}));
}

TEST(Publisher, GivesADeltaReaderThatMissedSomethingTheWholeDocument) {
  Stage stage;
  auto& fast = stage.join();
  auto& slow = stage.join({}, 400);
  const char* kSubscribe =
      R"({"type":"subscribe","metrics":["memory"],"interval":0.1,"delta":true})";
  fast.say(kSubscribe);
  slow.say(kSubscribe);
  ASSERT_TRUE(stage.run_until(
      [&] { return !slow.samples().empty() && number(*slow.samples().back(), "sequence") > 0; }));
  stage.sleeper = &slow;
  const auto before = fast.samples().size();
  ASSERT_TRUE(stage.run_until_it_has(fast, before + 4));
  stage.sleeper = nullptr;
  const auto newest = number(*fast.samples().back(), "sequence");
  ASSERT_TRUE(
      stage.run_until([&] { return number(*slow.samples().back(), "sequence") >= newest; }));
  Value data;
  EXPECT_TRUE(follows(slow.samples(), data));
}

TEST(Publisher, SendsTheHistoryOnWishThenGoesOn) {
  Stage stage;
  auto& first = stage.join();
  ASSERT_TRUE(stage.run_until_it_has(first, 8));
  auto& late = stage.join();
  late.say(R"({"type":"subscribe","metrics":["memory"],"interval":0.1,"since":0})");
  ASSERT_TRUE(stage.run_until(
      [&] { return !late.samples().empty() && number(*late.samples().back(), "sequence") > 0; }));
  const auto samples = late.samples();
  EXPECT_GE(samples.size(), 4u);
  for (std::size_t i = 1; i < samples.size(); ++i)
    EXPECT_LT(used_of(*samples[i - 1]), used_of(*samples[i]));
  EXPECT_EQ(samples.front()->find("sequence"), nullptr);

  // Only what is later than that.
  auto& later = stage.join();
  later.say(R"({"type":"subscribe","metrics":["memory"],"interval":0.1,"since":4000000000})");
  ASSERT_TRUE(stage.run_until(
      [&] { return !later.samples().empty() && number(*later.samples().back(), "sequence") > 0; }));
  EXPECT_EQ(later.samples().size(), 1u);
}

TEST(Publisher, SendsTheHistoryAsDeltasToWhoReadsDeltas) {
  Stage stage;
  auto& first = stage.join();
  ASSERT_TRUE(stage.run_until_it_has(first, 8));
  auto& late = stage.join();
  late.say(
      R"({"type":"subscribe","metrics":["memory","load"],"interval":0.1,"since":0,"delta":true})");
  const auto sequence = [](const Value& sample) { return sample.find("sequence")->number_or(0); };
  ASSERT_TRUE(stage.run_until([&] {
    const auto samples = late.samples();
    return samples.size() >= 2 && sequence(*samples.back()) > 0 &&
           samples.back()->find("delta") != nullptr;
  }));
  std::optional<double> seen;
  std::size_t past = 0;
  for (const auto* sample : late.samples()) {
    if (!sample->find("sequence")) continue;  // from before the subscription
    const auto number = sequence(*sample);
    if (number > 0) break;
    if (seen) {
      EXPECT_EQ(sample->find("base")->number_or(9), *seen);
      EXPECT_EQ(number, *seen + 1);
      EXPECT_EQ(sample->find("data")->find("load"), nullptr);  // it did not change
    }
    seen = number;
    ++past;
  }
  EXPECT_EQ(seen, 0);
  EXPECT_GE(past, 3u);
  const auto samples = late.samples();
  const auto now = std::ranges::find_if(samples, [&](const Value* sample) {
    return sample->find("sequence") != nullptr && sequence(*sample) > 0;
  });
  EXPECT_EQ((*now)->find("delta"), nullptr) << "what is of now builds on nothing of the past";
}

TEST(Publisher, GoesOnWhenTheClockIsSetBack) {
  Stage stage;
  {
    const std::lock_guard lock(stage.script->mutex);
    stage.script->wall_step_us = -3'600'000'000;
  }
  auto& reader = stage.join();
  ASSERT_TRUE(stage.run_until_it_has(reader, 4));
  reader.say(R"({"type":"subscribe","metrics":["memory"],"interval":0.1,"since":0})");
  ASSERT_TRUE(stage.run_until([&] { return number(*reader.samples().back(), "sequence") > 0; }));
}

TEST(Publisher, ClosesTheClientBeyondTheLimit) {
  Stage stage({.clients_max = 2});
  auto& first = stage.join();
  stage.join();
  auto& third = stage.join();
  ASSERT_TRUE(stage.run_until([&] { return third.is_ended; }));
  EXPECT_THAT(third.documents, IsEmpty());
  EXPECT_EQ(stage.publisher->clients(), 2u);
  EXPECT_THAT(stage.log_lines, HasSubstr("limit of clients"));
  first.stream->close();
  ASSERT_TRUE(stage.run_until([&] { return stage.publisher->clients() == 1; }));
  ASSERT_TRUE(stage.run_until_it_has(stage.join(), 1));
}

TEST(Publisher, ShowsAlertsInDocumentsAndLogAndTellsWhoIsToAct) {
  std::vector<AlertLevel> told;
  PublisherConfig config;
  config.on_alert = [&](const AlertRules::Event& event) { told.push_back(event.change.to); };
  Stage stage(std::move(config));
  auto& reader = stage.join();
  ASSERT_TRUE(stage.run_until_it_has(reader, 1));
  EXPECT_EQ(reader.samples().back()->find("alerts"), nullptr);
  stage.script->say_that_memory_is_full();
  ASSERT_TRUE(stage.run_until([&] { return reader.samples().back()->find("alerts") != nullptr; }));
  const auto& alert = reader.samples().back()->find("alerts")->array()->at(0);
  EXPECT_EQ(*alert.find("component")->string(), "memory");
  EXPECT_EQ(*alert.find("level")->string(), "CRITICAL");
  EXPECT_THAT(stage.log_lines, HasSubstr("Critical memory usage"));
  EXPECT_THAT(told, ElementsAre(AlertLevel::kCritical));
}

TEST(Publisher, LogsEveryChangeOfAnAlertAlsoThoseThatNobodyIsTold) {
  int told = 0;
  PublisherConfig config;  // with a cooldown of 300 s
  config.on_alert = [&](const AlertRules::Event& event) { told += event.change.is_notice ? 1 : 0; };
  Stage stage(std::move(config));
  stage.join();
  const auto has_logged = [&](const char* text) {
    return stage.run_until([&] { return stage.log_lines.find(text) != std::string::npos; });
  };
  stage.script->say_that_memory_is_full();
  ASSERT_TRUE(has_logged("threshold: 90.0%"));
  stage.script->say_that_memory_is_full(false);
  ASSERT_TRUE(has_logged("alert over")) << stage.log_lines;
  EXPECT_THAT(stage.log_lines, HasSubstr("Over: memory usage"));
  EXPECT_THAT(stage.log_lines, HasSubstr("(was CRITICAL)"));
  stage.log_lines.clear();
  stage.script->say_that_memory_is_full();
  EXPECT_TRUE(has_logged("threshold: 90.0%")) << stage.log_lines;
  EXPECT_THAT(stage.log_lines, HasSubstr("told=no"));
  EXPECT_EQ(told, 2);
}

TEST(Publisher, WatchesTheRulesAloneWhenSomebodyIsToBeTold) {
  int told = 0;
  PublisherConfig config;
  config.watches_alone = true;
  config.on_alert = [&](const AlertRules::Event&) { ++told; };
  Stage stage(std::move(config));
  ASSERT_TRUE(stage.run_until([&] { return stage.script->samples() >= 3; }));
  EXPECT_EQ(told, 0);
  stage.script->say_that_memory_is_full();
  EXPECT_TRUE(stage.run_until([&] { return told == 1; }));
}

TEST(Publisher, RefusesARuleThatMakesNoSense) {
  boost::asio::io_context loop;
  const observe::Metrics metrics{{}, Clock::now()};
  PublisherConfig config;
  config.rules = {{.component = "memory", .metric = "taste", .warning = 1}};
  const auto made =
      Publisher::make(loop.get_executor(), std::move(config),
                      std::make_unique<ScriptedSource>(std::make_shared<Script>()), {}, metrics);
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().message, HasSubstr("taste"));
}

TEST(Publisher, SaysGoodbyeToAllAtTheEnd) {
  Stage stage;
  auto& reader = stage.join();
  ASSERT_TRUE(stage.run_until_it_has(reader, 1));
  bool is_stopped = false;
  stage.publisher->stop([&] { is_stopped = true; });
  EXPECT_FALSE(is_stopped);
  ASSERT_TRUE(stage.run_until([&] { return reader.is_ended; }));
  reader.stream->close();
  EXPECT_TRUE(stage.run_until([&] { return is_stopped; }));
  auto& late = stage.join();
  EXPECT_TRUE(stage.run_until([&] { return late.is_ended; }));
}

TEST(Publisher, SendsAwayWhoLoggedOut) {
  Stage stage;
  auto& stays = stage.join({.log_in = 3});
  auto& goes = stage.join({.log_in = 4});
  ASSERT_TRUE(stage.run_until_it_has(goes, 1));
  stage.publisher->end_log_in(0);
  stage.publisher->end_log_in(4);
  EXPECT_TRUE(stage.run_until([&] { return goes.is_ended; }));
  EXPECT_FALSE(stays.is_ended);
}

}  // namespace
}  // namespace oriel::monitor
