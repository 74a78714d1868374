#include "oriel/io/desktop/xauthority.h"

#include <gtest/gtest.h>

#include <string>

namespace oriel::desktop {
namespace {

TEST(Xauthority, WritesOneWildEntryInTheFormatOfLibXau) {
  Cookie cookie;
  for (std::size_t i = 0; i < cookie.size(); ++i) cookie[i] = static_cast<std::uint8_t>(i + 1);
  const Bytes bytes = write_xauthority(57, cookie);
  const std::string expected = std::string(
                                   "\xff\xff\0\0\0\2"
                                   "57\0\x12MIT-MAGIC-COOKIE-1\0\x10",
                                   30) +
                               "\1\2\3\4\5\6\7\x8\x9\xa\xb\xc\xd\xe\xf\x10";
  EXPECT_EQ(as_text(bytes), expected);
}

}  // namespace
}  // namespace oriel::desktop
