#include "oriel/app/monitor/edition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oriel::monitor {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::shared_ptr<Edition> edition(std::uint64_t number, std::uint64_t used) {
  Snapshot snapshot;
  snapshot.time = {1'763'646'475'650'484, 0};
  snapshot.memory = Memory{.total = 1000, .available = 1000 - used, .used = used};
  snapshot.load = Load{.one_minute = 0.5};
  return std::make_shared<Edition>(number, std::make_shared<const Snapshot>(snapshot),
                                   std::vector<Alert>{});
}

std::string text(const SharedBytes& line) { return std::string(as_text(*line)); }

TEST(Edition, MakesEachDocumentOnceAndSharesItsBytes) {
  const auto first = edition(1, 100), second = edition(2, 200);
  const DocumentForm form{.metrics = {Metric::kMemory}, .has_sequence = true};
  EXPECT_EQ(second->whole(form), second->whole(form));
  EXPECT_EQ(second->delta(form, *first), second->delta(form, *first));
  EXPECT_EQ(second->lines_made(), 2u);
  EXPECT_EQ(first->lines_made(), 0u);
  auto other = form;
  other.dialect = Dialect::kSeed;
  EXPECT_NE(text(second->whole(other)), text(second->whole(form)));
  other = form;
  other.metrics.add(Metric::kLoad);
  EXPECT_NE(second->whole(other), second->whole(form));
}

TEST(Edition, WritesLinesAsTheRealServerWhenNobodySubscribed) {
  EXPECT_THAT(
      text(edition(7, 100)->whole({})),
      StartsWith(R"({"type": "monitoring_data", "timestamp": "2025-11-20T13:47:55.650484", )"
                 R"("data": {"memory": {"total": 1000, )"));
  EXPECT_TRUE(text(edition(7, 100)->whole({})).ends_with("}\n"));
}

TEST(Edition, SaysWhatChangedSinceAnEarlierOne) {
  const auto first = edition(3, 100), second = edition(5, 200);
  const DocumentForm form{.metrics = {Metric::kMemory, Metric::kLoad}, .has_sequence = true};
  const auto line = text(second->delta(form, *first));
  EXPECT_THAT(line, HasSubstr(R"("sequence": 5, "delta": true, "base": 3, "data": {"memory": )"));
  EXPECT_THAT(line, HasSubstr(R"("used": 200)"));
  EXPECT_THAT(line, Not(HasSubstr("total")));
  EXPECT_THAT(line, Not(HasSubstr("load")));
}

TEST(Edition, CutsTheListsOfProcessesForWhoWantsFewer) {
  Snapshot snapshot;
  snapshot.processes.emplace();
  for (int pid = 1; pid <= 5; ++pid)
    snapshot.processes->by_cpu.push_back({.pid = pid, .name = "p"});
  Edition edition(1, std::make_shared<const Snapshot>(snapshot), {});
  const auto line_for = [&](std::size_t top) {
    return text(edition.whole({.metrics = {Metric::kProcesses}, .top_processes = top}));
  };
  EXPECT_THAT(line_for(2), HasSubstr(R"("pid": 2)"));
  EXPECT_THAT(line_for(2), Not(HasSubstr(R"("pid": 3)")));
  EXPECT_THAT(line_for(10), HasSubstr(R"("pid": 5)"));
}

TEST(Edition, TakesTwoSubscriptionsForOneWhenOnlyTheCountOfUnwantedProcessesDiffers) {
  Subscribe few{.metrics = {Metric::kMemory}, .top_processes = 3};
  Subscribe many{.metrics = {Metric::kMemory}, .top_processes = 30};
  EXPECT_EQ(form_of(few), form_of(many));
  few.metrics.add(Metric::kProcesses);
  many.metrics.add(Metric::kProcesses);
  EXPECT_NE(form_of(few), form_of(many));
}

}  // namespace
}  // namespace oriel::monitor
