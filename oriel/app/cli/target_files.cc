#include "oriel/app/cli/target_files.h"

#include <fmt/format.h>

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

}  // namespace oriel::cli
