#include "oriel/app/cli/target_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <string_view>
#include <variant>

namespace oriel::cli {
namespace {

constexpr std::string_view kTargetPlace = "{target}";

// A part of a file's name.
std::string as_file_name(std::string text) {
  for (auto& c : text)
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '.' && c != '-') c = '_';
  return text;
}

}  // namespace

Status name_files(std::vector<agent::VerbCall>& calls, const std::string& target, bool is_one) {
  for (auto& call : calls) {
    const auto value = call.values.find("file");
    if (call.verb->name != "shot" || value == call.values.end()) continue;
    auto& file = std::get<std::string>(value->second);
    const auto at = file.find(kTargetPlace);
    if (at != std::string::npos)
      file.replace(at, kTargetPlace.size(), as_file_name(target));
    else if (!is_one)
      return fail(ErrorCode::kInvalid,
                  fmt::format("several targets would write the one file {}; put {} into its name",
                              file, kTargetPlace));
  }
  return {};
}

bool names_files_by_target(const std::vector<agent::VerbCall>& calls) {
  return std::ranges::any_of(calls, [](const agent::VerbCall& call) {
    const auto file = call.values.find("file");
    return file != call.values.end() && std::get<std::string>(file->second).contains(kTargetPlace);
  });
}

}  // namespace oriel::cli
