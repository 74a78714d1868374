#include "oriel/app/monitor/tui/layout.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "oriel/app/monitor/tui/sample_hosts_test.h"

namespace oriel::monitor::tui {
namespace {

using ::testing::IsEmpty;

// How often each cell of the body is covered; the boxes have to be inside.
std::vector<int> covered(const std::vector<Placed>& placed, const Area& body) {
  std::vector<int> counts(static_cast<std::size_t>(body.width * body.height));
  for (const auto& [section, area] : placed) {
    EXPECT_EQ(intersection(area, body), area);
    for (int y = area.y; y < area.y + area.height; ++y) {
      for (int x = area.x; x < area.x + area.width; ++x) {
        ++counts[static_cast<std::size_t>((y - body.y) * body.width + x - body.x)];
      }
    }
  }
  return counts;
}

class EverySample : public ::testing::TestWithParam<const char*> {};

TEST_P(EverySample, CoversTheBodyOnceAtEverySize) {
  const auto reading = read_document(sample(GetParam()));
  for (int width = 50; width <= 400; width += 17) {
    for (int height = 12; height <= 120; height += 9) {
      const Area body{0, 2, width, height};
      const auto counts = covered(lay_out(reading, body), body);
      const bool is_whole = std::ranges::all_of(counts, [](int count) { return count == 1; });
      ASSERT_TRUE(is_whole) << width << "x" << height;
    }
  }
}

TEST_P(EverySample, ShowsEverySectionWhereThereIsRoom) {
  const auto reading = read_document(sample(GetParam()));
  for (const auto& size : {Area{0, 0, 120, 60}, Area{0, 0, 200, 50}, Area{0, 0, 80, 60}}) {
    EXPECT_EQ(lay_out(reading, size).size(), sections_of(reading).size());
  }
}

INSTANTIATE_TEST_SUITE_P(Layout, EverySample,
                         ::testing::Values("server", "laptop", "container", "real_server"),
                         [](const auto& row) { return std::string(row.param); });

TEST(Layout, HasNoBoxesInNarrowOrLowTerminals) {
  const auto reading = read_document(sample("server"));
  EXPECT_THAT(lay_out(reading, {0, 0, 49, 60}), IsEmpty());
  EXPECT_THAT(lay_out(reading, {0, 0, 120, 11}), IsEmpty());
}

TEST(Layout, LeavesSensorsOutBeforeTheProcessor) {
  const auto reading = read_document(sample("server"));
  const auto placed = lay_out(reading, {0, 0, 80, 21});
  const auto has = [&](Section section) {
    return std::ranges::find(placed, section, &Placed::section) != placed.end();
  };
  EXPECT_FALSE(has(Section::kSensors));
  EXPECT_TRUE(has(Section::kCpu));
  EXPECT_TRUE(has(Section::kProcesses));
}

TEST(Layout, IsEmptyForADocumentWithoutFigures) {
  EXPECT_THAT(lay_out(read_document(Value(Object{})), {0, 0, 200, 60}), IsEmpty());
}

}  // namespace
}  // namespace oriel::monitor::tui
