#include "oriel/app/cli/flag_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace oriel::cli {
namespace {

// "word", "name" or "name=value", with "--ca" and "-t" as flags that take a value.
std::vector<std::string> taken_apart(const std::vector<const char*>& arguments) {
  std::vector<std::string> parts;
  FlagReader reader(arguments);
  while (const auto argument = reader.next()) {
    const bool has_value = argument->name == "--ca" || argument->name == "-t";
    const auto value = argument->name.empty() ? Result<std::string_view>(argument->text)
                                              : reader.value_of(*argument, has_value ? "FILE" : "");
    parts.push_back(std::string(argument->name) + (value ? "|" : "!") +
                    (value ? std::string(*value) : value.error().message));
  }
  return parts;
}

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(FlagReader, TakesFlagsAndWordsApart) {
  EXPECT_THAT(taken_apart({}), IsEmpty());
  EXPECT_THAT(taken_apart({"host", "--ca=a=b", "--json", "-", "-5", ""}),
              ElementsAre("|host", "--ca|a=b", "--json|", "|-", "-5|", "|"));
  EXPECT_THAT(taken_apart({"--ca", "--json", "-t", "x", "--ca="}),
              ElementsAre("--ca|--json", "-t|x", "--ca|"));
}

TEST(FlagReader, TakesForWordsWhatIsBehindTwoDashes) {
  EXPECT_THAT(taken_apart({"--json", "--", "--json", "--", "-t"}),
              ElementsAre("--json|", "|--json", "|--", "|-t"));
  EXPECT_THAT(taken_apart({"--ca", "--"}), ElementsAre("--ca|--"));
  EXPECT_THAT(taken_apart({"--"}), IsEmpty());
}

TEST(FlagReader, SaysWhichValueIsMissingOrTooMuch) {
  EXPECT_THAT(taken_apart({"--ca"}), ElementsAre("--ca!--ca needs a value: --ca FILE"));
  EXPECT_THAT(taken_apart({"--json=x\n"}),
              ElementsAre("--json!--json takes no value, got --json=x?"));
}

}  // namespace
}  // namespace oriel::cli
