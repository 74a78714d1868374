#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "oriel/app/agent/text_reader.h"
#include "oriel/app/agent/waits.h"
#include "oriel/testing/agent_stage.h"
#include "oriel/testing/temporary_folder.h"

namespace oriel::agent {
namespace {

using image::Rect;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::string_view kHead =
    "level\tpage_num\tblock_num\tpar_num\tline_num\tword_"
    "num\tleft\ttop\twidth\theight\tconf\ttext\n";

std::string word(int line, int left, std::string_view text) {
  return "5\t1\t1\t1\t" + std::to_string(line) + "\t1\t" + std::to_string(left) +
         "\t20\t40\t24\t96.5\t" + std::string(text) + "\n";
}

std::string page() {
  return std::string(kHead) + "4\t1\t1\t1\t1\t0\t0\t0\t400\t24\t-1\t\n" + word(1, 20, "File") +
         word(1, 80, "was") + word(1, 140, "saved") + "5\tbroken\n" + word(2, 20, "OK");
}

TEST(TextReader, ReadsTheTableOfWords) {
  const auto lines = parse_words(page(), 2);
  ASSERT_THAT(lines, SizeIs(2));
  ASSERT_THAT(lines[0], SizeIs(3));
  EXPECT_EQ(lines[0][1].text, "was");
  EXPECT_EQ(lines[0][1].box, (Rect{40, 10, 20, 12}));
  const auto text = page();
  for (std::size_t end = 0; end < text.size(); ++end) parse_words(text.substr(0, end), 1);
}

TEST(TextReader, ReadsFewLinesAsLinesFirstAndLargePicturesOnce) {
  using enum TextLayout;
  EXPECT_THAT(text_layouts({160, 14}), ElementsAre(kLines, kScattered));
  EXPECT_THAT(text_layouts({500, 200}), ElementsAre(kScattered, kLines));
  EXPECT_THAT(text_layouts({1920, 1080}), ElementsAre(kScattered));
}

TEST(TextMatcher, FindsTextAndPatternsAndTheWordsTheyAreIn) {
  const auto lines = parse_words(page(), 1);
  const auto find = [&lines](const char* text, bool is_pattern) {
    return TextMatcher::make(text, is_pattern)->find(lines);
  };
  EXPECT_EQ(find("as  sav", false).line, "File was saved");
  EXPECT_EQ(find("as sav", false).box, (Rect{80, 20, 100, 24}));
  EXPECT_EQ(find("s[a-z]+d$", true).box, (Rect{140, 20, 40, 24}));
  EXPECT_EQ(find("Open", false).line, "");
  EXPECT_FALSE(TextMatcher::make("(", true));
  EXPECT_FALSE(TextMatcher::make("  ", false));
}

// A program of that name that reads what the test says.
struct ReaderStage : testing::AgentStage {
  ReaderStage() {
    folder.write("table", page());
    folder.write(
        "tesseract",
        "#!/bin/sh\ncat > '" + folder.path("picture") + "'\ncat '" + folder.path("table") + "'\n",
        0700);
    old_path = std::getenv("PATH");
    ::setenv("PATH", (folder.path() + ":" + old_path).c_str(), 1);
  }
  ~ReaderStage() { ::setenv("PATH", old_path.c_str(), 1); }

  testing::TemporaryFolder folder;
  std::string old_path;
  DamageLog log{target};
  Waits waits{target, log};
};

TEST(TextWait, FindsATextWhereItIs) {
  ReaderStage stage;
  TextOptions options{.text = "saved", .region = Rect{100, 50, 200, 100}};
  const auto seen = stage.run(stage.waits.text(options));
  ASSERT_TRUE(seen) << seen.error().message;
  EXPECT_EQ(seen->text, "File was saved");
  EXPECT_THAT(seen->boxes, ElementsAre(Rect{146, 56, 14, 9}));
}

TEST(TextWait, ReadsAgainWhenItsRegionChanges) {
  ReaderStage stage;
  stage.folder.write("table", std::string(kHead) + word(1, 0, "Loading"));
  stage.later(std::chrono::milliseconds(100), [&] {
    stage.folder.write("table", page());
    stage.target.fill({0, 0, 10, 10}, 1);
  });
  EXPECT_TRUE(stage.run(stage.waits.text({.text = "File was"})));
  stage.folder.write("table", std::string(kHead) + word(1, 0, "Loading"));
  const auto missed = stage.run(stage.waits.text({.text = "x", .timeout = milliseconds(20)}));
  ASSERT_FALSE(missed);
  EXPECT_EQ(missed.error().kind, ErrorKind::kTimeout);
  EXPECT_THAT(missed.error().message, HasSubstr("'Loading' was read there"));
}

// tesseract finds nothing when it looks for scattered words, and something when it reads lines.
TEST(TextWait, ReadsASmallPictureInBothWays) {
  ReaderStage stage;
  stage.folder.write("tesseract",
                     "#!/bin/sh\ncat > /dev/null\ncase \"$*\" in *'--psm 6'*) cat '" +
                         stage.folder.path("table") + "' ;; esac\n",
                     0700);
  const auto seen = stage.run(stage.waits.text({.text = "File was saved"}));
  ASSERT_TRUE(seen) << seen.error().message;
  EXPECT_EQ(seen->text, "File was saved");
}

TEST(TextWait, SaysThatTesseractIsMissingOrFailed) {
  ReaderStage stage;
  stage.folder.write("tesseract", "#!/bin/sh\necho 'no language xxx' >&2\nexit 1\n", 0700);
  auto seen = stage.run(stage.waits.text({.text = "x"}));
  ASSERT_FALSE(seen);
  EXPECT_EQ(seen.error().message, "tesseract ended with exit code 1: no language xxx");
  ::setenv("PATH", stage.folder.path("none").c_str(), 1);
  seen = stage.run(stage.waits.text({.text = "x"}));
  ASSERT_FALSE(seen);
  EXPECT_EQ(seen.error().kind, ErrorKind::kInternal);
  EXPECT_THAT(seen.error().message, HasSubstr("must be installed"));
}

}  // namespace
}  // namespace oriel::agent
