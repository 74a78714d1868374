#include "oriel/app/doctor/check_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <fstream>
#include <string>

#include "oriel/io/net/tcp_listener.h"
#include "oriel/io/net/tls_certificate.h"
#include "oriel/testing/golden.h"
#include "oriel/testing/temporary_folder.h"

namespace oriel::doctor {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::chrono_literals;

Patient healthy() {
  config::Settings settings;
  settings.desktop = "pattern";
  settings.vnc_listen.reset();
  settings.http_listen.reset();
  return {settings, {{"HOME", "/tmp"}, {"LANG", "C.UTF-8"}}};
}

auto graded(Grade grade, const std::string& text) {
  return AllOf(Field(&Finding::grade, grade), Field(&Finding::text, HasSubstr(text)));
}

TEST(Doctor, FindsSomethingInEveryCheckAndNamesIt) {
  for (const auto& check : check_table())
    EXPECT_THAT(examine(healthy(), check.name),
                AllOf(Not(::testing::IsEmpty()), Each(Field(&Finding::check, check.name))));
}

TEST(Doctor, SaysWhatToDoAboutEverythingThatWillFail) {
  auto patient = healthy();
  patient.settings->desktop = "x11::4711";
  patient.settings->tls_cert = patient.settings->tls_key = "/nonexistent.pem";
  patient.environment = {{"TMPDIR", "/nonexistent"}, {"LANG", "xx_YY"}};
  for (const auto& finding : examine(patient))
    if (finding.grade >= Grade::kWarning) EXPECT_NE(finding.remedy, "") << finding.text;
  EXPECT_THAT(examine(patient, "display"), Contains(graded(Grade::kProblem, ":4711")));
  EXPECT_THAT(examine(patient, "certificate"),
              Contains(graded(Grade::kProblem, "/nonexistent.pem")));
  EXPECT_THAT(examine(patient, "folders"), Contains(graded(Grade::kProblem, "/nonexistent")));
  EXPECT_THAT(examine(patient, "locale"), Contains(graded(Grade::kWarning, "xx_YY")));
}

TEST(Doctor, RepeatsWhatIsWrongWithTheSettings) {
  Patient patient{fail(ErrorCode::kInvalid, "unknown flag --vcn"), {}};
  EXPECT_THAT(examine(patient, "settings"), Contains(graded(Grade::kProblem, "--vcn")));
  EXPECT_THAT(examine(patient), Not(::testing::IsEmpty()));
  patient = healthy();
  patient.settings->vnc_listen = {"0.0.0.0", 0};
  EXPECT_THAT(examine(patient, "settings"), Contains(graded(Grade::kProblem, "password")));
}

TEST(Doctor, TriesTheAddresses) {
  boost::asio::io_context io;
  const auto taken =
      net::TcpListener::listen(io.get_executor(), {.setting = "--vnc"}, [](net::StreamPointer) {});
  ASSERT_TRUE(taken);
  auto patient = healthy();
  patient.settings->vnc_listen = {"127.0.0.1", (*taken)->port()};
  patient.settings->http_listen = {"127.0.0.1", 0};
  EXPECT_THAT(examine(patient, "ports"),
              ::testing::ElementsAre(graded(Grade::kProblem, "already in use"),
                                     graded(Grade::kGood, "--http")));
}

TEST(Doctor, LooksAtTheRuntimeFolder) {
  testing::TemporaryFolder folder;
  auto patient = healthy();
  patient.environment["XDG_RUNTIME_DIR"] = folder.path("");
  ::chmod(folder.path("").c_str(), 0755);
  EXPECT_THAT(examine(patient, "folders"), Contains(graded(Grade::kWarning, "others may enter")));
  ::chmod(folder.path("").c_str(), 0700);
  EXPECT_THAT(examine(patient, "folders"), Contains(graded(Grade::kGood, "yours alone")));
  patient.environment["XDG_RUNTIME_DIR"] = folder.path("missing");
  EXPECT_THAT(examine(patient, "folders"), Contains(graded(Grade::kWarning, "no folder")));
}

TEST(Doctor, ReadsTheDateOfACertificate) {
  testing::TemporaryFolder folder;
  auto patient = healthy();
  patient.settings->tls_cert = folder.path("a.pem");
  patient.settings->tls_key = folder.path("a.key");
  const auto write = [&](std::chrono::system_clock::time_point from) {
    const auto pair = net::make_self_signed({"localhost"}, from);
    ASSERT_TRUE(pair);
    std::ofstream(folder.path("a.pem")) << pair->certificate;
    std::ofstream(folder.path("a.key")) << pair->key;
  };
  write(std::chrono::system_clock::now());
  EXPECT_THAT(examine(patient, "certificate"), Contains(graded(Grade::kGood, "is valid for")));
  write(std::chrono::system_clock::now() - std::chrono::years(20));
  EXPECT_THAT(examine(patient, "certificate"), Contains(graded(Grade::kProblem, "has expired")));
}

TEST(Doctor, IsExplainedInTheDocumentation) {
  const auto text = testing::repository_text("docs/troubleshooting.md");
  for (const auto& check : check_table())
    EXPECT_THAT(text, HasSubstr("\n### " + std::string(check.name) + "\n"));
}

}  // namespace
}  // namespace oriel::doctor
