// fuzz_replay NAME FILE|FOLDER...: runs a fuzz target on files and on all files of folders: the
// kept seeds are unit tests. Each input is replayed from a heap block of its own size, so that ASan
// sees reads past its end.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "fuzz/fuzzer.h"

namespace oriel::fuzz {
namespace {

namespace fs = std::filesystem;

std::map<std::string, Entry>& fuzzers() {
  static std::map<std::string, Entry> all;
  return all;
}

std::vector<fs::path> files_of(const std::vector<std::string>& places) {
  std::vector<fs::path> files;
  for (const auto& place : places) {
    if (!fs::is_directory(place)) {
      files.emplace_back(place);
      continue;
    }
    for (const auto& entry : fs::recursive_directory_iterator(place))
      if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

bool replay(Entry entry, const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    std::fprintf(stderr, "%s: cannot be read\n", file.c_str());
    return false;
  }
  const std::vector<char> content{std::istreambuf_iterator<char>(in), {}};
  std::vector<std::uint8_t> bytes(content.begin(), content.end());
  bytes.shrink_to_fit();
  std::printf("%s\n", file.c_str());
  std::fflush(stdout);  // names the culprit when the next line crashes
  entry(bytes.data(), bytes.size());
  return true;
}

int run(const std::string& name, const std::vector<std::string>& places) {
  const auto fuzzer = fuzzers().find(name);
  if (fuzzer == fuzzers().end()) {
    std::fprintf(stderr,
                 "%s is no fuzz target: is it ORIEL_FUZZER(%s, ...) in fuzz/%s_fuzzer.cc?\n",
                 name.c_str(), name.c_str(), name.c_str());
    return 1;
  }
  const auto files = files_of(places);
  for (const auto& file : files)
    if (!replay(fuzzer->second, file)) return 1;
  std::printf("%zu seeds replayed\n", files.size());
  if (files.empty()) std::fprintf(stderr, "no seeds given\n");
  return files.empty() ? 1 : 0;
}

}  // namespace

bool add_fuzzer(const char* name, Entry entry) { return fuzzers().emplace(name, entry).second; }

}  // namespace oriel::fuzz

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: fuzz_replay NAME FILE|FOLDER...\n");
    return 2;
  }
  return oriel::fuzz::run(argv[1], {argv + 2, argv + argc});
}
