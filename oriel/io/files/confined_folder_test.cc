#include "oriel/io/files/confined_folder.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "oriel/testing/temporary_folder.h"

namespace oriel::files {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ConfinedFolderTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto opened = ConfinedFolder::open(path("store"));
    ASSERT_TRUE(opened) << opened.error().message;
    folder_ = *opened;
  }

  std::string path(std::string_view name) const { return outside_.path(std::string(name)); }
  void put(std::string_view name, std::string_view text) const {
    std::ofstream(path(name)) << text;
  }
  std::string text_of(std::string_view name) const {
    std::ifstream file(path(name));
    return {std::istreambuf_iterator<char>(file), {}};
  }

  testing::TemporaryFolder outside_;
  std::shared_ptr<ConfinedFolder> folder_;
};

TEST_F(ConfinedFolderTest, ReadsFilesOfItsOwnAndOfFoldersInIt) {
  std::filesystem::create_directory(path("store/2026"));
  put("store/2026/report.txt", "hello");
  const auto file = folder_->open_file("2026/report.txt");
  ASSERT_TRUE(file) << file.error().message;
  Bytes bytes(10);
  EXPECT_EQ((*file)->size_bytes(), 5u);
  EXPECT_EQ((*file)->read_at(1, bytes), 4u);
  EXPECT_EQ(as_text(ByteSpan(bytes).first(4)), "ello");
}

TEST_F(ConfinedFolderTest, RefusesNamesThatLeadElsewhere) {
  put("secret", "secret");
  for (const auto* name : {"../secret", "a/../../secret", "..", ".", "a/./b", "/etc/hostname", "",
                           "a//b", "a/", ".hidden", "a/.hidden", "./a"}) {
    const auto file = folder_->open_file(name);
    ASSERT_FALSE(file) << name;
    EXPECT_EQ(file.error().code, ErrorCode::kInvalid) << name;
  }
  EXPECT_FALSE(folder_->open_file(std::string_view("a\0b", 3)));
  EXPECT_FALSE(folder_->open_file(std::string(kNameBytesMax + 1, 'a')));
}

TEST_F(ConfinedFolderTest, FollowsNoLinkNeitherOfAFileNorOfAFolder) {
  put("secret", "secret");
  put("store/inside", "inside");
  std::filesystem::create_symlink(path("secret"), path("store/link"));
  std::filesystem::create_symlink("inside", path("store/link_to_inside"));
  std::filesystem::create_symlink(path(""), path("store/folder"));
  for (const auto* name : {"link", "link_to_inside", "folder/secret"}) {
    const auto file = folder_->open_file(name);
    ASSERT_FALSE(file) << name;
    EXPECT_EQ(file.error().code, ErrorCode::kRefused) << file.error().message;
  }
}

TEST_F(ConfinedFolderTest, ReadsRegularFilesOnlyAndWaitsForNoPipe) {
  ASSERT_EQ(::mkfifo(path("store/pipe").c_str(), 0600), 0);
  std::filesystem::create_directory(path("store/folder"));
  EXPECT_FALSE(folder_->open_file("pipe"));
  EXPECT_FALSE(folder_->open_file("folder"));
  const auto none = folder_->open_file("nothing");
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().message, HasSubstr("there is no file \"nothing\""));
}

TEST_F(ConfinedFolderTest, PublishesAPartialFileWithoutReplacingAnother) {
  put("store/report.txt", "old");
  for (const auto* expected : {"report (2).txt", "report (3).txt"}) {
    const auto file = folder_->open_partial(".1.part");
    ASSERT_TRUE(file);
    ASSERT_TRUE((*file)->write_at(0, as_bytes("new")));
    EXPECT_EQ(folder_->publish(".1.part", "report.txt"), expected);
  }
  EXPECT_EQ(text_of("store/report.txt"), "old");
  EXPECT_EQ(text_of("store/report (2).txt"), "new");
}

TEST_F(ConfinedFolderTest, ReplacesWhenAsked) {
  put("store/report.txt", "old");
  ASSERT_TRUE((*folder_->open_partial(".1.part"))->write_at(0, as_bytes("new")));
  EXPECT_TRUE(folder_->publish_over(".1.part", "report.txt"));
  EXPECT_EQ(text_of("store/report.txt"), "new");
}

TEST_F(ConfinedFolderTest, PublishesIntoNoFolderBehindALink) {
  std::filesystem::create_directory(path("elsewhere"));
  std::filesystem::create_directory_symlink(path("elsewhere"), path("store/folder"));
  ASSERT_TRUE(folder_->open_partial(".1.part"));
  EXPECT_FALSE(folder_->publish(".1.part", "folder/report.txt"));
  EXPECT_FALSE(folder_->publish_over(".1.part", "folder/report.txt"));
  EXPECT_EQ(folder_->check_place("folder/report.txt").error().code, ErrorCode::kRefused);
  EXPECT_FALSE(std::filesystem::exists(path("elsewhere/report.txt")));
}

TEST_F(ConfinedFolderTest, KnowsWhetherThereIsAFolderForAFile) {
  std::filesystem::create_directory(path("store/2026"));
  put("store/file", "1");
  EXPECT_TRUE(folder_->check_place("report.txt"));
  EXPECT_TRUE(folder_->check_place("2026/report.txt"));
  EXPECT_EQ(folder_->check_place("../report.txt").error().code, ErrorCode::kInvalid);
  EXPECT_EQ(folder_->check_place("2027/report.txt").error().message, "there is no folder \"2027\"");
  EXPECT_FALSE(folder_->check_place("file/report.txt"));
}

TEST_F(ConfinedFolderTest, ListsRegularFilesThatAreWhole) {
  put("store/b", "12");
  put("store/a", "1");
  std::filesystem::create_symlink("a", path("store/link"));
  ASSERT_TRUE(folder_->open_partial(".1.part"));
  EXPECT_THAT(*folder_->list(), ElementsAre(ListedFile{"a", 1}, ListedFile{"b", 2}));
}

TEST_F(ConfinedFolderTest, RemovesPartialFilesThatAreOld) {
  ASSERT_TRUE(folder_->open_partial(".1.part"));
  folder_->remove_partials_older_than(60);
  EXPECT_TRUE(std::filesystem::exists(path("store/.1.part")));
  folder_->remove_partials_older_than(-1);
  EXPECT_FALSE(std::filesystem::exists(path("store/.1.part")));
}

TEST(ConfinedFolder, SaysWhichFolderCannotBeOpened) {
  const auto opened = ConfinedFolder::open("/proc/no/such/folder");
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().message, HasSubstr("/proc/no/such/folder"));
}

}  // namespace
}  // namespace oriel::files
