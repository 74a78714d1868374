#include "oriel/app/client/connection_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "oriel/app/client/encoding_choice.h"
#include "oriel/app/client/limits.h"
#include "oriel/app/client/preset_table.h"
#include "oriel/app/client/vnc_target.h"
#include "oriel/app/net/uri_authority.h"

namespace oriel::client {
namespace {

std::unexpected<Error> wrong(std::string clause) {
  return fail(ErrorCode::kInvalid, std::move(clause));
}

bool has_field(const std::vector<net::HttpField>& fields, std::string_view name) {
  return std::ranges::any_of(fields, [name](const net::HttpField& field) {
    return net::lower_case(field.name) == net::lower_case(name);
  });
}

std::string known_presets() {
  std::string names;
  for (const auto& preset : preset_table())
    names += fmt::format("{}{}", names.empty() ? "" : ", ", preset.name);
  return names;
}

// A template with the values for it.
struct Filled {
  std::string text;
  TemplateParameters parameters;
};

Result<Filled> fill(const ConnectionOptions& options) {
  Filled filled{options.url_template, options.parameters};
  if (!options.password.empty()) filled.parameters.try_emplace("password", options.password);
  if (options.preset.empty()) return filled;
  const auto* preset = find_preset(options.preset);
  if (preset == nullptr)
    return wrong(fmt::format("the preset \"{}\" is not known, expected is one of {}",
                             options.preset, known_presets()));
  if (!preset->login_cookie.empty() && !has_field(options.headers, "Authorization") &&
      !has_field(options.cookies, preset->login_cookie))
    return wrong(fmt::format("the preset {} needs the cookie {} or a header Authorization",
                             preset->name, preset->login_cookie));
  filled.text = preset->url_template;
  for (const auto& [name, value] : preset->defaults) {
    const bool is_given = name == "port" && filled.parameters.contains("host_port");
    if (!is_given) filled.parameters.try_emplace(std::string(name), value);
  }
  for (const auto& [name, expected, allows] : preset->rules) {
    const auto value = filled.parameters.find(name);
    // What is missing or empty is told by the template.
    if (value != filled.parameters.end() && !value->second.empty() && !allows(value->second))
      return wrong(fmt::format("the preset {}: the value of {} cannot be, expected is {}",
                               preset->name, name, expected));
  }
  return filled;
}

struct Place {
  net::StreamTarget target;
  std::string shown;
};

Result<Place> find_place(const ConnectionOptions& options) {
  const int ways =
      !options.target.empty() + !options.url_template.empty() + !options.preset.empty();
  if (ways != 1)
    return wrong(ways == 0 ? "no server is named: give a target, a URL template or a preset"
                           : "a target, a URL template and a preset are given together, expected "
                             "is one of them");
  if (!options.target.empty()) {
    auto parsed = parse_vnc_target(options.target);
    if (!parsed)
      return wrong(fmt::format("the target \"{}\": {}", masked_target(options.target),
                               parsed.error().message));
    auto target = *std::move(parsed);
    auto shown = shown_target(target);
    return Place{std::move(target), std::move(shown)};
  }
  ORIEL_TRY(const auto filled, fill(options));
  ORIEL_TRY(const auto expanded, expand_url_template(filled.text, filled.parameters));
  ORIEL_TRY(auto target, parse_vnc_target(expanded.url));
  auto shown = shown_target(target);
  if (expanded.has_secret_path && target.is_websocket()) {
    auto rest = target;
    rest.path = "/";
    shown = shown_target(rest) + "...";
  }
  return Place{std::move(target), std::move(shown)};
}

// RFC 6265, 4.1.1, and what Proxmox's tickets have besides.
bool is_cookie_text(std::string_view text) {
  return std::ranges::all_of(text, [](unsigned char c) {
    return c > ' ' && c < 0x7f && c != ';' && c != ',' && c != '"';
  });
}

Result<std::vector<net::HttpField>> fields_of(const ConnectionOptions& options) {
  auto fields = options.headers;
  if (options.cookies.size() > kCookiesMax)
    return wrong(fmt::format("{} cookies, at most {}", options.cookies.size(), kCookiesMax));
  std::string line;
  for (const auto& cookie : options.cookies) {
    if (cookie.name.empty() || !is_cookie_text(cookie.name) || cookie.name.contains('=') ||
        !is_cookie_text(cookie.value))
      return wrong(
          "a cookie has characters that are not allowed; blanks and the like are written as %20");
    line += fmt::format("{}{}={}", line.empty() ? "" : "; ", cookie.name, cookie.value);
  }
  if (line.empty()) return fields;
  for (auto& field : fields) {
    if (net::lower_case(field.name) != "cookie") continue;
    field.value += "; " + line;
    return fields;
  }
  fields.push_back({"Cookie", line});
  return fields;
}

std::string first_of(std::initializer_list<std::string> values) {
  for (const auto& value : values)
    if (!value.empty()) return value;
  return {};
}

std::string parameter(const ConnectionOptions& options, std::string_view name) {
  const auto found = options.parameters.find(name);
  return found == options.parameters.end() ? std::string() : found->second;
}

Result<ConnectionPlan> plan(const ConnectionOptions& options, const net::Environment& environment) {
  ORIEL_TRY(auto place, find_place(options));
  ConnectionPlan plan;
  plan.target = std::move(place.target);
  plan.shown = std::move(place.shown);
  plan.user = first_of({options.user, plan.target.user});
  plan.password = first_of({options.password, plan.target.password, parameter(options, "password"),
                            parameter(options, "ticket")});
  plan.connect.tls = options.tls;
  plan.connect.timeout = options.timeout;
  plan.connect.shown = plan.shown;
  plan.connect.subprotocols = options.subprotocols;
  ORIEL_TRY(plan.connect.headers, fields_of(options));
  if (options.uses_proxies) {
    ORIEL_TRY(plan.connect.proxy, net::proxy_for(plan.target, environment));
  }
  ORIEL_TRY(plan.encodings, choose_encodings(options));
  if (options.timeout.count() <= 0) return wrong("the time-out is not more than 0");
  return plan;
}

}  // namespace

agent::AgentResult<ConnectionPlan> plan_connection(const ConnectionOptions& options,
                                                   const net::Environment& environment) {
  auto planned = plan(options, environment);
  if (planned) return *std::move(planned);
  return agent::failure(agent::ErrorKind::kInput, planned.error().message);
}

}  // namespace oriel::client
