#include "oriel/app/config/load_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "oriel/app/config/setting_table.h"

namespace oriel::config {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A folder of this test alone, with files of given modes.
class Folder {
 public:
  Folder() {
    auto pattern = ::testing::TempDir() + "oriel_config_XXXXXX";
    path_ = mkdtemp(pattern.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }

  std::string write(const std::string& name, std::string_view text, mode_t mode = 0600) const {
    auto path = path_ + "/" + name;
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    std::ofstream(path) << text;
    chmod(path.c_str(), mode);
    return path;
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

Result<Settings> load(const std::vector<std::string>& arguments,
                      const Environment& environment = {}) {
  std::vector<const char*> pointers;
  for (const auto& argument : arguments) pointers.push_back(argument.c_str());
  return load_settings(pointers, environment);
}

std::string error_of(const Result<Settings>& settings) {
  return settings ? std::string("no error") : settings.error().message;
}

std::string json_of(const Setting& setting, std::string_view value) {
  bool is_quoted = setting.kind == SettingKind::kText || setting.kind == SettingKind::kSecret;
  auto quote = is_quoted ? "\"" : "";
  auto dot = setting.key.find('.');
  std::string member = std::string("\"") +
                       std::string(setting.key.substr(dot == setting.key.npos ? 0 : dot + 1)) +
                       "\": " + quote + std::string(value) + quote;
  if (dot == setting.key.npos) return "{" + member + "}";
  return "{\"" + std::string(setting.key.substr(0, dot)) + "\": {" + member + "}}";
}

// What a source has set, as text; of the secret the text itself.
std::string value_of(const Setting& setting, const Settings& settings) {
  if (setting.kind != SettingKind::kSecret) return setting.get(settings);
  if (setting.key == "alert.webhook_header") return settings.alert.webhook_header.reveal();
  if (setting.key == "alert.email_password") return settings.alert.email_password.reveal();
  if (setting.key == "remote.password") return settings.remote.password.reveal();
  if (setting.key == "remote.ticket") return settings.remote.ticket.reveal();
  if (setting.key == "remote.header") return settings.remote.headers.reveal();
  return settings.password.reveal();
}

class EverySetting : public ::testing::TestWithParam<Setting> {
 protected:
  // The example; for the file of a secret one that is there.
  std::string example() const {
    const auto key = GetParam().key;
    if (!key.ends_with("password_file") && !key.ends_with("header_file") &&
        !key.ends_with("ticket_file"))
      return std::string(GetParam().example);
    return folder_.write("password", "x: y\n");
  }
  Folder folder_;
};

TEST_P(EverySetting, HasAnExampleThatIsNotItsDefaultAndReadsBack) {
  Settings settings;
  EXPECT_NE(GetParam().example, value_of(GetParam(), settings));
  ASSERT_TRUE(GetParam().set(settings, GetParam().example));
  EXPECT_EQ(value_of(GetParam(), settings), GetParam().example);
}

TEST_P(EverySetting, ComesFromTheFile) {
  auto path = folder_.write("c.json", json_of(GetParam(), example()));
  auto settings = load({"--config", path});
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_EQ(value_of(GetParam(), *settings), example());
  EXPECT_EQ(settings->origins.at(std::string(GetParam().key)), "file " + path + ":1");
}

TEST_P(EverySetting, ComesFromTheEnvironment) {
  auto name = environment_name(GetParam());
  auto settings = load({}, {{name, example()}});
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_EQ(value_of(GetParam(), *settings), example());
  EXPECT_EQ(settings->origins.at(std::string(GetParam().key)), "environment " + name);
}

TEST_P(EverySetting, ComesFromItsFlagInEachForm) {
  std::vector<std::string> flags{flag_name(GetParam())};
  if (!GetParam().flag_alias.empty()) flags.emplace_back(GetParam().flag_alias);
  for (const auto& flag : flags) {
    auto settings = load({flag + "=" + example()});
    if (GetParam().kind == SettingKind::kSecret) {
      EXPECT_THAT(error_of(settings),
                  AllOf(HasSubstr("not taken from the command line"), Not(HasSubstr(example()))));
      return;
    }
    ASSERT_TRUE(settings) << settings.error().message;
    EXPECT_EQ(value_of(GetParam(), *settings), example());
    EXPECT_EQ(settings->origins.at(std::string(GetParam().key)), "flag " + flag);
    if (GetParam().kind == SettingKind::kSwitch) continue;
    settings = load({flag, example()});
    ASSERT_TRUE(settings) << settings.error().message;
    EXPECT_EQ(value_of(GetParam(), *settings), example());
  }
}

TEST_P(EverySetting, FlagBeatsEnvironmentBeatsFile) {
  Settings defaults;
  auto preset = value_of(GetParam(), defaults);
  // A default that is empty does not parse for every setting; then one step of the order is enough.
  if (preset.empty()) preset = example();
  auto path = folder_.write("c.json", json_of(GetParam(), preset));
  auto name = environment_name(GetParam());
  auto settings = load({"--config", path}, {{name, example()}});
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_EQ(value_of(GetParam(), *settings), example());
  EXPECT_EQ(settings->origins.at(std::string(GetParam().key)), "environment " + name);
  if (GetParam().kind == SettingKind::kSecret) return;

  settings = load({"--config", path, flag_name(GetParam()) + "=" + preset}, {{name, example()}});
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_EQ(value_of(GetParam(), *settings), preset);
  EXPECT_EQ(settings->origins.at(std::string(GetParam().key)), "flag " + flag_name(GetParam()));
}

TEST_P(EverySetting, NamesItsSourceInAnErrorAboutABadValue) {
  Settings settings;
  std::string bad(5000, 'x');  // too long or malformed for each of them
  auto name = environment_name(GetParam());
  EXPECT_THAT(error_of(load({}, {{name, bad}})), AllOf(HasSubstr(name), HasSubstr("expected")));
  if (GetParam().kind == SettingKind::kSecret) return;
  EXPECT_THAT(error_of(load({flag_name(GetParam()) + "=" + bad})),
              AllOf(HasSubstr(flag_name(GetParam())), HasSubstr("expected")));
}

INSTANTIATE_TEST_SUITE_P(Table, EverySetting,
                         ::testing::ValuesIn(setting_table().begin(), setting_table().end()),
                         [](const auto& row) {
                           std::string name(row.param.key);
                           std::ranges::replace(name, '.', '_');
                           return name;
                         });

TEST(LoadSettings, WithoutSourcesGivesTheDefaults) {
  auto settings = load({});
  ASSERT_TRUE(settings);
  for (const auto& setting : setting_table()) {
    EXPECT_EQ(settings->origins.at(std::string(setting.key)), "default");
    EXPECT_EQ(setting.get(*settings), setting.get(Settings()));
  }
  EXPECT_THAT(settings->notices, IsEmpty());
}

TEST(LoadSettings, FindsTheFileInTheConfigurationFolder) {
  Folder folder;
  folder.write("xdg/oriel/config.json", R"({"name": "from xdg"})");
  folder.write("home/.config/oriel/config.json", R"({"name": "from home"})");
  auto xdg = folder.path() + "/xdg", home = folder.path() + "/home";
  EXPECT_EQ(load({}, {{"XDG_CONFIG_HOME", xdg}, {"HOME", home}})->name, "from xdg");
  EXPECT_EQ(load({}, {{"HOME", home}})->name, "from home");
  EXPECT_EQ(load({}, {{"XDG_CONFIG_HOME", "relative"}, {"HOME", home}})->name, "from home");
  EXPECT_EQ(load({}, {{"HOME", folder.path() + "/none"}})->name, "");
}

TEST(LoadSettings, ANamedFileThatIsMissingIsAnError) {
  EXPECT_THAT(error_of(load({"--config", "/nonexistent/c.json"})),
              HasSubstr("/nonexistent/c.json: no such configuration file"));
  EXPECT_THAT(error_of(load({}, {{"ORIEL_CONFIG", "/nonexistent/c.json"}})), HasSubstr("no such"));
  EXPECT_THAT(error_of(load({"--config", "/tmp"})), HasSubstr("folder"));
}

TEST(LoadSettings, RefusesAPasswordInAFileThatOthersCanRead) {
  Folder folder;
  for (mode_t mode : {0640, 0604, 0620, 0644}) {
    auto path = folder.write("c.json", R"({"password": "secret"})", mode);
    EXPECT_THAT(error_of(load({"--config", path})),
                AllOf(HasSubstr("chmod 600"), Not(HasSubstr("secret"))));
  }
  auto harmless = folder.write("c.json", R"({"password": "", "name": "x"})", 0644);
  EXPECT_TRUE(load({"--config", harmless}));
}

TEST(LoadSettings, KeepsTheSecretsOfAlertsAsItKeepsThePassword) {
  Folder folder;
  auto open_file = folder.write("c.json", R"({"alert": {"webhook_header": "A: hidden"}})", 0644);
  EXPECT_THAT(error_of(load({"--config", open_file})),
              AllOf(HasSubstr("chmod 600"), Not(HasSubstr("hidden"))));
  auto secret = folder.write("secret", "A: hidden\nmore");
  EXPECT_EQ(load({"--alert-webhook-header-file", secret})->alert.webhook_header,
            Secret("A: hidden"));
  EXPECT_EQ(load({"--alert-email-password-file", secret})->alert.email_password,
            Secret("A: hidden"));
  EXPECT_THAT(error_of(load({"--alert-webhook-header-file", secret},
                            {{"ORIEL_ALERT_WEBHOOK_HEADER", "B: other"}})),
              AllOf(HasSubstr("both set"), Not(HasSubstr("other"))));
  EXPECT_THAT(error_of(load({"--alert-email-password-file", folder.path() + "/none"})),
              HasSubstr("/none: no such alert.email_password file"));
}

TEST(PasswordFile, GivesItsFirstLine) {
  Folder folder;
  EXPECT_EQ(load({"--password-file", folder.write("p", "one\ntwo\n")})->password, Secret("one"));
  EXPECT_EQ(load({"--password-file", folder.write("p", "one\r\n")})->password, Secret("one"));
  EXPECT_EQ(load({"--password-file", folder.write("p", " one ")})->password, Secret(" one "));
}

TEST(PasswordFile, IsRefusedWhenEmptyMissingOpenToOthersOrTooLong) {
  Folder folder;
  EXPECT_THAT(error_of(load({"--password-file", folder.write("p", "\nx")})),
              HasSubstr("first line is empty"));
  EXPECT_THAT(error_of(load({"--password-file", folder.path() + "/none"})),
              HasSubstr("no such password file"));
  EXPECT_THAT(error_of(load({"--password-file", folder.write("p", "x", 0644)})),
              HasSubstr("chmod 600"));
  EXPECT_THAT(error_of(load({"--password-file", folder.write("q", std::string(5000, 'x'))})),
              HasSubstr("more than 4096 bytes"));
}

TEST(PasswordFile, CountsByThePlaceThatNamesIt) {
  Folder folder;
  auto password = folder.write("p", "from file");
  auto config = folder.write("c.json", R"({"password_file": ")" + password + "\"}");
  // Environment beats file, flag beats environment, whichever of the two settings it is.
  EXPECT_EQ(load({"--config", config})->password, Secret("from file"));
  EXPECT_EQ(load({"--config", config}, {{"ORIEL_PASSWORD", "from env"}})->password,
            Secret("from env"));
  EXPECT_EQ(load({"--password-file", password}, {{"ORIEL_PASSWORD", "from env"}})->password,
            Secret("from file"));
  EXPECT_THAT(error_of(load({}, {{"ORIEL_PASSWORD", "x"}, {"ORIEL_PASSWORD_FILE", password}})),
              HasSubstr("both set"));
}

TEST(LoadSettings, AnEmptyPasswordVariableIsAMistake) {
  EXPECT_THAT(error_of(load({}, {{"ORIEL_PASSWORD", ""}})), HasSubstr("ORIEL_PASSWORD is empty"));
}

TEST(LoadSettings, SaysThatVncUsesOnlyEightBytesOfAPassword) {
  EXPECT_THAT(load({}, {{"ORIEL_PASSWORD", "12345678"}})->notices, IsEmpty());
  EXPECT_THAT(load({}, {{"ORIEL_PASSWORD", "123456789"}})->notices, ::testing::SizeIs(1));
}

TEST(LoadSettings, TheStartSizeMustFitTheLargestSize) {
  EXPECT_TRUE(load({"--geometry", "3840x2160"}));
  auto message = error_of(load({"--geometry", "3841x2160"}));
  EXPECT_EQ(message,
            "geometry 3841x2160 (flag --geometry) is larger than max_geometry 3840x2160 (default)");
}

TEST(LoadSettings, ExplainsABadCommandLine) {
  EXPECT_EQ(error_of(load({"--vnc-lisen", "1"})),
            "unknown flag --vnc-lisen, did you mean --vnc-listen");
  EXPECT_THAT(error_of(load({"--colour=red"})), HasSubstr("expected one of"));
  EXPECT_EQ(error_of(load({"--vnc"})), "--vnc needs a value: --vnc ADDRESS");
  EXPECT_THAT(error_of(load({"5900"})), HasSubstr("unexpected argument \"5900\""));
  EXPECT_THAT(error_of(load({"--allow-anyone=perhaps"})), HasSubstr("expected true or false"));
}

TEST(LoadSettings, ASwitchNeedsNoValueAndTheLastFlagCounts) {
  EXPECT_TRUE(load({"--allow-anyone", "--name", "x"})->allow_anyone);
  EXPECT_EQ(load({"--name", "x", "--name", "y"})->name, "y");
}

TEST(LoadSettings, NoticesAVariableThatIsNearlyASetting) {
  EXPECT_THAT(load({}, {{"ORIEL_VNC_LISTN", "1"}})->notices,
              ::testing::ElementsAre(HasSubstr("did you mean ORIEL_VNC_LISTEN")));
  EXPECT_THAT(load({}, {{"ORIEL_SOMETHING_ELSE_ENTIRELY", "1"}})->notices, IsEmpty());
}

TEST(LoadSettings, KnowsWhetherHelpIsAskedFor) {
  auto asks = [](std::vector<const char*> arguments) { return asks_for_help(arguments); };
  EXPECT_TRUE(asks({"--help"}));
  EXPECT_TRUE(asks({"--wrong", "-h"}));
  EXPECT_FALSE(asks({"--session", "--help"}));
  EXPECT_FALSE(asks({}));
}

TEST(LoadSettings, SaysWhenTlsIsNotWhatOneMayExpect) {
  EXPECT_THAT(load({"--tls-cert", "c.pem", "--tls-key", "k.pem"})->notices,
              ::testing::ElementsAre(HasSubstr("use --tls on")));
  EXPECT_THAT(load({"--http", "0.0.0.0:0", "--tls", "off"})->notices,
              ::testing::ElementsAre(HasSubstr("pictures of the web page can be read on the way")));
  EXPECT_THAT(
      load({"--http", "off", "--conduit", "0.0.0.0:0", "--monitor", "[::]:0", "--tls", "off"})
          ->notices,
      ::testing::ElementsAre(HasSubstr("the monitoring stream can be read"),
                             HasSubstr("messages of the conduit can be read")));
}

TEST(LoadSettings, TakesAUnixSocketForTheConduit) {
  const auto settings = load({"--conduit", "unix:/run/user/1000/oriel"});
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->conduit_socket, "/run/user/1000/oriel");
  EXPECT_FALSE(settings->conduit_listen);
  EXPECT_EQ(find_setting("conduit.listen")->get(*settings), "unix:/run/user/1000/oriel");
  EXPECT_FALSE(load({"--conduit", "unix:"}));
}

TEST(LoadSettings, SaysWhenAFolderIsForNoConduit) {
  EXPECT_THAT(load({"--http", "off", "--conduit-folder", "/srv"})->notices,
              ::testing::ElementsAre(HasSubstr("conduit.folder has no effect")));
  EXPECT_THAT(load({"--http", "off", "--conduit", "unix:/s", "--conduit-folder", "/srv"})->notices,
              IsEmpty());
  EXPECT_THAT(load({"--conduit-folder", "/srv"})->notices, IsEmpty());
}

TEST(LoadSettings, KeepsItsStateWhereTheEnvironmentSays) {
  EXPECT_EQ(state_folder({{"XDG_STATE_HOME", "/s"}, {"HOME", "/h"}}), "/s/oriel");
  EXPECT_EQ(state_folder({{"XDG_STATE_HOME", "relative"}, {"HOME", "/h"}}),
            "/h/.local/state/oriel");
  EXPECT_EQ(state_folder({}), std::nullopt);
}

}  // namespace
}  // namespace oriel::config
