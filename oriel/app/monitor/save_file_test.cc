#include "oriel/app/monitor/save_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "oriel/testing/temporary_folder.h"

namespace oriel::monitor {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string text_of(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

std::vector<std::string> names_in(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    names.push_back(entry.path().filename().string());
  std::ranges::sort(names);
  return names;
}

// A folder, and a clock that stands still: 2026-11-20 13:47:51 of the local time.
struct Place {
  testing::TemporaryFolder folder;
  std::filesystem::path path = std::filesystem::path(folder.path()) / "data.jsonl";

  SaveFileOptions options(std::size_t bytes_max = kSaveFileBytesMax) const {
    return {.path = path, .bytes_max = bytes_max, .now = [] {
              std::tm local{.tm_sec = 51,
                            .tm_min = 47,
                            .tm_hour = 13,
                            .tm_mday = 20,
                            .tm_mon = 10,
                            .tm_year = 126,
                            .tm_isdst = -1};
              return std::chrono::system_clock::from_time_t(std::mktime(&local));
            }};
  }
};

TEST(SaveFile, WritesOneLineForEachMessage) {
  const Place place;
  auto file = SaveFile::open(place.options()).value();
  EXPECT_FALSE(file.write(R"({"a": 1})"));
  EXPECT_FALSE(file.write(R"({"b": 2})"));
  EXPECT_EQ(text_of(place.path), "{\"a\": 1}\n{\"b\": 2}\n");
  EXPECT_EQ(file.statistics().message_count, 2u);
  EXPECT_EQ(file.statistics().log_size, 18u);
  EXPECT_EQ(file.statistics().log_file, place.path);
}

TEST(SaveFile, GoesOnWithAFileThatIsThere) {
  const Place place;
  std::ofstream(place.path) << "old\n";
  ASSERT_FALSE(SaveFile::open(place.options()).value().write("new"));
  EXPECT_EQ(text_of(place.path), "old\nnew\n");
}

TEST(SaveFile, StartsANewLineAfterHalfALine) {
  const Place place;
  std::ofstream(place.path) << "{\"cut";
  ASSERT_FALSE(SaveFile::open(place.options()).value().write("new"));
  EXPECT_EQ(text_of(place.path), "{\"cut\nnew\n");
}

TEST(SaveFile, RenamesAFileThatWouldPassItsLimit) {
  const Place place;
  auto file = SaveFile::open(place.options(10)).value();
  ASSERT_FALSE(file.write("1234"));
  ASSERT_FALSE(file.write("6789"));  // exactly 10 bytes
  EXPECT_THAT(names_in(place.folder.path()), ElementsAre("data.jsonl"));
  ASSERT_FALSE(file.write("x"));
  EXPECT_THAT(names_in(place.folder.path()),
              ElementsAre("data.jsonl", "data_20261120_134751.jsonl"));
  EXPECT_EQ(text_of(place.path), "x\n");
  EXPECT_EQ(file.statistics().message_count, 3u);
}

TEST(SaveFile, NeverRenamesOverAnotherFile) {
  const Place place;
  auto file = SaveFile::open(place.options(4)).value();
  for (const char* line : {"one", "two", "three"}) ASSERT_FALSE(file.write(line));
  EXPECT_THAT(names_in(place.folder.path()), ElementsAre("data.jsonl", "data_20261120_134751.jsonl",
                                                         "data_20261120_134751_2.jsonl"));
  const auto folder = place.path.parent_path();
  EXPECT_EQ(text_of(folder / "data_20261120_134751.jsonl"), "one\n");
  EXPECT_EQ(text_of(folder / "data_20261120_134751_2.jsonl"), "two\n");
}

TEST(SaveFile, KeepsALineThatIsLargerThanItsLimit) {
  const Place place;
  auto file = SaveFile::open(place.options(4)).value();
  ASSERT_FALSE(file.write("a long line"));
  EXPECT_EQ(text_of(place.path), "a long line\n");
}

TEST(SaveFile, SaysWhyItCannotBeOpened) {
  const Place place;
  auto options = place.options();
  options.path = place.folder.path() + "/missing/data.jsonl";
  EXPECT_THAT(SaveFile::open(options).error().message, HasSubstr("No such file or directory"));
}

TEST(SaveFile, SaysAFullDiskOnce) {
  auto file = SaveFile::open({.path = "/dev/full"}).value();
  const auto trouble = file.write("lost");
  ASSERT_TRUE(trouble);
  EXPECT_EQ(trouble->message, "cannot write /dev/full: No space left on device");
  EXPECT_FALSE(file.write("lost too"));
  EXPECT_EQ(file.statistics().lost_count, 2u);
  EXPECT_EQ(file.statistics().message_count, 0u);
}

// Files of this process end at `bytes` while it lives: then a write is cut, as on a full disk.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : old_handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &old_);
    const rlimit limit{bytes, old_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &old_);
    std::signal(SIGXFSZ, old_handler_);
  }

 private:
  rlimit old_{};
  void (*old_handler_)(int);
};

TEST(SaveFile, LeavesNoHalfLineAndGoesOnWhenThereIsRoomAgain) {
  const Place place;
  auto file = SaveFile::open(place.options()).value();
  ASSERT_FALSE(file.write("first"));
  {
    const FileSizeLimit limit(10);
    EXPECT_TRUE(file.write("does not fit"));
    EXPECT_FALSE(file.write("nor does this"));
  }
  EXPECT_EQ(text_of(place.path), "first\n");
  EXPECT_FALSE(file.write("second"));
  EXPECT_EQ(text_of(place.path), "first\nsecond\n");
  EXPECT_EQ(file.statistics().lost_count, 2u);
}

}  // namespace
}  // namespace oriel::monitor
