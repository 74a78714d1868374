// Runs a fuzz target on files and on all files of folders: the kept seeds are unit tests. Each
// input is replayed from a heap block of its own size, so that ASan sees reads past its end.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

int main(int argc, char** argv) {
  namespace fs = std::filesystem;
  std::vector<fs::path> files;
  for (int i = 1; i < argc; ++i) {
    if (!fs::is_directory(argv[i])) {
      files.emplace_back(argv[i]);
      continue;
    }
    for (const auto& entry : fs::recursive_directory_iterator(argv[i]))
      if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const auto& file : files) {
    std::ifstream in(file, std::ios::binary);
    if (!in) {
      std::fprintf(stderr, "%s: cannot be read\n", file.c_str());
      return 1;
    }
    const std::vector<char> content{std::istreambuf_iterator<char>(in), {}};
    std::vector<std::uint8_t> bytes(content.begin(), content.end());
    bytes.shrink_to_fit();
    std::printf("%s\n", file.c_str());
    std::fflush(stdout);  // names the culprit when the next line crashes
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
  }
  std::printf("%zu seeds replayed\n", files.size());
  if (files.empty()) std::fprintf(stderr, "no seeds given\n");
  return files.empty() ? 1 : 0;
}
