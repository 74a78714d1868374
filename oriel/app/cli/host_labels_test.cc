#include "oriel/app/cli/host_labels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oriel::cli {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> labels(std::vector<std::string> uris) { return host_labels(uris); }

TEST(HostLabels, AreTheHostsWhenTheyDiffer) {
  EXPECT_THAT(labels({"ws://web1:8765", "wss://db/monitor", "ws://[::1]:80"}),
              ElementsAre("web1", "db", "[::1]"));
}

TEST(HostLabels, HaveThePortOrThePathWhenTheyMust) {
  EXPECT_THAT(labels({"ws://h:1", "ws://h:2"}), ElementsAre("h:1", "h:2"));
  EXPECT_THAT(labels({"ws://h/a", "ws://h/b"}), ElementsAre("h/a", "h/b"));
}

TEST(HostLabels, NeverShowAPassword) {
  EXPECT_THAT(labels({"ws://anna:secret@h:1", "wss://bob:p@ss@h:1"}),
              ElementsAre("h:1#1", "h:1#2"));
}

TEST(HostLabels, CannotDriveATerminal) {
  EXPECT_THAT(labels({"ws://\x1b[2J:1"}), ElementsAre("\\x1b[2J"));
}

}  // namespace
}  // namespace oriel::cli
