#include "oriel/app/config/flags.h"

#include <fmt/format.h>

#include "oriel/app/config/suggestion.h"

namespace oriel::config {
namespace {

const Setting* find_flag(std::string_view flag) {
  for (const auto& setting : setting_table())
    if (flag == flag_name(setting) || (!setting.flag_alias.empty() && flag == setting.flag_alias))
      return &setting;
  return nullptr;
}

std::unexpected<Error> unknown_flag(std::string_view flag, const CommandLine& line) {
  std::vector<std::string> known{"--config", "--help"};
  for (const auto& setting : setting_table()) {
    if (setting.kind == SettingKind::kSecret || !line.uses(setting)) continue;
    known.push_back(flag_name(setting));
    if (!setting.flag_alias.empty()) known.emplace_back(setting.flag_alias);
  }
  return fail(ErrorCode::kInvalid,
              fmt::format("unknown flag {}, {}", printable(flag), suggest(flag, known)));
}

}  // namespace

Result<Flags> parse_flags(std::span<const char* const> arguments, const CommandLine& line) {
  Flags flags;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    std::string_view argument = arguments[i];
    if (argument == "--help" || argument == "-h") {
      flags.has_help = true;
      continue;
    }
    if (!argument.starts_with("--"))
      return fail(ErrorCode::kInvalid,
                  fmt::format("unexpected argument \"{}\", expected flags "
                              "such as {} (see {} --help)",
                              printable(argument), line.example, line.command));
    auto equals = argument.find('=');
    auto name = argument.substr(0, equals);
    std::optional<std::string> value;
    if (equals != argument.npos) value = argument.substr(equals + 1);

    const auto* setting = find_flag(name);
    if (!setting && name != "--config") return unknown_flag(name, line);
    if (setting && setting->kind == SettingKind::kSecret)
      return fail(ErrorCode::kInvalid, fmt::format("{} is not taken from the command line, where "
                                                   "others can read it: use {} or --password-file",
                                                   name, environment_name(*setting)));
    if (!value && setting && setting->kind == SettingKind::kSwitch) value = "true";
    if (!value) {
      if (i + 1 == arguments.size())
        return fail(ErrorCode::kInvalid, fmt::format("{} needs a value: {} {}", name, name,
                                                     setting ? setting->value_name : "FILE"));
      value = arguments[++i];
    }
    if (setting)
      flags.values.push_back({setting, std::string(name), *std::move(value)});
    else
      flags.config = *std::move(value);
  }
  return flags;
}

}  // namespace oriel::config
