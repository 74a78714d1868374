#include "oriel/app/config/settings_help.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "oriel/app/config/setting_table.h"
#include "oriel/testing/golden.h"

namespace oriel::config {
namespace {

using ::testing::HasSubstr;

TEST(SettingsHelp, TheConfigurationPageIsTheTable) {
  auto text = settings_markdown();
  EXPECT_EQ(text, oriel::testing::golden_text("docs/configuration.md", text));
}

TEST(SettingsHelp, HelpHasAnExampleFirstAndEverySetting) {
  auto help = serve_help();
  EXPECT_LT(help.find("Examples:"), help.find("Usage:"));
  for (const auto& setting : setting_table()) {
    EXPECT_THAT(help, HasSubstr(setting.kind == SettingKind::kSecret ? environment_name(setting)
                                                                     : flag_name(setting)));
    EXPECT_FALSE(setting.help.ends_with('.')) << setting.key;
  }
  EXPECT_THAT(help, HasSubstr("Default: 127.0.0.1:5900"));
}

TEST(SettingsHelp, FitsATerminal) {
  std::istringstream help(serve_help());
  for (std::string line; std::getline(help, line);) EXPECT_LE(line.size(), 100U) << line;
}

TEST(SettingTable, NamesAreUnique) {
  std::set<std::string> names;
  for (const auto& setting : setting_table()) {
    EXPECT_TRUE(names.insert(std::string(setting.key)).second);
    EXPECT_TRUE(names.insert(environment_name(setting)).second);
    EXPECT_TRUE(names.insert(flag_name(setting)).second);
    if (!setting.flag_alias.empty()) {
      EXPECT_TRUE(names.insert(std::string(setting.flag_alias)).second);
    }
  }
  for (const auto& flat : flat_key_table()) {
    EXPECT_TRUE(names.insert(std::string(flat.key)).second) << flat.key;
    EXPECT_TRUE(flat.setting.empty() || find_setting(flat.setting)) << flat.key;
  }
}

}  // namespace
}  // namespace oriel::config
