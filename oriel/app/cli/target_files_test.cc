#include "oriel/app/cli/target_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace oriel::cli {
namespace {

std::vector<agent::VerbCall> calls_for(std::string_view text, const std::string& label) {
  auto calls = agent::parse_verbs(text);
  EXPECT_TRUE(calls) << text;
  put_target_into_names(*calls, label);
  return *calls;
}

std::string file_of(const agent::VerbCall& call) {
  return std::get<std::string>(call.values.at("file"));
}

// Why two targets cannot do this; empty when they can.
std::string refusal(std::string_view text, const std::string& one, const std::string& other) {
  const auto first = calls_for(text, one), second = calls_for(text, other);
  const std::vector<TargetCalls> targets{{one, &first}, {other, &second}};
  const auto status = check_names_differ(targets);
  return status ? "" : status.error().message;
}

TEST(TargetFiles, HaveTheTargetInTheirNames) {
  const auto calls = calls_for("shot {target}.png; shot a/{target}/b.png; wait image {target}.png",
                               "vnc://host:5901");
  EXPECT_EQ(file_of(calls[0]), "vnc___host_5901.png");
  EXPECT_EQ(file_of(calls[1]), "a/vnc___host_5901/b.png");
  EXPECT_EQ(file_of(calls[2]), "{target}.png") << "it is read, and the same for all";
}

TEST(TargetFiles, AreOneForEachOfSeveralTargets) {
  EXPECT_TRUE(check_names_for_several(*agent::parse_verbs("shot {target}.png; click 1 1")));
  const auto status = check_names_for_several(*agent::parse_verbs("click 1 1; shot a.png"));
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().message, ::testing::HasSubstr("a.png; put {target} into its name"));
}

TEST(TargetFiles, AreNotOfTwoTargets) {
  EXPECT_EQ(refusal("shot {target}.png; shot {target}.png", "a", "b"), "") << "one may write twice";
  EXPECT_EQ(refusal("click 1 1", "a", "a"), "");
  EXPECT_THAT(refusal("shot {target}.png", "a/1", "a_1"),
              ::testing::HasSubstr("the targets a/1 and a_1 would both write the file a_1.png"));
  EXPECT_THAT(refusal("shot x/../{target}.png; shot {target}.png", "a", "a"),
              ::testing::HasSubstr("a and a"));
}

}  // namespace
}  // namespace oriel::cli
