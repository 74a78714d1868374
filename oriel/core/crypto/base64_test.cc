#include "oriel/core/crypto/base64.h"

#include <gtest/gtest.h>

#include <string>

namespace oriel::crypto {
namespace {

TEST(Base64, HasTheFormsOfTheRfc) {
  const std::pair<std::string_view, std::string_view> vectors[] = {{"", ""},
                                                                   {"f", "Zg=="},
                                                                   {"fo", "Zm8="},
                                                                   {"foo", "Zm9v"},
                                                                   {"foob", "Zm9vYg=="},
                                                                   {"fooba", "Zm9vYmE="},
                                                                   {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, text] : vectors) {
    EXPECT_EQ(base64(as_bytes(plain)), text);
    EXPECT_EQ(as_text(from_base64(text).value()), plain);
  }
}

TEST(Base64, RoundTripsLongRuns) {
  for (const std::size_t size : {48 * 1024 - 1, 48 * 1024, 48 * 1024 + 1, 200'000}) {
    Bytes bytes(size);
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i * 7);
    EXPECT_EQ(from_base64(base64(bytes)), bytes);
  }
}

TEST(Base64, IsStrict) {
  for (const std::string_view text :
       {"Z", "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm9v ", " Zm9v", "Zm9v\n", "Zm 9v", "Zm-_",
        "====", "=Zm9", "Zg==Zg==", "Z===", "Zm9v====", "\xff\xff\xff\xff"})
    EXPECT_FALSE(from_base64(text)) << text;
  EXPECT_FALSE(from_base64(std::string_view("Zm9\0", 4)));
}

}  // namespace
}  // namespace oriel::crypto
