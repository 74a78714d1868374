#include "oriel/app/cli/target_files.h"

#include <fmt/format.h>

#include <cctype>
#include <filesystem>
#include <map>
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

// Null: it writes none.
const std::string* written_by(const agent::VerbCall& call) {
  const auto value = call.values.find("file");
  if (call.verb->name != "shot" || value == call.values.end()) return nullptr;
  return &std::get<std::string>(value->second);
}

}  // namespace

void put_target_into_names(std::vector<agent::VerbCall>& calls, const std::string& label) {
  for (auto& call : calls) {
    if (written_by(call) == nullptr) continue;
    auto& file = std::get<std::string>(call.values.find("file")->second);
    const auto at = file.find(kTargetPlace);
    if (at != std::string::npos) file.replace(at, kTargetPlace.size(), as_file_name(label));
  }
}

Status check_names_for_several(const std::vector<agent::VerbCall>& calls) {
  for (const auto& call : calls)
    if (const auto* file = written_by(call); file != nullptr && !file->contains(kTargetPlace))
      return fail(ErrorCode::kInvalid,
                  fmt::format("several targets would write the one file {}; put {} into its name",
                              *file, kTargetPlace));
  return {};
}

Status check_names_differ(std::span<const TargetCalls> targets) {
  std::map<std::string, std::size_t> writers;
  for (std::size_t at = 0; at < targets.size(); ++at)
    for (const auto& call : *targets[at].calls) {
      const auto* file = written_by(call);
      if (file == nullptr) continue;
      const auto path = std::filesystem::path(*file).lexically_normal().string();
      const auto [writer, is_new] = writers.try_emplace(path, at);
      if (is_new || writer->second == at) continue;
      return fail(ErrorCode::kInvalid,
                  fmt::format("the targets {} and {} would both write the file {}; give each "
                              "target once, or by two names of the configuration file",
                              targets[writer->second].target, targets[at].target, *file));
    }
  return {};
}

}  // namespace oriel::cli
