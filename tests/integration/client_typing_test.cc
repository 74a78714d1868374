// Text in any script, typed by our client into programs of real servers, arrives as it was.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "oriel/app/agent/sync_agent.h"
#include "oriel/app/client/connection.h"
#include "tests/support/oriel_server.h"
#include "tests/support/wait_until.h"
#include "tests/support/x_server.h"

namespace oriel {
namespace {

using support::ChildProcess;
using support::wait_until;

// Latin, Greek, Cyrillic, Hebrew, Arabic, Han, Kana and Hangul, emoji; each line ends, since a
// terminal hands over whole lines.
constexpr const char* kText =
    "Grüße, naïve Ærøskøbing: ŁÓDŹ?\n"
    "Γειά σου, Κόσμε! Ωδή\n"
    "Привет, Ёлка № 5\n"
    "שלום עולם\n"
    "مرحبا بالعالم\n"
    "中文 日本語 かな 한국어\n"
    "😀🚀 {[|\\~^@€]} \"quoted\" <b>\n";

// A little of each. Xvnc has some twenty keys to spare for characters that its keyboard lacks, and
// drops what comes after these: more is pasted.
constexpr const char* kShortText =
    "Grüße, é?\n"
    "Ωλ Жя\n"
    "שם سم\n"
    "中文 😀\n";

enum class Place { kXvnc, kOriel };
enum class Reader { kProgram, kTerminal };
enum class Method { kKeys, kPaste };

struct Case {
  Place place;
  Reader reader;
  Method method;
  const char* keyboard;  // of the desktop
};

void PrintTo(const Case& row, std::ostream* out) {
  *out << (row.place == Place::kXvnc ? "Xvnc" : "Oriel")
       << (row.reader == Reader::kProgram ? "Program" : "Terminal")
       << (row.method == Method::kKeys ? "Keys" : "Paste") << "_" << row.keyboard;
}

// A desktop with the reader on it.
class Desk {
 public:
  explicit Desk(const Case& row) {
    const auto session =
        row.reader == Reader::kProgram
            ? fmt::format("setxkbmap {}; exec {} {}", row.keyboard, KEY_READER, file_)
            : fmt::format(
                  "setxkbmap {}; LC_ALL=C.UTF-8 exec xterm -u8 -xrm '*selectToClipboard: true' "
                  "-geometry 200x60+0+0 -e "
                  "sh -c 'touch {}.ready; cat > {}'",
                  row.keyboard, file_, file_);
    if (row.place == Place::kOriel) {
      support::ServerOptions options;
      options.session = session;
      options.width = 640;
      options.height = 400;
      oriel_.emplace(options);
      target_ = fmt::format("vnc://127.0.0.1:{}", oriel_->vnc_port());
    } else {
      const std::string socket = folder_.path() / "vnc";
      xvnc_.emplace(std::vector<std::string>{"Xtigervnc", "-geometry", "640x400", "-depth", "24",
                                             "-rfbport", "-1", "-rfbunixpath", socket,
                                             "-SecurityTypes", "None"});
      session_ = std::make_unique<ChildProcess>(
          support::Command{{"sh", "-c", session}, {{"DISPLAY", xvnc_->name()}}});
      target_ = "unix:" + socket;
    }
  }

  const std::string& target() const { return target_; }
  bool is_ready() const { return std::filesystem::exists(file_ + ".ready"); }
  std::string typed() const { return support::read_file(file_); }

 private:
  support::TemporaryFolder folder_;
  std::string file_ = folder_.path() / "typed";
  std::string target_;
  std::optional<support::XServer> xvnc_;
  std::optional<support::OrielServer> oriel_;
  std::unique_ptr<ChildProcess> session_;
};

class ClientTyping : public ::testing::TestWithParam<Case> {};

TEST_P(ClientTyping, BringsEveryScriptAsItIs) {
  const auto& row = GetParam();
  const Desk desk(row);
  ASSERT_TRUE(wait_until([&] { return desk.is_ready(); }));
  client::Connection connection({.target = desk.target()});
  const auto connected = connection.connect();
  ASSERT_TRUE(connected) << connected.error().message;
  agent::Agent agent(connection.target());
  // Without a window manager the keyboard belongs to the window under the pointer.
  ASSERT_TRUE(agent.mouse().move_to(100, 100));
  agent::TypeOptions options;
  if (row.method == Method::kPaste) {
    options.method = agent::TypeMethod::kPaste;
    options.paste_keys = "shift+insert";
  }
  const bool is_short = row.place == Place::kXvnc && row.method == Method::kKeys;
  const std::string text = is_short ? kShortText : kText;
  const auto done = agent.keyboard().type_text(text, options);
  ASSERT_TRUE(done) << done.error().message;
  wait_until([&] { return desk.typed().size() >= text.size(); });
  EXPECT_EQ(desk.typed(), text);
}

constexpr Case kCases[] = {
    {Place::kXvnc, Reader::kProgram, Method::kKeys, "us"},
    {Place::kXvnc, Reader::kTerminal, Method::kKeys, "us"},
    {Place::kXvnc, Reader::kTerminal, Method::kPaste, "us"},
    {Place::kOriel, Reader::kProgram, Method::kKeys, "us"},
    {Place::kOriel, Reader::kProgram, Method::kKeys, "fr"},
    {Place::kOriel, Reader::kTerminal, Method::kKeys, "us"},
    {Place::kOriel, Reader::kTerminal, Method::kPaste, "us"},
};
INSTANTIATE_TEST_SUITE_P(Desks, ClientTyping, ::testing::ValuesIn(kCases),
                         ::testing::PrintToStringParamName());

}  // namespace
}  // namespace oriel
