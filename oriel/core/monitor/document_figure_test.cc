#include "oriel/core/monitor/document_figure.h"

#include <gtest/gtest.h>

#include "oriel/core/monitor/figure_table.h"
#include "oriel/testing/golden.h"

namespace oriel::monitor {
namespace {

// With every section (document_test.cc writes it), and all kinds of pressure.
Value full_message() {
  const auto text = testing::repository_text("tests/golden/monitoring_data.json");
  const auto more = parse_json(
      R"({"pressure": {"memory": {"some": {"avg10": 1.0}}, "io": {"some": {"avg10": 2.0}}}})",
      1000);
  return Object{{"data", patched(parse_json(text, text.size()).value(), more.value())}};
}

TEST(DocumentFigure, IsReadForEveryFigureOfTheTable) {
  const auto message = full_message();
  for (const auto& figure : figure_table())
    EXPECT_TRUE(document_figure(message, figure.component, figure.metric))
        << figure.component << "." << figure.metric;
}

TEST(DocumentFigure, IsTheWorstWhereThereAreSeveral) {
  const auto message = full_message();
  EXPECT_EQ(document_figure(message, "gpu", "usage_percent"), 15.0);
  const auto batteries =
      parse_json(R"({"data": {"battery": {"a": {"percent": 70}, "b": {"percent": 20.5}}}})", 1000);
  EXPECT_EQ(document_figure(*batteries, "battery", "percent"), 20.5);
}

TEST(DocumentFigure, TakesTheRealServersNames) {
  const auto message = parse_json(R"({"data": {"memory": {"percentage": 81.5}}})", 1000);
  EXPECT_EQ(document_figure(*message, "memory", "usage_percent"), 81.5);
}

TEST(DocumentFigure, IsNothingWhenTheDocumentDoesNotHaveIt) {
  for (const auto& figure : figure_table()) {
    EXPECT_FALSE(document_figure(Value(), figure.component, figure.metric));
    EXPECT_FALSE(document_figure(Object{{"data", 3}}, figure.component, figure.metric));
  }
  EXPECT_FALSE(document_figure(full_message(), "processor", "mood"));
}

}  // namespace
}  // namespace oriel::monitor
