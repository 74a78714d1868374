#include "oriel/app/config/target_section.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <string_view>
#include <vector>

#include "oriel/app/config/limits.h"
#include "oriel/app/config/setting_value.h"
#include "oriel/app/config/suggestion.h"

namespace oriel::config {
namespace {

namespace json = boost::json;

std::unexpected<Error> wrong(std::string_view sentence) {
  return fail(ErrorCode::kInvalid, std::string(sentence));
}

Result<std::string> text_of(const json::value& value) {
  if (!value.is_string()) return wrong("expected a string");
  auto text = parse_text(std::string_view(value.as_string()), kTextBytesMax);
  if (!text || text->empty())
    return wrong(fmt::format("expected 1 to {} bytes without control characters", kTextBytesMax));
  return text;
}

template <auto kMember>
Status set_text(TargetSettings& target, const json::value& value) {
  ORIEL_TRY(target.*kMember, text_of(value));
  return {};
}
template <auto kMember>
Status set_secret(TargetSettings& target, const json::value& value) {
  ORIEL_TRY(auto text, text_of(value));
  target.*kMember = Secret(std::move(text));
  return {};
}

// Every member of an object, whose values are strings.
template <typename Each>
Status for_each_text(const json::value& value, Each each) {
  if (!value.is_object()) return wrong("expected an object of strings");
  for (const auto& [name, member] : value.as_object()) {
    auto text = text_of(member);
    if (!text) return wrong(fmt::format("{}: {}", printable(name), text.error().message));
    ORIEL_TRY_VOID(each(std::string(name), *std::move(text)));
  }
  return {};
}

Status set_parameters(TargetSettings& target, const json::value& value) {
  return for_each_text(value, [&](std::string name, std::string text) -> Status {
    target.parameters.insert_or_assign(std::move(name), std::move(text));
    return {};
  });
}

Status add_header(TargetSettings& target, const std::string& line) {
  ORIEL_TRY_VOID(check_header_line(line));
  const auto& before = target.headers.reveal();
  target.headers = Secret(before.empty() ? line : before + "\n" + line);
  return {};
}

Status set_headers(TargetSettings& target, const json::value& value) {
  return for_each_text(value, [&](const std::string& name, const std::string& text) {
    return add_header(target, fmt::format("{}: {}", name, text));
  });
}

Status set_cookies(TargetSettings& target, const json::value& value) {
  std::string cookies;
  ORIEL_TRY_VOID(
      for_each_text(value, [&](const std::string& name, const std::string& text) -> Status {
        if (text.contains(';')) return wrong(fmt::format("{}: has a semicolon", printable(name)));
        cookies += fmt::format("{}{}={}", cookies.empty() ? "" : "; ", name, text);
        return {};
      }));
  return cookies.empty() ? Status() : add_header(target, "Cookie: " + cookies);
}

Status set_verify(TargetSettings& target, const json::value& value) {
  if (!value.is_bool()) return wrong("expected true or false");
  target.verifies = value.as_bool();
  return {};
}

struct Member {
  std::string_view name;
  Status (*set)(TargetSettings&, const json::value&);
};
// THE list of what a named target may have.
constexpr Member kMembers[] = {
    {"target", set_text<&TargetSettings::target>},
    {"template", set_text<&TargetSettings::url_template>},
    {"preset", set_text<&TargetSettings::preset>},
    {"parameters", set_parameters},
    {"user", set_text<&TargetSettings::user>},
    {"password", set_secret<&TargetSettings::password>},
    {"password_file", set_text<&TargetSettings::password_file>},
    {"ticket", set_secret<&TargetSettings::ticket>},
    {"ticket_file", set_text<&TargetSettings::ticket_file>},
    {"headers", set_headers},
    {"cookies", set_cookies},
    {"header_file", set_text<&TargetSettings::header_file>},
    {"ca_file", set_text<&TargetSettings::ca_file>},
    {"cert_file", set_text<&TargetSettings::cert_file>},
    {"key_file", set_text<&TargetSettings::key_file>},
    {"verify", set_verify},
};

}  // namespace

std::expected<TargetSettings, TargetSectionError> parse_target_section(const json::value& value) {
  TargetSettings target;
  const auto failed = [](std::string_view member, std::string message) {
    return std::unexpected(TargetSectionError{std::string(member), std::move(message)});
  };
  if (value.is_string()) {
    if (auto status = set_text<&TargetSettings::target>(target, value); !status)
      return failed("", status.error().message);
    return target;
  }
  if (!value.is_object())
    return failed("", "expected an address, or an object such as {\"target\": \"host:1\"}");
  for (const auto& [name, member] : value.as_object()) {
    const auto* row = std::ranges::find(kMembers, std::string_view(name), &Member::name);
    if (row == std::end(kMembers)) {
      std::vector<std::string> known;
      for (const auto& each : kMembers) known.emplace_back(each.name);
      return failed(name, "is not known, " + suggest(name, known));
    }
    if (auto status = row->set(target, member); !status)
      return failed(name, status.error().message);
  }
  const int places = !target.target.empty() + !target.url_template.empty() + !target.preset.empty();
  if (places != 1) return failed("", "expected one of target, template and preset");
  if (target.cert_file.empty() != target.key_file.empty())
    return failed("", "cert_file and key_file belong together, only one of them is given");
  return target;
}

}  // namespace oriel::config
