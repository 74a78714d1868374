#include "oriel/app/config/settings_file.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <map>
#include <vector>

#include "oriel/app/config/json_lines.h"
#include "oriel/app/config/limits.h"
#include "oriel/app/config/setting_table.h"
#include "oriel/app/config/suggestion.h"
#include "oriel/app/config/target_section.h"

namespace oriel::config {
namespace {

namespace json = boost::json;

constexpr std::string_view kTargets = "targets";

struct Place {
  std::string_view file_name;
  int line;
};

std::unexpected<Error> fail_at(Place place, std::string_view what) {
  return fail(ErrorCode::kInvalid, fmt::format("{}:{}: {}", place.file_name, place.line, what));
}

Result<json::object> parse_document(std::string_view text, std::string_view file_name) {
  if (text.size() > kConfigFileBytesMax)
    return fail(ErrorCode::kTooLarge,
                fmt::format("{}: {} bytes, a configuration file has at most {}", file_name,
                            text.size(), kConfigFileBytesMax));
  json::parse_options options;
  options.allow_comments = true;
  options.allow_trailing_commas = true;
  json::stream_parser parser({}, options);
  json::error_code error;
  auto consumed = parser.write_some(text.data(), text.size(), error);
  if (!error && consumed < text.size()) error = json::error::extra_data;
  if (!error) parser.finish(error);
  if (error) return fail_at({file_name, line_at(text, consumed)}, "not JSON: " + error.message());

  auto document = parser.release();
  if (!document.is_object())
    return fail_at({file_name, 1},
                   R"(expected an object such as {"vnc": {"listen": "127.0.0.1:5900"}})");
  return std::move(document.as_object());
}

std::string_view json_kind_name(const json::value& value) {
  switch (value.kind()) {
    case json::kind::null:
      return "null";
    case json::kind::bool_:
      return "a boolean";
    case json::kind::int64:
    case json::kind::uint64:
      return "a whole number";
    case json::kind::double_:
      return "a fraction";
    case json::kind::string:
      return "a string";
    case json::kind::array:
      return "an array";
    case json::kind::object:
      return "an object";
  }
  return "nothing";
}

// The value as the text that a flag would have. The error does not show the value: it may be a
// secret.
Result<std::string> value_text(const json::value& value, SettingKind kind) {
  switch (kind) {
    case SettingKind::kInteger:
      if (value.is_int64()) return std::to_string(value.as_int64());
      if (value.is_uint64()) return std::to_string(value.as_uint64());
      return fail(ErrorCode::kInvalid,
                  fmt::format("got {}, expected a whole number", json_kind_name(value)));
    case SettingKind::kSwitch:
      if (value.is_bool()) return std::string(value.as_bool() ? "true" : "false");
      return fail(ErrorCode::kInvalid,
                  fmt::format("got {}, expected true or false", json_kind_name(value)));
    case SettingKind::kText:
    case SettingKind::kSecret:
      break;
  }
  if (value.is_string()) return std::string(value.as_string());
  return fail(ErrorCode::kInvalid, fmt::format("got {}, expected a string", json_kind_name(value)));
}

class FileReader {
 public:
  FileReader(std::string_view text, std::string_view file_name, Settings& settings)
      : file_name_(file_name), lines_(find_json_lines(text)), settings_(settings) {}

  Status read(const json::object& document) {
    if (!lines_.repeated.empty())
      return fail_at(place_of(lines_.repeated.front()),
                     fmt::format("{} stands here and again below", lines_.repeated.front()));
    return read_members(document, "");
  }

 private:
  Place place_of(std::string_view key) const {
    auto found = lines_.line_of.find(key);
    return {file_name_, found == lines_.line_of.end() ? 1 : found->second};
  }

  Status read_members(const json::object& object, const std::string& prefix) {
    for (const auto& [name, value] : object) {
      auto key = prefix + std::string(name);
      if (const auto* setting = find_setting(key)) {
        ORIEL_TRY_VOID(apply(key, key, setting->key, *setting, value));
      } else if (const auto* flat = find_flat_key(key)) {
        ORIEL_TRY_VOID(apply(key, flat->setting, key, *flat, value));
      } else if (key == kTargets) {
        ORIEL_TRY_VOID(read_targets(value));
      } else if (value.is_object() && is_group(key)) {
        ORIEL_TRY_VOID(read_members(value.as_object(), key + "."));
      } else {
        return fail_at(place_of(key), unknown_setting(key));
      }
    }
    return {};
  }

  Status read_targets(const json::value& targets) {
    const std::string group(kTargets);
    if (!targets.is_object())
      return fail_at(place_of(group), R"(targets: expected an object such as {"lab": "host:1"})");
    for (const auto& [name, value] : targets.as_object()) {
      const auto key = fmt::format("{}.{}", group, std::string_view(name));
      if (!is_target_name(name))
        return fail_at(place_of(key), fmt::format("{}: a name has letters, digits, - and _, and "
                                                  "begins with a letter",
                                                  printable(key)));
      auto target = parse_target_section(value);
      if (target) {
        settings_.targets.insert_or_assign(std::string(name), *std::move(target));
        continue;
      }
      const auto& [member, message] = target.error();
      const auto at = member.empty() ? key : fmt::format("{}.{}", key, member);
      return fail_at(place_of(at), fmt::format("{}: {}", printable(at), message));
    }
    return {};
  }

  // `setting` is the key that the value is for; "host" and "port" are for one, each once.
  template <typename Row>
  Status apply(const std::string& key, std::string_view setting, std::string_view part,
               const Row& row, const json::value& value) {
    auto place = place_of(key);
    auto text = value_text(value, row.kind);
    if (!text) return fail_at(place, fmt::format("{}: {}", key, text.error().message));
    if (auto status = row.set(settings_, *text); !status)
      return fail_at(place, fmt::format("{}: {}", key, status.error().message));
    if (setting.empty()) return {};

    bool is_half = part == "host" || part == "port";
    auto [earlier, is_first] = set_by_.try_emplace(std::string(setting), key);
    bool are_both_halves = is_half && (earlier->second == "host" || earlier->second == "port");
    if (!is_first && !are_both_halves)
      return fail_at(
          place, fmt::format("{} and {} are for the same setting, keep one", key, earlier->second));
    settings_.origins[std::string(setting)] =
        fmt::format("file {}:{}", place.file_name, place.line);
    return {};
  }

  static bool is_group(std::string_view key) {
    for (const auto& setting : setting_table())
      if (setting.key.size() > key.size() && setting.key.starts_with(key) &&
          setting.key[key.size()] == '.')
        return true;
    return false;
  }

  static std::string unknown_setting(std::string_view key) {
    std::vector<std::string> known;
    for (const auto& setting : setting_table()) known.emplace_back(setting.key);
    for (const auto& flat : flat_key_table()) known.emplace_back(flat.key);
    known.emplace_back(kTargets);
    return fmt::format("unknown setting \"{}\", {}", printable(key), suggest(key, known));
  }

  std::string_view file_name_;
  JsonLines lines_;
  Settings& settings_;
  std::map<std::string, std::string, std::less<>> set_by_;  // setting -> the key that has set it
};

}  // namespace

Status apply_settings_text(std::string_view text, std::string_view file_name, Settings& settings) {
  ORIEL_TRY(auto document, parse_document(text, file_name));
  return FileReader(text, file_name, settings).read(document);
}

Result<Settings> parse_settings_text(std::string_view text) {
  Settings settings;
  ORIEL_TRY_VOID(apply_settings_text(text, "config.json", settings));
  return settings;
}

}  // namespace oriel::config
