#pragma once
// A folder for the files of one test, removed with all in it.

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "oriel/base/check.h"

namespace oriel::testing {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = std::filesystem::temp_directory_path() / "oriel-test-XXXXXX";
    ORIEL_CHECK(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::string path(const std::string& name = "") const { return path_ / name; }

  // Makes or replaces the file; its path.
  std::string write(const std::string& name, const std::string& text, mode_t mode = 0600) const {
    const auto to = path(name);
    std::ofstream(to, std::ios::binary | std::ios::trunc) << text;
    ORIEL_CHECK(::chmod(to.c_str(), mode) == 0);
    return to;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace oriel::testing
