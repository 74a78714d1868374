#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "oriel/app/monitor/alert_limits.h"
#include "oriel/app/monitor/console_alert_sink.h"
#include "oriel/app/monitor/file_alert_sink.h"
#include "oriel/testing/temporary_folder.h"

namespace oriel::monitor {
namespace {

using ::testing::HasSubstr;

AlertNotice notice() {
  AlertNotice made;
  made.alert.what = "memory usage";
  made.alert.level = AlertLevel::kWarning;
  made.host = "build7";
  return made;
}

std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

struct Pipe {
  std::array<int, 2> ends{};
  Pipe() { EXPECT_EQ(::pipe(ends.data()), 0); }
  ~Pipe() {
    ::close(ends[0]);
    ::close(ends[1]);
  }
  std::string read() const {
    std::array<char, 4096> bytes{};
    const auto count = ::read(ends[0], bytes.data(), bytes.size());
    return {bytes.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0))};
  }
};

TEST(ConsoleAlertSink, WritesALineInColourOnlyWhenAsked) {
  const Pipe pipe;
  ConsoleAlertSink plain(pipe.ends[1], false), coloured(pipe.ends[1], true);
  ASSERT_TRUE(plain.deliver(notice()));
  EXPECT_EQ(pipe.read(), notice_line(notice()) + "\n");
  ASSERT_TRUE(coloured.deliver(notice()));
  EXPECT_EQ(pipe.read(), "\x1b[93m" + notice_line(notice()) + "\x1b[0m\n");
  EXPECT_FALSE(shows_color(pipe.ends[1])) << "a pipe is no terminal";
}

TEST(ConsoleAlertSink, CanBeInterruptedWhileNobodyReads) {
  const Pipe pipe;
  ConsoleAlertSink sink(pipe.ends[1], false);
  const auto line_bytes = notice_line(notice()).size() + 1;
  Status status;
  std::thread writer([&] {
    for (std::size_t written = 0; written < (1U << 22) && status; written += line_bytes) {
      status = sink.deliver(notice());
    }
  });
  sink.interrupt();
  writer.join();
  EXPECT_FALSE(status);
}

TEST(FileAlertSink, AppendsJsonLinesOrText) {
  const testing::TemporaryFolder folder;
  FileAlertSink json(folder.path("json"), AlertFileFormat::kJson, kAlertFileBytesMax);
  FileAlertSink text(folder.path("text"), AlertFileFormat::kText, kAlertFileBytesMax);
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(json.deliver(notice()));
    ASSERT_TRUE(text.deliver(notice()));
  }
  const auto document = to_json(notice_document(notice())) + "\n";
  EXPECT_EQ(text_of(folder.path("json")), document + document);
  EXPECT_EQ(text_of(folder.path("text")),
            notice_line(notice()) + "\n" + notice_line(notice()) + "\n");
}

TEST(FileAlertSink, RotatesAtItsLimitAndKeepsSome) {
  const testing::TemporaryFolder folder;
  const auto line_bytes = notice_line(notice()).size() + 1;
  FileAlertSink sink(folder.path("alerts"), AlertFileFormat::kText, 2 * line_bytes);
  for (int i = 0; i < 2 * (kAlertFilesKept + 3); ++i) ASSERT_TRUE(sink.deliver(notice()));
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    EXPECT_EQ(entry.file_size(), 2 * line_bytes) << entry.path();
    ++files;
  }
  EXPECT_EQ(files, 1 + static_cast<std::size_t>(kAlertFilesKept));
}

TEST(FileAlertSink, RefusesAPipeWhichCouldBlock) {
  const testing::TemporaryFolder folder;
  ASSERT_EQ(::mkfifo(folder.path("pipe").c_str(), 0600), 0);
  FileAlertSink sink(folder.path("pipe"), AlertFileFormat::kText, kAlertFileBytesMax);
  const auto status = sink.deliver(notice());
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().message, HasSubstr("is no regular file"));
}

TEST(FileAlertSink, SaysWhereItCannotWrite) {
  FileAlertSink sink("/nowhere/alerts", AlertFileFormat::kText, kAlertFileBytesMax);
  const auto status = sink.deliver(notice());
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message, "cannot open /nowhere/alerts: No such file or directory");
}

}  // namespace
}  // namespace oriel::monitor
