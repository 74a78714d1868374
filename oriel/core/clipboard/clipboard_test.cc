#include "oriel/core/clipboard/clipboard.h"

#include <gtest/gtest.h>

namespace oriel::clipboard {
namespace {

constexpr TimePoint kNow{std::chrono::seconds(7)};

TEST(Clipboard, GivesViewersTheNewTextOfTheDesktopOnce) {
  Clipboard clipboard;
  EXPECT_EQ(clipboard.set_server_text("text", kNow), "text");
  EXPECT_EQ(clipboard.set_server_text("text", kNow), std::nullopt) << "unchanged";
  EXPECT_EQ(clipboard.set_server_text("other", kNow), "other");
  EXPECT_EQ(clipboard.server_content(), (Content{"other", kNow}));
}

TEST(Clipboard, SendsLatin1WithSubstitutesUnlessToldOtherwise) {
  Clipboard latin1, utf8({.encoding = Encoding::kUtf8});
  EXPECT_EQ(latin1.set_server_text("é €", kNow), "\xe9 ?");
  EXPECT_EQ(latin1.server_content()->text, "é €");
  EXPECT_EQ(utf8.set_server_text("é €", kNow), "é €");
}

TEST(Clipboard, TakesTheTextOfAViewerInEitherEncoding) {
  Clipboard clipboard;
  EXPECT_EQ(clipboard.take_client_text("caf\xe9", kNow), true);
  EXPECT_EQ(clipboard.client_content(), (Content{"café", kNow}));
  EXPECT_EQ(clipboard.take_client_text("中", kNow), true);
  EXPECT_EQ(clipboard.client_content()->text, "中");
}

TEST(Clipboard, IgnoresWhatComesBack) {
  Clipboard clipboard;
  clipboard.set_server_text("é €", kNow);
  EXPECT_EQ(clipboard.take_client_text("é €", kNow), false);
  EXPECT_EQ(clipboard.take_client_text("\xe9 ?", kNow), false) << "what was left in Latin-1";
  EXPECT_EQ(clipboard.take_client_text("new", kNow), true);
  EXPECT_EQ(clipboard.set_server_text("new", kNow), std::nullopt);
  EXPECT_EQ(clipboard.set_server_text("é €", kNow), "\xe9 ?") << "copied anew";
}

TEST(Clipboard, KeepsTheLimitInBothDirections) {
  Clipboard clipboard({.max_bytes = 4});
  EXPECT_EQ(clipboard.set_server_text("1234", kNow), "1234");
  EXPECT_EQ(clipboard.set_server_text("12345", kNow), std::nullopt);
  EXPECT_EQ(clipboard.take_client_text("abcd", kNow), true);
  EXPECT_EQ(clipboard.take_client_text("abcde", kNow).error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(clipboard.take_client_text("\xe9\xe9\xe9", kNow).error().message,
            "clipboard: 6 bytes, at most 4");
  EXPECT_EQ(clipboard.client_content()->text, "abcd");
  EXPECT_EQ(Clipboard().stats().max_bytes, 1'048'576u);
}

TEST(Clipboard, DoesNothingWhileItIsDisabled) {
  Clipboard clipboard;
  clipboard.set_enabled(false);
  EXPECT_EQ(clipboard.set_server_text("a", kNow), std::nullopt);
  EXPECT_EQ(clipboard.take_client_text("b", kNow), false);
  EXPECT_FALSE(clipboard.server_content());
  EXPECT_FALSE(clipboard.client_content());
  clipboard.set_enabled(true);
  EXPECT_EQ(clipboard.set_server_text("a", kNow), "a");
}

TEST(Clipboard, KnowsTheFormatsOfEachSideBeforeItsText) {
  Clipboard clipboard;
  const auto formats = format_bit(Format::kText) | format_bit(Format::kDib);
  clipboard.announce_server(formats, kNow);
  EXPECT_EQ(clipboard.server_content(), (Content{"", kNow, formats}));
  EXPECT_EQ(clipboard.set_server_text("text", kNow), "text");
  EXPECT_EQ(clipboard.server_content(), (Content{"text", kNow, formats}));
  clipboard.set_server_text("alone", kNow);
  EXPECT_EQ(clipboard.server_content(), (Content{"alone", kNow})) << "nothing was announced";
  clipboard.announce_client(format_bit(Format::kDib), kNow);
  EXPECT_EQ(clipboard.client_content(), (Content{"", kNow, format_bit(Format::kDib)}));
}

TEST(Clipboard, TakesATextAgainAfterSomethingElseWasCopied) {
  Clipboard clipboard;
  EXPECT_EQ(clipboard.take_client_text("text", kNow), true);
  EXPECT_EQ(clipboard.take_client_text("text", kNow), false);
  clipboard.announce_server(format_bit(Format::kDib), kNow);
  EXPECT_EQ(clipboard.take_client_text("text", kNow), true);
}

TEST(Clipboard, CallsBackForWhatItAccepts) {
  Clipboard clipboard;
  std::string log;
  clipboard.on_server_update(
      [&](const Content& content) { log += "server " + content.text + ";"; });
  clipboard.on_client_update(
      [&](const Content& content) { log += "client " + content.text + ";"; });
  clipboard.set_server_text("a", kNow);
  clipboard.set_server_text("a", kNow);
  EXPECT_TRUE(clipboard.take_client_text("b", kNow));
  EXPECT_EQ(log, "server a;client b;");
  EXPECT_EQ(clipboard.stats().callbacks, 2u);
  clipboard.clear_callbacks();
  clipboard.set_server_text("c", kNow);
  EXPECT_EQ(log, "server a;client b;");
}

TEST(Clipboard, KeepsAHistoryOnlyWhenAsked) {
  Clipboard without, with({.history_entries = 2});
  without.set_server_text("a", kNow);
  EXPECT_EQ(without.history(), nullptr);
  for (const char* text : {"a", "b", "c"}) with.set_server_text(text, kNow);
  ASSERT_NE(with.history(), nullptr);
  EXPECT_EQ(with.history()->recent().front().text, "c");
  EXPECT_EQ(with.history()->stats().entries, 2u);
}

TEST(Clipboard, TellsItsStateAndForgetsIt) {
  Clipboard clipboard;
  clipboard.set_server_text("four", kNow);
  EXPECT_TRUE(clipboard.take_client_text("seven77", kNow));
  auto stats = clipboard.stats();
  EXPECT_TRUE(stats.is_enabled);
  EXPECT_EQ(stats.encoding, Encoding::kLatin1);
  EXPECT_EQ(stats.server_bytes, 4u);
  EXPECT_EQ(stats.client_bytes, 7u);
  EXPECT_EQ(stats.server_time, kNow);
  clipboard.clear();
  stats = clipboard.stats();
  EXPECT_EQ(stats.server_bytes + stats.client_bytes, 0u);
  EXPECT_FALSE(stats.client_time);
}

TEST(Clipboard, NumbersItsFormatsAsTheProtocolDoes) {
  EXPECT_EQ(format_bit(Format::kText), 1u);
  EXPECT_EQ(format_bit(Format::kRtf), 2u);
  EXPECT_EQ(format_bit(Format::kHtml), 4u);
  EXPECT_EQ(format_bit(Format::kDib), 8u);
  EXPECT_EQ(format_bit(Format::kFiles), 16u);
}

}  // namespace
}  // namespace oriel::clipboard
