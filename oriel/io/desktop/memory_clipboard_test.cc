#include "oriel/io/desktop/memory_clipboard.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

#include "oriel/io/desktop/pattern.h"

namespace oriel::desktop {
namespace {

constexpr auto kText = ClipboardFormat::kText;
constexpr auto kPng = ClipboardFormat::kPng;

Result<Bytes> ask(Clipboard& clipboard, ClipboardFormat format) {
  Result<Bytes> answer = fail(ErrorCode::kTimeout, "no answer");
  clipboard.request(format, [&](Result<Bytes> result) { answer = std::move(result); });
  return answer;
}

ClipboardProvider provider_of(Bytes bytes) {
  return [bytes = std::move(bytes)](ClipboardFormat, ClipboardDone done) { done(bytes); };
}

TEST(MemoryClipboard, GivesBackWhatWasOffered) {
  MemoryClipboard clipboard;
  EXPECT_EQ(ask(clipboard, kText).error().code, ErrorCode::kUnavailable);
  clipboard.offer({kText}, provider_of({'h', 'i'}));
  EXPECT_EQ(ask(clipboard, kText), (Bytes{'h', 'i'}));
  EXPECT_EQ(ask(clipboard, kText), (Bytes{'h', 'i'})) << "any number of times";
  EXPECT_EQ(ask(clipboard, kPng).error().code, ErrorCode::kUnavailable);
}

TEST(MemoryClipboard, TakesBackOnlyWhatWasOffered) {
  MemoryClipboard clipboard;
  clipboard.offer({kText}, provider_of({'h', 'i'}));
  clipboard.withdraw();
  EXPECT_TRUE(clipboard.formats().empty());
  clipboard.copy({{kPng, {1, 2}}});
  clipboard.withdraw();
  EXPECT_EQ(ask(clipboard, kPng), (Bytes{1, 2}));
  EXPECT_EQ(clipboard.formats(), ClipboardFormats{kPng});
}

TEST(MemoryClipboard, IsTheClipboardOfThePattern) {
  boost::asio::io_context io;
  PatternDesktop desktop(io, {64, 48});
  ASSERT_NE(desktop.clipboard(), nullptr);
  desktop.clipboard()->offer({kText}, provider_of({'x'}));
  EXPECT_EQ(ask(*desktop.clipboard(), kText), Bytes{'x'});
}

}  // namespace
}  // namespace oriel::desktop
