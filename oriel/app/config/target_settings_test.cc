#include "oriel/app/config/target_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "oriel/app/config/load_settings.h"
#include "oriel/app/config/settings_file.h"

namespace oriel::config {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string refusal(std::string_view text) {
  const auto settings = parse_settings_text(text);
  return settings ? "it was taken" : settings.error().message;
}

class TargetFiles : public ::testing::Test {
 protected:
  TargetFiles() {
    auto pattern = ::testing::TempDir() + "oriel_targets_XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~TargetFiles() override { std::filesystem::remove_all(folder_); }
  std::string write(const std::string& name, std::string_view text, mode_t mode = 0600) const {
    const auto path = folder_ + "/" + name;
    std::ofstream(path) << text;
    ::chmod(path.c_str(), mode);
    return path;
  }

  std::string folder_;
};

TEST(TargetSection, NamesServersByAddressAndWithAllThatTheyNeed) {
  const auto settings = parse_settings_text(R"({
    "targets": {
      "lab": "lab.example:1",
      "vm-100": {
        "preset": "proxmox",
        "parameters": {"host": "pve.example", "vmid": "100"},
        "user": "anna", "password": "geheim", "ticket_file": "/run/ticket",
        "headers": {"Authorization": "PVEAPIToken=x"},
        "cookies": {"a": "1", "b": "2"},
        "ca_file": "ca.pem", "cert_file": "cert.pem", "key_file": "key.pem", "verify": false
      },
      "desk_2": {"template": "wss://${host}/x", "header_file": "h", "password_file": "p"}
    }
  })");
  ASSERT_TRUE(settings) << settings.error().message;
  ASSERT_EQ(settings->targets.size(), 3u);
  EXPECT_EQ(settings->targets.at("lab").target, "lab.example:1");
  EXPECT_FALSE(settings->targets.at("lab").has_secret());
  const auto& vm = settings->targets.at("vm-100");
  EXPECT_EQ(vm.preset, "proxmox");
  EXPECT_EQ(vm.parameters, (TargetParameters{{"host", "pve.example"}, {"vmid", "100"}}));
  EXPECT_EQ(vm.user, "anna");
  EXPECT_EQ(vm.password.reveal(), "geheim");
  EXPECT_EQ(vm.ticket_file, "/run/ticket");
  EXPECT_EQ(vm.headers.reveal(), "Authorization: PVEAPIToken=x\nCookie: a=1; b=2");
  EXPECT_EQ(vm.ca_file + vm.cert_file + vm.key_file, "ca.pemcert.pemkey.pem");
  EXPECT_FALSE(vm.verifies);
  EXPECT_TRUE(vm.has_secret());
  EXPECT_EQ(settings->targets.at("desk_2").url_template, "wss://${host}/x");
  EXPECT_EQ(settings->targets.at("desk_2").header_file, "h");
  EXPECT_TRUE(settings->targets.at("desk_2").verifies);
}

TEST(TargetSection, NamesLineAndMemberOfAMistakeAndRepeatsNoValue) {
  EXPECT_THAT(refusal("{\"targets\": {\n\"a\": {\"target\": \"b\",\n\"tikcet\": \"geheim\"}}}"),
              AllOf(HasSubstr("config.json:3: targets.a.tikcet"), HasSubstr("ticket"),
                    Not(HasSubstr("geheim"))));
  EXPECT_THAT(refusal(R"({"targets": {"a": {"target": "b", "password": 5}}})"),
              HasSubstr("targets.a.password: expected a string"));
  EXPECT_THAT(refusal(R"({"targets": {"a": {"target": "b", "headers": {"A": "x\ny"}}}})"),
              HasSubstr("targets.a.headers: A"));
  EXPECT_THAT(refusal(R"({"targets": {"a": {"target": "b", "cookies": {"A": "x;y"}}}})"),
              HasSubstr("targets.a.cookies: A"));
  EXPECT_THAT(refusal(R"({"targets": {"a": {"target": "b", "verify": "no"}}})"),
              HasSubstr("true or false"));
  EXPECT_THAT(refusal(R"({"targets": {"a": {"target": "b", "preset": "qemu"}}})"),
              HasSubstr("one of target, template and preset"));
  EXPECT_THAT(refusal(R"({"targets": {"a": {"target": "b", "cert_file": "c"}}})"),
              HasSubstr("key_file"));
  EXPECT_THAT(refusal(R"({"targets": {"a:1": "b"}})"), HasSubstr("a name has letters"));
  EXPECT_THAT(refusal(R"({"targets": {"a": 1}})"), HasSubstr("targets.a: expected an address"));
  EXPECT_THAT(refusal(R"({"targets": "a"})"), HasSubstr("targets: expected an object"));
}

TEST(TargetSettings, HaveParametersWithBlanksBetween) {
  EXPECT_EQ(parse_target_parameters(" a=1  b=x=y "), (TargetParameters{{"a", "1"}, {"b", "x=y"}}));
  EXPECT_EQ(format_target_parameters({{"a", "1"}, {"b", "x=y"}}), "a=1 b=x=y");
  EXPECT_FALSE(parse_target_parameters("a"));
  EXPECT_FALSE(parse_target_parameters("=1"));
  EXPECT_FALSE(parse_target_parameters("a=1 a=2"));
}

TEST_F(TargetFiles, AreReadAndKeptFromOthers) {
  TargetSettings target;
  target.password_file = write("password", "geheim\n");
  target.ticket_file = write("ticket", "PVEVNC:1\r\n");
  target.header_file = write("headers", "A: 1\r\n\nCookie: b=2\n");
  const auto status = read_target_files("remote", target);
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_EQ(target.password.reveal(), "geheim");
  EXPECT_EQ(target.ticket.reveal(), "PVEVNC:1");
  EXPECT_EQ(target.headers.reveal(), "A: 1\nCookie: b=2");
  EXPECT_THAT(read_target_files("remote", target).error().message, HasSubstr("keep one"));

  TargetSettings open;
  open.header_file = write("open", "A: 1\n", 0644);
  EXPECT_THAT(read_target_files("remote", open).error().message, HasSubstr("chmod 600"));
  TargetSettings wrong;
  wrong.header_file = write("wrong", "geheim\n");
  EXPECT_THAT(read_target_files("remote", wrong).error().message,
              AllOf(HasSubstr("NAME: VALUE"), Not(HasSubstr("geheim"))));
}

TEST_F(TargetFiles, MakeANameOfTheConfigurationFileComplete) {
  const auto ticket = write("ticket", "PVEVNC:1\n");
  const auto config = write("c.json", R"({"targets": {"vm": {"preset": "qemu", "ticket_file": ")" +
                                          ticket + "\"}, \"lab\": \"lab:1\"}}");
  const Environment environment{{"ORIEL_CONFIG", config}};
  const auto named = find_named_target("vm", environment);
  ASSERT_TRUE(named) << named.error().message;
  ASSERT_TRUE(*named);
  EXPECT_EQ((*named)->ticket.reveal(), "PVEVNC:1");
  EXPECT_EQ(*find_named_target("nobody", environment), std::nullopt);
  EXPECT_EQ(*find_named_target("vm", {}), std::nullopt) << "there is no configuration file";
  const Environment wrong{{"ORIEL_CONFIG", write("wrong.json", "{")}};
  EXPECT_THAT(find_named_target("vm", wrong).error().message, HasSubstr("wrong.json:1"));
}

TEST_F(TargetFiles, RefuseAConfigurationFileWithSecretsThatOthersCanRead) {
  for (const char* text :
       {R"({"targets": {"a": {"target": "b", "password": "x"}}})",
        R"({"remote": {"header": "A: b"}})", R"({"remote": {"password": "x"}})"}) {
    const Environment environment{{"ORIEL_CONFIG", write("open.json", text, 0644)}};
    const auto named = find_named_target("a", environment);
    ASSERT_FALSE(named) << text;
    EXPECT_THAT(named.error().message, HasSubstr("chmod 600"));
  }
}

}  // namespace
}  // namespace oriel::config
