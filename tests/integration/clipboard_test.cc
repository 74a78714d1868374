// The clipboard of an X display, with xclip as the program on it.
#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "oriel/base/time.h"
#include "oriel/io/desktop/limits.h"
#include "oriel/io/desktop/supervisor.h"
#include "oriel/io/desktop/supervisor_process.h"
#include "tests/support/child_process.h"
#include "tests/support/oriel_server.h"

namespace oriel::desktop {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using support::ChildProcess;
using support::read_file;

constexpr auto kText = ClipboardFormat::kText;
constexpr auto kHtml = ClipboardFormat::kHtml;
constexpr auto kPng = ClipboardFormat::kPng;

struct Listener : DesktopListener {
  void desktop_damaged() override {}
  void desktop_resized(image::Size) override {}
  void desktop_lost(const Error&) override {}
  void desktop_clipboard_changed(ClipboardFormats formats) override { changes.push_back(formats); }
  std::vector<ClipboardFormats> changes;
};

// No two neighbouring kilobytes are alike.
std::string large_text(std::size_t size) {
  std::string text;
  for (std::uint32_t i = 0; text.size() < size; ++i)
    text += fmt::format("{:x} é\n", i * 2654435761u);
  return text;
}

// A headless desktop without a session, and programs on it.
class Desk {
 public:
  Desk() : server_(io) {
    const HeadlessConfig config{{64, 48}, {64, 48}, std::nullopt, "exec sleep 1000"};
    EXPECT_TRUE(server_.start(
        config,
        [this, config](Result<HeadlessAddress> result) {
          ASSERT_TRUE(result) << result.error().message;
          address_ = *result;
          auto opened = HeadlessDesktop::open(io, address_, config.geometry);
          ASSERT_TRUE(opened) << opened.error().message;
          desktop = std::move(*opened);
          desktop->start(listener);
        },
        [](const HeadlessServer::Event&) {}));
    EXPECT_TRUE(run_until([this] { return desktop != nullptr; }));
  }
  ~Desk() {
    programs.clear();
    desktop.reset();
  }

  bool run_until(const std::function<bool()>& is_so, Duration patience = seconds(15)) {
    const TimePoint deadline = Clock::now() + patience;
    while (!is_so()) {
      if (Clock::now() > deadline) return false;
      io.restart();
      io.run_one_for(milliseconds(5));
    }
    return true;
  }
  ChildProcess& start(std::vector<std::string> arguments) {
    programs.push_back(std::make_unique<ChildProcess>(support::Command{
        std::move(arguments),
        {{"DISPLAY", fmt::format(":{}", address_.display)}, {"XAUTHORITY", address_.xauthority}}}));
    return *programs.back();
  }
  // xclip copies the text, and stays to give it. The listener has heard of it then.
  ChildProcess& copy(const std::string& text, std::vector<std::string> options = {}) {
    const auto file = folder.path() / fmt::format("copied{}", programs.size());
    std::ofstream(file) << text;
    std::vector<std::string> arguments{"xclip", "-quiet", "-i", file.string()};
    if (options.empty()) options = {"-selection", "clipboard"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    const auto before = listener.changes.size();
    auto& program = start(std::move(arguments));
    EXPECT_TRUE(run_until([&] { return listener.changes.size() > before; }));
    return program;
  }
  // What xclip pastes; nothing when it fails.
  std::optional<std::string> paste(std::vector<std::string> options = {}) {
    const auto file = folder.path() / fmt::format("pasted{}", programs.size());
    std::string line = fmt::format("exec xclip -o -selection clipboard > {}", file.string());
    for (const auto& option : options) line += " " + option;
    auto& program = start({"sh", "-c", line});
    EXPECT_TRUE(run_until([&] { return program.exit_code().has_value(); }));
    if (program.exit_code() != 0) return std::nullopt;
    return read_file(file);
  }
  Result<std::string> request(ClipboardFormat format) {
    std::optional<Result<Bytes>> answer;
    clipboard().request(format, [&](Result<Bytes> result) { answer = std::move(result); });
    EXPECT_TRUE(run_until([&] { return answer.has_value(); }));
    if (!answer) return fail(ErrorCode::kTimeout, "never answered");
    if (!*answer) return std::unexpected((*answer).error());
    return std::string(as_text(**answer));
  }
  void offer(std::string text, ClipboardFormats formats = {kText}) {
    clipboard().offer(formats, [this, text](ClipboardFormat, ClipboardDone done) {
      ++asked;
      done(Bytes(text.begin(), text.end()));
    });
  }
  void rest() {
    run_until([] { return false; }, milliseconds(200));
  }
  Clipboard& clipboard() { return *desktop->clipboard(); }

  support::TemporaryFolder folder;
  boost::asio::io_context io;
  std::unique_ptr<HeadlessDesktop> desktop;
  Listener listener;
  std::vector<std::unique_ptr<ChildProcess>> programs;
  int asked = 0;

 private:
  HeadlessServer server_;
  HeadlessAddress address_;
};

TEST(X11Clipboard, TellsAndGivesWhatAProgramHasCopied) {
  Desk desk;
  EXPECT_FALSE(desk.request(kText));
  desk.copy("é € 中 😀\n");
  EXPECT_EQ(desk.listener.changes.back(), ClipboardFormats{kText});
  EXPECT_EQ(desk.request(kText), "é € 中 😀\n");
  EXPECT_EQ(desk.request(kText), "é € 中 😀\n");
  EXPECT_EQ(desk.request(kHtml).error().code, ErrorCode::kUnavailable);
  desk.copy("");
  EXPECT_EQ(desk.request(kText), "");
}

TEST(X11Clipboard, GivesWhatWasCopiedBeforeItStarted) {
  Desk desk;
  desk.copy("before");
  desk.desktop->x11_clipboard().select({.clipboard = false});
  desk.listener.changes.clear();
  desk.desktop->x11_clipboard().select({.clipboard = true});
  EXPECT_TRUE(desk.run_until([&] { return !desk.listener.changes.empty(); }));
  EXPECT_EQ(desk.request(kText), "before");
}

TEST(X11Clipboard, Carries5MegabytesBothWays) {
  Desk desk;
  const std::string text = large_text(5'000'000);
  desk.copy(text);
  const TimePoint start = Clock::now();
  const auto read = desk.request(kText);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_TRUE(*read == text);
  const TimePoint middle = Clock::now();
  desk.offer(text + "back");
  EXPECT_TRUE(desk.paste() == text + "back");
  RecordProperty("read_ms", fmt::format("{}", (middle - start) / milliseconds(1)));
  RecordProperty("paste_ms", fmt::format("{}", (Clock::now() - middle) / milliseconds(1)));
  for (const std::size_t size : {kClipboardChunkBytes - 1, kClipboardChunkBytes,
                                 kClipboardChunkBytes + 1, 2 * kClipboardChunkBytes}) {
    desk.offer(std::string(size, 'x'));
    EXPECT_TRUE(desk.paste() == std::string(size, 'x')) << size;
  }
}

TEST(X11Clipboard, GivesProgramsWhatTheyAskForAndOnlyThen) {
  Desk desk;
  desk.offer("<b>é €</b>", {kText, kHtml});
  desk.rest();
  EXPECT_EQ(desk.asked, 0);
  EXPECT_EQ(desk.paste(), "<b>é €</b>");
  EXPECT_EQ(desk.paste({"-t", "text/html"}), "<b>é €</b>");
  EXPECT_EQ(desk.paste({"-t", "STRING"}), "<b>\xe9 ?</b>");
  EXPECT_EQ(desk.asked, 3);
  EXPECT_EQ(desk.paste({"-t", "image/png"}), std::nullopt);
  const auto targets = desk.paste({"-t", "TARGETS"});
  ASSERT_TRUE(targets);
  EXPECT_THAT(*targets, ::testing::AllOf(::testing::HasSubstr("TIMESTAMP"),
                                         ::testing::HasSubstr("UTF8_STRING"),
                                         ::testing::HasSubstr("text/html"),
                                         ::testing::Not(::testing::HasSubstr("image/png"))));
  EXPECT_EQ(desk.asked, 3);
  desk.clipboard().withdraw();
  EXPECT_EQ(desk.paste(), std::nullopt);
}

TEST(X11Clipboard, GivesOtherFormatsThanText) {
  Desk desk;
  const std::string picture("\x89PNG\r\n\x1a\n\0\0\xff", 11);
  desk.copy(picture, {"-selection", "clipboard", "-t", "image/png"});
  EXPECT_EQ(desk.listener.changes.back(), ClipboardFormats{kPng});
  EXPECT_EQ(desk.request(kPng), picture);
  EXPECT_EQ(desk.request(kText).error().code, ErrorCode::kUnavailable);
}

TEST(X11Clipboard, NeverTellsOfItsOwnOffers) {
  Desk desk;
  for (int round = 0; round < 5; ++round) {
    desk.copy(fmt::format("program {}", round));
    const auto heard = desk.listener.changes.size();
    desk.offer(fmt::format("viewer {}", round));
    EXPECT_EQ(desk.request(kText).error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(desk.paste(), fmt::format("viewer {}", round));
    desk.rest();
    EXPECT_EQ(desk.listener.changes.size(), heard);
  }
  desk.clipboard().withdraw();
  desk.rest();
  EXPECT_EQ(desk.listener.changes.size(), 5u);
}

TEST(X11Clipboard, FollowsPrimaryOnlyWhenToldSo) {
  Desk desk;
  desk.start({"sh", "-c", "echo marked | xclip -quiet -i -selection primary"});
  desk.rest();
  EXPECT_TRUE(desk.listener.changes.empty());
  desk.desktop->x11_clipboard().select({.clipboard = true, .primary = true});
  EXPECT_TRUE(desk.run_until([&] { return !desk.listener.changes.empty(); }));
  EXPECT_EQ(desk.request(kText), "marked\n");
  desk.copy("again", {"-selection", "primary"});
  EXPECT_EQ(desk.request(kText), "again");
  desk.offer("both");
  EXPECT_EQ(desk.paste(), "both");
  EXPECT_EQ(desk.paste({"-selection", "primary"}), "both");
}

TEST(X11Clipboard, TellsThatTheProgramHasGone) {
  Desk desk;
  auto& program = desk.copy("text");
  program.stop(SIGKILL, seconds(5));
  EXPECT_TRUE(desk.run_until([&] { return desk.listener.changes.size() == 2; }));
  EXPECT_TRUE(desk.listener.changes.back().empty());
  const TimePoint start = Clock::now();
  EXPECT_FALSE(desk.request(kText));
  EXPECT_LT(Clock::now() - start, 2 * kClipboardTimeout);
}

TEST(X11Clipboard, GivesUpAProgramThatStopsOrDiesInMidTransfer) {
  for (const int signal : {SIGSTOP, SIGKILL}) {
    Desk desk;
    auto& program = desk.copy(large_text(5'000'000));
    std::optional<Result<Bytes>> answer;
    desk.clipboard().request(kText, [&](Result<Bytes> result) { answer = std::move(result); });
    // Two pieces of it come, at the most.
    desk.io.restart();
    desk.io.run_one_for(milliseconds(100));
    ASSERT_FALSE(answer);
    ::kill(program.pid(), signal);
    const TimePoint start = Clock::now();
    EXPECT_TRUE(desk.run_until([&] { return answer.has_value(); }));
    EXPECT_LT(Clock::now() - start, 2 * kClipboardTimeout);
    ASSERT_FALSE(*answer);
    // On a slow machine it may be killed before the transfer began, which the X server refuses.
    const ErrorCode code = answer->error().code;
    EXPECT_TRUE(code == ErrorCode::kTimeout || (signal == SIGKILL && code == ErrorCode::kRefused))
        << answer->error().message;
    ::kill(program.pid(), SIGKILL);
    // It works on.
    desk.run_until([&] { return desk.listener.changes.back().empty(); }, seconds(5));
    desk.copy("next");
    EXPECT_EQ(desk.request(kText), "next");
  }
}

TEST(X11Clipboard, SurvivesAPasteThatDiesAndAProviderThatNeverAnswers) {
  Desk desk;
  desk.offer(large_text(5'000'000));
  // Nobody reads what it pastes, so it waits in the middle of it.
  int unread[2];
  ASSERT_EQ(::pipe(unread), 0);
  auto& dies =
      desk.start({"sh", "-c", fmt::format("exec xclip -o -selection clipboard >&{}", unread[1])});
  desk.run_until([&] { return desk.asked == 1; });
  dies.stop(SIGKILL, seconds(5));
  for (const int end : unread) ::close(end);
  EXPECT_EQ(desk.paste()->size(), large_text(5'000'000).size());
  std::vector<ClipboardDone> never;
  desk.clipboard().offer(
      {kText}, [&](ClipboardFormat, ClipboardDone done) { never.push_back(std::move(done)); });
  EXPECT_EQ(desk.paste(), std::nullopt) << "refused after the time-out";
  ASSERT_FALSE(never.empty());
  for (auto& done : never) done(Bytes{'l', 'a', 't', 'e'});
  desk.offer("next");
  EXPECT_EQ(desk.paste(), "next");
}

TEST(X11Clipboard, RefusesWhatIsLargerThanTheLimit) {
  Desk desk;
  desk.copy(std::string(kMaxClipboardBytes + 1, 'x'));
  EXPECT_EQ(desk.request(kText).error().code, ErrorCode::kTooLarge);
  desk.copy("next");
  EXPECT_EQ(desk.request(kText), "next");
  desk.offer(std::string(kMaxClipboardBytes + 1, 'x'));
  EXPECT_EQ(desk.paste(), std::nullopt);
}

TEST(X11Clipboard, AnswersEveryRequestWhenTheDesktopGoes) {
  Desk desk;
  auto& program = desk.copy("text");
  ::kill(program.pid(), SIGSTOP);
  std::vector<ErrorCode> answers;
  for (std::size_t i = 0; i < kMaxClipboardRequests + 1; ++i) {
    desk.clipboard().request(kText,
                             [&](Result<Bytes> result) { answers.push_back(result.error().code); });
  }
  EXPECT_EQ(answers, (std::vector{ErrorCode::kTooLarge}));
  desk.desktop.reset();
  EXPECT_EQ(answers.size(), kMaxClipboardRequests + 1);
}

}  // namespace
}  // namespace oriel::desktop

// The supervisor is this program, started anew.
int main(int count, char** words) {
  const std::span<const char* const> arguments(words, static_cast<std::size_t>(count));
  if (count > 1 && arguments[1] == oriel::desktop::kSupervisorCommand) {
    return oriel::desktop::run_supervisor(arguments.subspan(2));
  }
  ::testing::InitGoogleTest(&count, words);
  return RUN_ALL_TESTS();
}
