#include "oriel/app/cli/drive_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "oriel/testing/temporary_folder.h"

namespace oriel::cli {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Result<DriveOptions> parse(std::string_view command, const std::vector<const char*>& arguments) {
  return parse_drive_arguments(command, arguments);
}
std::string refusal(std::string_view command, const std::vector<const char*>& arguments) {
  const auto options = parse(command, arguments);
  return options ? "it was taken" : options.error().message;
}

TEST(DriveOptions, TakeTheTargetAndThenWhatTheVerbTakes) {
  const auto click = parse("click", {"host:1", "100", "200", "button=right"});
  ASSERT_TRUE(click) << click.error().message;
  EXPECT_THAT(click->targets, ElementsAre("host:1"));
  ASSERT_EQ(click->calls.size(), 1u);
  EXPECT_EQ(click->calls[0].verb->name, "click");
  EXPECT_EQ(std::get<std::int64_t>(click->calls[0].values.at("y")), 200);
  const auto wait = parse("wait", {"host", "still", "quiet=300ms"});
  ASSERT_TRUE(wait) << wait.error().message;
  EXPECT_EQ(wait->calls[0].verb->name, "wait still");
}

TEST(DriveOptions, TakeFlagsAnywhereAndValuesEitherWay) {
  const auto shot = parse(
      "shot", {"--json", "host", "-o", "a.png", "--ca=ca.pem", "-v", "--connect-timeout", "2.5"});
  ASSERT_TRUE(shot) << shot.error().message;
  EXPECT_TRUE(shot->is_json && shot->is_verbose);
  EXPECT_EQ(std::get<std::string>(shot->calls[0].values.at("file")), "a.png");
  EXPECT_EQ(shot->connection.tls.ca_file, "ca.pem");
  EXPECT_EQ(shot->connection.timeout, std::chrono::milliseconds(2500));
  const auto type = parse("type", {"host", "--", "--json"});
  ASSERT_FALSE(type) << "words behind -- are the verb's, and it has no such argument";
}

TEST(DriveOptions, TakeSeveralTargetsByFlag) {
  const auto info = parse("info", {"-t", "a", "--target=b"});
  ASSERT_TRUE(info) << info.error().message;
  EXPECT_THAT(info->targets, ElementsAre("a", "b"));
}

TEST(DriveOptions, TakePresetsAndTemplatesInPlaceOfATarget) {
  const auto shot = parse("shot", {"--preset", "proxmox", "--param", "host=pve", "--param=vmid=100",
                                   "--cookie", "PVEAuthCookie=x", "--header", "A: b", "out.png"});
  ASSERT_TRUE(shot) << shot.error().message;
  EXPECT_TRUE(shot->targets.empty());
  EXPECT_EQ(shot->connection.parameters.at("vmid"), "100");
  EXPECT_EQ(shot->connection.cookies.at(0).name, "PVEAuthCookie");
  EXPECT_EQ(shot->connection.headers.at(0).value, "b");
}

TEST(DriveOptions, TakeScriptsAsWordsOrFromAFile) {
  const auto words = parse("do", {"host", "click 1 2; key Return", "shot out.png"});
  ASSERT_TRUE(words) << words.error().message;
  EXPECT_EQ(words->calls.size(), 3u);
  testing::TemporaryFolder folder;
  std::ofstream(folder.path("steps.txt")) << "# steps\nclick 1 2\nwait still\n";
  const auto file = parse("do", {"host", "-f", folder.path("steps.txt").c_str()});
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->calls.size(), 2u);
}

TEST(DriveOptions, SayWhatIsWrong) {
  EXPECT_THAT(refusal("click", {}), HasSubstr("no TARGET is given"));
  EXPECT_THAT(refusal("click", {"host", "a", "2"}), AllOf(HasSubstr("x"), HasSubstr("'a'")));
  EXPECT_THAT(refusal("click", {"host", "--buton=left"}), HasSubstr("--buton"));
  EXPECT_THAT(refusal("do", {"host"}), HasSubstr("nothing to do"));
  EXPECT_THAT(refusal("do", {"host", "click 1 2\nklick"}), HasSubstr("line 2, column 1"));
  EXPECT_THAT(refusal("do", {"host", "-f", "/nonexistent"}), HasSubstr("/nonexistent"));
  EXPECT_THAT(refusal("shot", {"host", "--cert", "x"}), HasSubstr("--key-file"));
  EXPECT_THAT(refusal("shot", {"host", "--param", "x"}), HasSubstr("NAME=VALUE"));
  EXPECT_THAT(refusal("shot", {"host", "--param", "x="}), HasSubstr("the value of x is empty"));
  EXPECT_THAT(refusal("shot", {"host", "--jpeg-quality", "11"}), HasSubstr("--jpeg-quality"));
  EXPECT_THAT(refusal("wait", {"host", "stil"}), HasSubstr("still"));
  EXPECT_THAT(refusal("shot", {"host", "-o", "-", "--json"}), HasSubstr("--json"));
}

TEST(DriveOptions, TakeATimeForAllOfIt) {
  const auto shot = parse("shot", {"host", "a.png", "--time-limit", "1.5"});
  ASSERT_TRUE(shot) << shot.error().message;
  EXPECT_EQ(shot->time, std::chrono::milliseconds(1500));
  EXPECT_FALSE(parse("shot", {"host", "a.png"})->time);
  const auto wait = parse("wait", {"host", "still", "--timeout=3s"});
  ASSERT_TRUE(wait) << wait.error().message;
  EXPECT_FALSE(wait->time) << "that is the wait's own";
  EXPECT_THAT(refusal("shot", {"host", "a.png", "--time-limit=0"}), HasSubstr("--time-limit"));
  const char* const words[] = {"host", "--json", "--bogus"};
  EXPECT_TRUE(wants_json(words));
  const char* const others[] = {"host", "--", "--json"};
  EXPECT_FALSE(wants_json(others));
}

TEST(DriveOptions, HaveHelpWithAnExampleForEveryCommand) {
  for (const auto command : drive_commands()) {
    const auto help = drive_help(command);
    EXPECT_TRUE(help.starts_with("Example: oriel " + std::string(command) + " ")) << help;
    EXPECT_FALSE(drive_summary(command).empty());
    EXPECT_TRUE(is_drive_command(command));
    EXPECT_TRUE(parse(command, {"--help"})->wants_help);
  }
  EXPECT_FALSE(is_drive_command("serve"));
  EXPECT_FALSE(is_drive_command("wait still"));
}

}  // namespace
}  // namespace oriel::cli
