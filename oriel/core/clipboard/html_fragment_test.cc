#include "oriel/core/clipboard/html_fragment.h"

#include <gtest/gtest.h>

namespace oriel::clipboard {
namespace {

TEST(HtmlFragment, WritesTheHeadToTheByte) {
  EXPECT_EQ(to_html_fragment("<b>é</b>"),
            "Version:0.9\r\nStartHTML:0000000105\r\nEndHTML:0000000152\r\n"
            "StartFragment:0000000125\r\nEndFragment:0000000134\r\n"
            "<!--StartFragment--><b>é</b><!--EndFragment-->");
}

TEST(HtmlFragment, GivesBackWhatWasWritten) {
  for (const char* html : {"", "<b>bold</b>", "é 中 \xf0\x9f\x98\x80", "StartFragment:7 <p>"})
    EXPECT_EQ(from_html_fragment(to_html_fragment(html)), html);
}

TEST(HtmlFragment, FallsBackToTheWholeAndToWhatIsThere) {
  EXPECT_EQ(from_html_fragment("<p>plain</p>"), "<p>plain</p>");
  EXPECT_EQ(from_html_fragment(std::string_view("<p>\0", 4)), "<p>");
  EXPECT_EQ(from_html_fragment("Version:1.0\r\nStartHTML:39\r\nEndHTML:42\r\n<b>"), "<b>");
  EXPECT_EQ(from_html_fragment("Version:0.9\r\nStartHTML:9\r\nEndHTML:900\r\n"),
            "Version:0.9\r\nStartHTML:9\r\nEndHTML:900\r\n")
      << "offsets outside";
}

}  // namespace
}  // namespace oriel::clipboard
