// What `cmake --install` puts somewhere, used by a project of its own: examples/package.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <string>
#include <vector>

#include "tests/support/child_process.h"
#include "tests/support/oriel_server.h"
#include "tests/support/wait_until.h"

namespace oriel::support {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using ::testing::HasSubstr;

// Of a compiler on a busy machine.
constexpr std::chrono::milliseconds kBuildPatience = 300s;

struct Ran {
  std::optional<int> exit_code;
  std::string output;
};

Ran run_program(std::vector<std::string> arguments, std::chrono::milliseconds patience) {
  ChildProcess process({std::move(arguments), {}});
  Ran ran;
  wait_until([&] { return (ran.exit_code = process.exit_code()).has_value(); }, patience);
  ran.output = process.output();
  return ran;
}

// Installed once for all tests here.
class Package : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TemporaryFolder;
    installed_ = new Ran(run_program(
        {ORIEL_CMAKE, "--install", ORIEL_BUILD_FOLDER, "--prefix", prefix()}, kBuildPatience));
  }
  static void TearDownTestSuite() {
    delete installed_;
    delete folder_;
  }
  void SetUp() override { ASSERT_EQ(installed_->exit_code, 0) << installed_->output; }

  static std::string prefix() { return (folder_->path() / "prefix").string(); }
  static fs::path folder(const char* name) {
    fs::create_directory(folder_->path() / name);
    return folder_->path() / name;
  }
  static std::string inside(const char* name) { return (folder_->path() / name).string(); }

 private:
  static inline TemporaryFolder* folder_ = nullptr;
  static inline Ran* installed_ = nullptr;
};

TEST_F(Package, HasEveryHeaderThatItsHeadersInclude) {
  const auto include = fs::path(prefix()) / "include";
  const std::regex ours("#include \"(oriel/[^\"]+)\"");
  int headers = 0;
  for (const auto& entry : fs::recursive_directory_iterator(include)) {
    if (!entry.is_regular_file()) continue;
    ++headers;
    EXPECT_FALSE(entry.path().string().ends_with("_test.h")) << entry.path();
    const auto text = read_file(entry.path());
    for (std::sregex_iterator found(text.begin(), text.end(), ours), end; found != end; ++found)
      EXPECT_TRUE(fs::exists(include / (*found)[1].str()))
          << entry.path() << " includes " << (*found)[1];
  }
  EXPECT_GT(headers, 100);
}

TEST_F(Package, HasTheProgram) {
  const auto ran = run_program({prefix() + "/bin/oriel", "version"}, kPatience);
  EXPECT_EQ(ran.exit_code, 0) << ran.output;
  EXPECT_THAT(ran.output, HasSubstr("oriel"));
}

TEST_F(Package, BuildsAProjectThatSeesADesktop) {
  std::vector<std::string> configure{
      ORIEL_CMAKE, "-S", ORIEL_SOURCE_DIR "/examples/package", "-B", inside("build"), "-G", "Ninja",
      "-DCMAKE_PREFIX_PATH=" + prefix(), "-DCMAKE_CXX_COMPILER=" ORIEL_CXX_COMPILER,
      "-DCMAKE_C_COMPILER=" ORIEL_C_COMPILER,
      // The libraries have what sanitizers add, and then the program must.
      "-DCMAKE_CXX_FLAGS=" ORIEL_PACKAGE_FLAGS};
  const auto configured = run_program(configure, kBuildPatience);
  ASSERT_EQ(configured.exit_code, 0) << configured.output;
  const auto built = run_program({ORIEL_CMAKE, "--build", inside("build")}, kBuildPatience);
  ASSERT_EQ(built.exit_code, 0) << built.output;
  // What waits for the caller compiles fast: no Asio in it.
  const auto included = run_program({"ninja", "-C", inside("build"), "-t", "deps"}, kPatience);
  EXPECT_THAT(included.output, HasSubstr("oriel/app/client/connection.h"));
  EXPECT_THAT(included.output, ::testing::Not(HasSubstr("boost/asio")));

  const OrielServer server({.session = "", .password = "", .desktop = "pattern"});
  const auto picture = inside("screen.png");
  const auto looked = run_program(
      {inside("build/look"), "127.0.0.1::" + std::to_string(server.vnc_port()), picture},
      kPatience);
  EXPECT_EQ(looked.exit_code, 0) << looked.output;
  EXPECT_THAT(looked.output, HasSubstr(picture + ": 1024 x 700\n"));
  EXPECT_TRUE(read_file(picture).starts_with("\x89PNG"));

  const auto nobody = run_program({inside("build/look"), "127.0.0.1::1", picture}, kPatience);
  EXPECT_EQ(nobody.exit_code, 10) << nobody.output;
}

TEST_F(Package, SaysWhichPartsThereAre) {
  const auto project = folder("other");
  std::ofstream(project / "CMakeLists.txt")
      << "cmake_minimum_required(VERSION 3.25)\nproject(other LANGUAGES C CXX)\n"
         "find_package(Oriel REQUIRED)\n"
         "foreach(part oriel client agent conduit monitor)\n"
         "  if(NOT TARGET Oriel::${part})\n    message(FATAL_ERROR \"no ${part}\")\n  endif()\n"
         "endforeach()\n"
         "find_package(Oriel QUIET COMPONENTS nothing)\n"
         "if(Oriel_FOUND)\n  message(FATAL_ERROR \"found nothing\")\nendif()\n";
  const auto configured =
      run_program({ORIEL_CMAKE, "-S", project.string(), "-B", (project / "build").string(), "-G",
                   "Ninja", "-DCMAKE_PREFIX_PATH=" + prefix()},
                  kBuildPatience);
  EXPECT_EQ(configured.exit_code, 0) << configured.output;
}

}  // namespace
}  // namespace oriel::support
