#include "oriel/app/monitor/alert_lane.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

#include "oriel/app/monitor/alert_limits.h"

namespace oriel::monitor {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr auto kPatience = 15s;

// What a sink was told, and what it answers.
class Record {
 public:
  Status take(const AlertNotice& notice) {
    std::unique_lock lock(mutex_);
    messages_.push_back(notice_message(notice));
    changed_.notify_all();
    changed_.wait(lock, [&] { return !hangs_ || is_interrupted_; });
    if (is_interrupted_) return fail(ErrorCode::kClosed, "interrupted");
    if (answers_.empty()) return {};
    auto answer = answers_.front();
    if (answers_.size() > 1) answers_.pop_front();
    return answer;
  }
  void interrupt() {
    const std::lock_guard lock(mutex_);
    is_interrupted_ = true;
    changed_.notify_all();
  }
  bool wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kPatience, [&] { return messages_.size() >= count; });
  }
  void hang(bool hangs) {
    const std::lock_guard lock(mutex_);
    hangs_ = hangs;
    changed_.notify_all();
  }
  // The last one counts for all that follow.
  void answer(std::deque<Status> answers) {
    const std::lock_guard lock(mutex_);
    answers_ = std::move(answers);
  }
  std::vector<std::string> messages() {
    const std::lock_guard lock(mutex_);
    return messages_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> messages_;
  std::deque<Status> answers_;
  bool hangs_ = false;
  bool is_interrupted_ = false;
};

class RecordSink : public AlertSink {
 public:
  explicit RecordSink(Record& record) : record_(record) {}
  Status deliver(const AlertNotice& notice) override { return record_.take(notice); }
  void interrupt() override { record_.interrupt(); }

 private:
  Record& record_;
};

class Lines {
 public:
  observe::Logger logger() {
    return observe::Logger(observe::make_callback_sink(
        observe::LogLevel::kInfo, observe::LogFormat::kText, [this](std::string line) {
          const std::lock_guard lock(mutex_);
          lines_.push_back(std::move(line));
        }));
  }
  std::vector<std::string> get() {
    const std::lock_guard lock(mutex_);
    return lines_;
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> lines_;
};

AlertRules::Event event(AlertLevel from, AlertLevel to, bool is_notice = true) {
  Alert alert;
  alert.component = "memory";
  alert.metric = "usage_percent";
  alert.what = "memory usage";
  alert.unit = "%";
  alert.value = 85;
  alert.threshold = 80;
  alert.level = to == AlertLevel::kNone ? from : to;
  return {alert, {from, to, is_notice}};
}

constexpr auto kNone = AlertLevel::kNone;
constexpr auto kWarning = AlertLevel::kWarning;
constexpr auto kCritical = AlertLevel::kCritical;
constexpr auto kHigh = "High memory usage: 85.0% (threshold: 80.0%)";
constexpr auto kWorst = "Critical memory usage: 85.0% (threshold: 80.0%)";
constexpr auto kOver = "Over: memory usage 85.0% (was WARNING)";

// What comes out of a lane that is given these events and ended.
std::vector<std::string> told(AlertLevel level_min, const std::vector<AlertRules::Event>& events) {
  Record record;
  {
    AlertLane lane({"test", level_min, {}}, std::make_unique<RecordSink>(record), {});
    for (const auto& each : events) lane.post(each, "host", {});
  }
  return record.messages();
}

TEST(AlertLane, TellsOfBeginningsAndEnds) {
  EXPECT_THAT(told(kWarning, {event(kNone, kWarning), event(kWarning, kCritical),
                              event(kCritical, kWarning, false), event(kWarning, kNone)}),
              ElementsAre(kHigh, kWorst, "Over: memory usage 85.0% (was CRITICAL)"));
}

TEST(AlertLane, TellsWhatIsToldAfterTheCooldownOfItsLevel) {
  EXPECT_THAT(told(kCritical, {event(kNone, kCritical), event(kCritical, kNone),
                               event(kNone, kCritical, false), event(kCritical, kCritical)}),
              ElementsAre(kWorst, "Over: memory usage 85.0% (was CRITICAL)", kWorst));
}

TEST(AlertLane, TellsWhoHearsOnlyOfCriticalWhenThatIsOver) {
  EXPECT_THAT(told(kCritical, {event(kNone, kWarning), event(kWarning, kCritical),
                               event(kCritical, kWarning, false), event(kWarning, kNone)}),
              ElementsAre(kWorst, "Over: memory usage 85.0% (was CRITICAL, now WARNING)"));
}

TEST(AlertLane, TellsNothingWithinTheCooldownNorItsEnd) {
  EXPECT_THAT(told(kWarning, {event(kNone, kWarning), event(kWarning, kNone),
                              event(kNone, kWarning, false), event(kWarning, kNone, false)}),
              ElementsAre(kHigh, kOver));
}

TEST(AlertLane, KeepsHostsApart) {
  Record record;
  {
    AlertLane lane({"test", kWarning, {}}, std::make_unique<RecordSink>(record), {});
    lane.post(event(kNone, kWarning), "one", {});
    lane.post(event(kWarning, kNone), "other", {});
  }
  EXPECT_THAT(record.messages(), ElementsAre(kHigh));
}

TEST(AlertLane, DropsTheOldestWhenItsSinkHangsAndSaysSoOnce) {
  Record record;
  Lines lines;
  record.hang(true);
  {
    AlertLane lane({"test", kWarning, {}}, std::make_unique<RecordSink>(record), lines.logger());
    lane.post(event(kNone, kWarning), "host", {});
    ASSERT_TRUE(record.wait_for(1));
    for (std::size_t i = 0; i < kAlertQueueMax + 10; ++i) {
      auto next = event(kNone, kWarning);
      next.alert.value = static_cast<double>(i);
      lane.post(next, "host", {});
    }
    record.hang(false);
    ASSERT_TRUE(record.wait_for(1 + kAlertQueueMax));
  }
  const auto messages = record.messages();
  ASSERT_THAT(messages, SizeIs(1 + kAlertQueueMax));
  EXPECT_THAT(messages[1], HasSubstr(": 10.0%")) << "0 to 9 were dropped";
  EXPECT_THAT(lines.get(), ElementsAre(HasSubstr("the oldest are dropped")));
}

TEST(AlertLane, EndsInTimeAlthoughItsSinkHangs) {
  Record record;
  Lines lines;
  record.hang(true);
  const auto start = std::chrono::steady_clock::now();
  {
    AlertLane lane({"test", kWarning, {1h}, 50ms}, std::make_unique<RecordSink>(record),
                   lines.logger());
    lane.post(event(kNone, kWarning), "host", {});
    lane.post(event(kWarning, kNone), "host", {});
    ASSERT_TRUE(record.wait_for(1));
  }
  EXPECT_LT(std::chrono::steady_clock::now() - start, 10s);
  EXPECT_THAT(lines.get().back(), HasSubstr("alerts were not delivered before the end"));
}

TEST(AlertLane, TriesAgainWhereThatMayHelp) {
  Record record;
  const Status later = fail(ErrorCode::kUnavailable, "later"),
               never = fail(ErrorCode::kRefused, "no");
  record.answer({later, later, Status()});
  AlertLane lane({"test", kWarning, {0ms, 0ms}}, std::make_unique<RecordSink>(record), {});
  lane.post(event(kNone, kWarning), "host", {});
  ASSERT_TRUE(record.wait_for(3));
  record.answer({never});
  lane.post(event(kWarning, kNone), "host", {});
  ASSERT_TRUE(record.wait_for(4));
  record.answer({Status()});
  lane.post(event(kNone, kWarning), "host", {});
  ASSERT_TRUE(record.wait_for(5));
  EXPECT_THAT(record.messages(), ElementsAre(kHigh, kHigh, kHigh, kOver, kHigh));
}

TEST(AlertLane, LogsAFailureOncePerCauseAndThatItIsOver) {
  Record record;
  Lines lines;
  const Status later = fail(ErrorCode::kUnavailable, "later"), no = fail(ErrorCode::kRefused, "no");
  record.answer({later, later, no, no, Status()});
  {
    AlertLane lane({"test", kWarning, {0ms, 0ms, 0ms}}, std::make_unique<RecordSink>(record),
                   lines.logger());
    lane.post(event(kNone, kWarning), "host", {});
    ASSERT_TRUE(record.wait_for(3)) << "later, later, no";
    lane.post(event(kWarning, kNone), "host", {});
    lane.post(event(kNone, kWarning), "host", {});
    ASSERT_TRUE(record.wait_for(5));
  }
  EXPECT_THAT(lines.get(), ElementsAre(HasSubstr("reason=later"), HasSubstr("reason=no"),
                                       HasSubstr("alerts are delivered again by=test failures=4")));
}

}  // namespace
}  // namespace oriel::monitor
