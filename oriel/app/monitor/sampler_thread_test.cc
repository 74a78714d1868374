#include "oriel/app/monitor/sampler_thread.h"

#include <gtest/gtest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <latch>
#include <optional>

namespace oriel::monitor {
namespace {

// A file system that does not answer until it is told to.
struct Gate {
  std::latch is_asked{1};
  std::latch may_answer{1};
};

// Says how often it was started anew.
class CountingSource final : public SampleSource {
 public:
  explicit CountingSource(std::shared_ptr<Gate> gate = nullptr) : gate_(std::move(gate)) {}

  Snapshot sample(const host::SampleRequest& request, TimePoint, WallTime) override {
    if (gate_) {
      gate_->is_asked.count_down();
      gate_->may_answer.wait();
    }
    Snapshot snapshot;
    if (request.metrics.has(Metric::kLoad)) snapshot.load = Load{.one_minute = restarts_};
    return snapshot;
  }
  void restart() override { ++restarts_; }
  std::vector<std::string> take_notices() override { return {"notice"}; }

 private:
  std::shared_ptr<Gate> gate_;
  double restarts_ = 0;
};

TEST(SamplerThread, GivesEachSampleToWhoAskedOnTheOwnersStrand) {
  boost::asio::io_context loop{1};
  SamplerThread sampler(loop.get_executor(), std::make_unique<CountingSource>());
  const auto work = boost::asio::make_work_guard(loop);
  const auto owner = std::this_thread::get_id();
  for (int round = 1; round <= 3; ++round) {
    std::optional<TakenSample> taken;
    EXPECT_FALSE(sampler.is_busy());
    sampler.ask({.request = {.metrics = {Metric::kLoad}},
                 .restarts = round != 2,
                 .done = [&](TakenSample sample) {
                   EXPECT_EQ(std::this_thread::get_id(), owner);
                   taken = std::move(sample);
                 }});
    EXPECT_TRUE(sampler.is_busy());
    while (!taken) loop.run_one();
    EXPECT_EQ(taken->snapshot->load->one_minute, round == 3 ? 2 : 1);
    EXPECT_EQ(taken->notices, std::vector<std::string>{"notice"});
  }
}

TEST(SamplerThread, CanEndWhileItSleepsAndBeforeItEverRan) {
  boost::asio::io_context loop{1};
  {
    const SamplerThread unused(loop.get_executor(), std::make_unique<CountingSource>());
  }
  bool is_told = false;
  {
    SamplerThread sampler(loop.get_executor(), std::make_unique<CountingSource>());
    sampler.ask({.request = {}, .done = [&](TakenSample) { is_told = true; }});
  }
  loop.run();
  EXPECT_FALSE(is_told);
}

TEST(SamplerThread, LeavesASampleAloneThatDoesNotEnd) {
  boost::asio::io_context loop{1};
  const auto gate = std::make_shared<Gate>();
  {
    SamplerThread sampler(loop.get_executor(), std::make_unique<CountingSource>(gate));
    sampler.ask({.request = {}, .done = [](TakenSample) { FAIL(); }});
    gate->is_asked.wait();
  }
  gate->may_answer.count_down();
  loop.run();
}

}  // namespace
}  // namespace oriel::monitor
