#include "oriel/app/monitor/mail_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oriel::monitor {
namespace {

TEST(MailText, HasTheHeadersOfAMailThatAProgramSends) {
  const auto text = write_mail({.from = "oriel@example.org",
                                .to = {"a@example.org", "b@example.org"},
                                .subject = "[h] WARNING: memory usage 81.0%",
                                .body = "One\n\nTwo = 2\n",
                                .time = {1795182471'000000, -5400},
                                .id = "1.2"});
  EXPECT_EQ(text,
            "Date: Fri, 20 Nov 2026 12:17:51 -0130\r\n"
            "From: oriel@example.org\r\n"
            "To: a@example.org,\r\n b@example.org\r\n"
            "Subject: [h] WARNING: memory usage 81.0%\r\n"
            "Message-ID: <1.2@example.org>\r\n"
            "Auto-Submitted: auto-generated\r\n"
            "MIME-Version: 1.0\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            "Content-Transfer-Encoding: quoted-printable\r\n"
            "\r\n"
            "One\r\n\r\nTwo =3D 2\r\n");
}

TEST(MailText, EncodesHeadersThatAreNotPlainAscii) {
  EXPECT_EQ(encoded_header("Subject", "95\u00b0C"), "Subject: =?UTF-8?B?OTXCsEM=?=\r\n");
  EXPECT_EQ(encoded_header("Subject", "a\r\nBcc: x@y"),
            "Subject: =?UTF-8?B?YQ0KQmNjOiB4QHk=?=\r\n");
  EXPECT_EQ(encoded_header("Subject", "=?x"), "Subject: =?UTF-8?B?PT94?=\r\n");
}

TEST(MailText, FoldsLongHeadersBetweenCharacters) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "\u00b0";
  const auto header = encoded_header("Subject", text);
  std::size_t start = 0, lines = 0;
  while (start < header.size()) {
    const auto end = header.find("\r\n", start);
    EXPECT_LE(end - start, 76U);
    start = end + 2;
    ++lines;
  }
  // 200 bytes: 32 (33 would cut a character), then 44 each.
  EXPECT_EQ(lines, 5U);
}

TEST(MailText, QuotesBytesBlanksAtLineEndsAndLongLines) {
  EXPECT_EQ(quoted_printable("a \nb\t"), "a=20\r\nb=09\r\n");
  EXPECT_EQ(quoted_printable("\u00b0"), "=C2=B0\r\n");
  EXPECT_EQ(quoted_printable(std::string(76, 'x')), std::string(75, 'x') + "=\r\nx\r\n");
  EXPECT_EQ(quoted_printable(""), "");
}

TEST(MailText, TakesPlainAddressesOnly) {
  EXPECT_TRUE(check_mail_address("a.b+c@mail.example.org"));
  for (const auto* wrong : {"", "a", "@b", "a@", "a@b@c", "a b@c", "a@b>\r\nRCPT TO:<x@y", "<a@b>",
                            "\u00fc@b", "a@b,c@d"}) {
    EXPECT_FALSE(check_mail_address(wrong)) << wrong;
  }
  EXPECT_TRUE(check_mail_address(std::string(252, 'a') + "@b"));
  EXPECT_FALSE(check_mail_address(std::string(253, 'a') + "@b"));
}

}  // namespace
}  // namespace oriel::monitor
