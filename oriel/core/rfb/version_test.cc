#include "oriel/core/rfb/version.h"

#include <gtest/gtest.h>

namespace oriel::rfb {
namespace {

int chosen_minor(std::string_view line) {
  auto version = choose_version(as_bytes(line));
  return version ? (*version)->minor : -1;
}

TEST(Version, ChoosesTheRowThatBothSpeak) {
  EXPECT_EQ(chosen_minor("RFB 003.003\n"), 3);
  EXPECT_EQ(chosen_minor("RFB 003.005\n"), 3);
  EXPECT_EQ(chosen_minor("RFB 003.007\n"), 7);
  EXPECT_EQ(chosen_minor("RFB 003.008\n"), 8);
  EXPECT_EQ(chosen_minor("RFB 003.889\n"), 8) << "Apple";
  EXPECT_EQ(chosen_minor("RFB 004.001\n"), 8) << "RealVNC";
  EXPECT_EQ(chosen_minor("RFB 005.000\n"), 8) << "RealVNC";
}

TEST(Version, RefusesWhatIsNoVersionAndQuotesIt) {
  for (auto line : {"RFB 003.00x\n", "RFB 002.008\n", "RFB 003.002\n", "GET / HTTP/1",
                    "RFB 003.008 ", "RFB 003,008\n", "RFB 006.000\n", "RFB 009.009\n"}) {
    auto version = choose_version(as_bytes(line));
    ASSERT_FALSE(version) << line;
    EXPECT_EQ(version.error().code, ErrorCode::kInvalid);
    EXPECT_NE(version.error().message.find(std::string_view(line).substr(0, 7)), std::string::npos);
  }
}

}  // namespace
}  // namespace oriel::rfb
