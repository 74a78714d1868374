#include "oriel/app/web/self_signed_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <iterator>

#include "oriel/io/net/limits.h"
#include "oriel/io/net/tls_certificate.h"
#include "oriel/testing/temporary_folder.h"

namespace oriel::web {
namespace {

using oriel::testing::TemporaryFolder;
using std::chrono::days;
using std::chrono::system_clock;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// A folder that is not there yet, and what keep_self_signed puts into it.
struct Site {
  CertificateFiles keep(const std::vector<std::string>& names, system_clock::time_point when) {
    auto files = keep_self_signed(folder.path("state/oriel"), names, when);
    EXPECT_TRUE(files) << files.error().message;
    return *std::move(files);
  }
  std::string certificate_for(const std::vector<std::string>& names,
                              system_clock::time_point when) {
    const auto files = keep(names, when);
    EXPECT_TRUE(net::parse_pem_pair({text_of(files.certificate), text_of(files.key)}));
    return text_of(files.certificate);
  }

  TemporaryFolder folder;
  system_clock::time_point now = system_clock::now();
};

TEST(SelfSignedFiles, AreMadeOnceAndTheKeyIsForItsOwnerOnly) {
  Site site;
  const auto first = site.certificate_for({"desk", "127.0.0.1"}, site.now);
  EXPECT_EQ(site.certificate_for({"desk", "127.0.0.1"}, site.now), first);
  EXPECT_EQ(site.certificate_for({"desk"}, site.now + days(300)), first);
  struct stat status{};
  ASSERT_EQ(::stat(site.keep({"desk"}, site.now).key.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  ASSERT_EQ(::stat(site.folder.path("state/oriel").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700u);
}

TEST(SelfSignedFiles, AreRenewedBeforeTheyExpire) {
  Site site;
  const auto first = site.certificate_for({"desk"}, site.now);
  const auto last_good_day = days(net::kSelfSignedDays - 1 - net::kSelfSignedRenewDays);
  const auto hour = std::chrono::hours(1);
  EXPECT_EQ(site.certificate_for({"desk"}, site.now + last_good_day - hour), first);
  EXPECT_NE(site.certificate_for({"desk"}, site.now + last_good_day + hour), first);
}

TEST(SelfSignedFiles, AreRenewedForANewNameAndKeepTheOldOnes) {
  Site site;
  (void)site.certificate_for({"desk"}, site.now);
  const auto both = site.certificate_for({"other", "10.0.0.5"}, site.now);
  EXPECT_EQ(site.certificate_for({"desk"}, site.now), both);
  const auto certificates = net::parse_pem_certificates(both);
  ASSERT_TRUE(certificates);
  EXPECT_THAT(net::names_of(*certificates->front()), ElementsAre("other", "10.0.0.5", "desk"));
}

TEST(SelfSignedFiles, AreMadeAgainWhenTheyAreBroken) {
  Site site;
  const auto files = site.keep({"desk"}, site.now);
  const auto first = text_of(files.certificate);
  std::ofstream(files.key, std::ios::trunc) << "half";
  EXPECT_NE(site.certificate_for({"desk"}, site.now), first);
}

TEST(SelfSignedFiles, SayWhatToDoWhenTheyCannotBeMade) {
  Site site;
  site.folder.write("state", "a file where a folder should be");
  const auto files = keep_self_signed(site.folder.path("state/oriel"), {"desk"}, site.now);
  ASSERT_FALSE(files);
  EXPECT_THAT(files.error().message,
              AllOf(HasSubstr("state/oriel"), HasSubstr("--tls-cert"), HasSubstr("--tls off")));
}

TEST(SelfSignedFiles, AreForAllNamesUnderWhichTheServerMayBeReached) {
  EXPECT_THAT(certificate_names("Desk", "192.168.1.7", {"desk.example.org", "[fe80::1]", "desk"}),
              ElementsAre("desk", "desk.local", "localhost", "127.0.0.1", "::1", "192.168.1.7",
                          "desk.example.org", "fe80::1"));
  EXPECT_THAT(certificate_names("desk.example.org", "::1", {}),
              ElementsAre("desk.example.org", "localhost", "127.0.0.1", "::1"));
  for (const auto* all : {"0.0.0.0", "::"})
    EXPECT_THAT(certificate_names("not a host name", all, {}),
                ElementsAre("localhost", "127.0.0.1", "::1"));
}

}  // namespace
}  // namespace oriel::web
