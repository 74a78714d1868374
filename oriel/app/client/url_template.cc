#include "oriel/app/client/url_template.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <vector>

#include "oriel/app/client/limits.h"
#include "oriel/app/net/percent.h"
#include "oriel/app/net/uri_authority.h"

namespace oriel::client {
namespace {

constexpr std::array<std::string_view, 10> kNames = {"host",   "port",     "host_port", "vnc_port",
                                                     "ticket", "password", "node",      "vmid",
                                                     "guest",  "scheme"};
// Of these the values may be shown.
constexpr std::array<std::string_view, 8> kPublicNames = {"host", "port", "host_port", "vnc_port",
                                                          "node", "vmid", "guest",     "scheme"};

std::unexpected<Error> wrong(std::string clause) {
  return fail(ErrorCode::kInvalid, std::move(clause));
}

enum class Place { kScheme, kUser, kHost, kPort, kPath, kQuery };

// Where the parts of a template end.
class Places {
 public:
  // `masked` is the template with something harmless for each ${name}, of the same length.
  explicit Places(std::string_view masked) {
    const auto scheme = masked.find("://");
    scheme_end_ = scheme == masked.npos ? 0 : scheme;
    const auto authority = scheme == masked.npos ? 0 : scheme + 3;
    authority_end_ = std::min(masked.find_first_of("/?#", authority), masked.size());
    const auto host = masked.substr(0, authority_end_);
    const auto at = host.rfind('@');
    user_end_ = at == host.npos || at < authority ? authority : at;
    const auto colon = host.rfind(':');
    const auto bracket = host.rfind(']');
    const bool has_port = colon != host.npos && colon >= user_end_ + (user_end_ > authority) &&
                          colon >= authority && (bracket == host.npos || colon > bracket);
    port_begin_ = has_port ? colon : authority_end_;
    query_begin_ = std::min(masked.find('?', authority_end_), masked.size());
  }

  Place at(std::size_t position) const {
    if (position < scheme_end_) return Place::kScheme;
    if (position < user_end_) return Place::kUser;
    if (position < port_begin_) return Place::kHost;
    if (position < authority_end_) return Place::kPort;
    return position < query_begin_ ? Place::kPath : Place::kQuery;
  }

 private:
  std::size_t scheme_end_, user_end_, port_begin_, authority_end_, query_begin_;
};

struct Placeholder {
  std::size_t begin, end;  // of ${name}
  std::string_view name;
};

Result<std::vector<Placeholder>> find_placeholders(std::string_view text) {
  std::vector<Placeholder> found;
  for (std::size_t from = 0;;) {
    const auto begin = text.find("${", from);
    if (begin == text.npos) return found;
    const auto end = text.find('}', begin);
    if (end == text.npos) return wrong("the URL template has ${ without }");
    const auto name = text.substr(begin + 2, end - begin - 2);
    const bool is_name = !name.empty() && std::ranges::all_of(name, [](unsigned char c) {
      return c < 0x80 && (std::isalnum(c) || c == '_');
    });
    if (!is_name)
      return wrong("the URL template has a ${...} that is no name of letters, digits and _");
    found.push_back({begin, end + 1, name});
    from = end + 1;
  }
}

// Null when nothing was given.
const std::string* find_value(const TemplateParameters& parameters, std::string_view name) {
  const auto given = [&parameters](std::string_view key) -> const std::string* {
    const auto found = parameters.find(key);
    return found != parameters.end() && !found->second.empty() ? &found->second : nullptr;
  };
  if (const auto* value = given(name)) return value;
  if (name == "port") return given("host_port");
  return name == "host_port" ? given("port") : nullptr;
}

std::unexpected<Error> missing(std::string_view name, const TemplateParameters& parameters) {
  if (parameters.contains(name)) return wrong(fmt::format("the value for ${{{}}} is empty", name));
  if (std::ranges::find(kNames, name) != kNames.end())
    return wrong(
        fmt::format("the URL template needs a value for ${{{}}}, and none is given", name));
  return wrong(
      fmt::format("the URL template has ${{{}}}, for which no parameter is given; names with a "
                  "meaning of their own are {}",
                  name, fmt::join(kNames, ", ")));
}

bool is_port(std::string_view text) {
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() && port >= 1 && port <= 65535;
}

Result<std::string> encoded_host(const Placeholder& placeholder, const std::string& value,
                                 std::string_view text) {
  const auto bare =
      value.starts_with('[') && value.ends_with(']') ? value.substr(1, value.size() - 2) : value;
  const bool has_brackets = placeholder.begin > 0 && text[placeholder.begin - 1] == '[';
  auto host = has_brackets ? bare : net::host_in_uri(bare);
  const auto parsed = net::parse_uri_authority(has_brackets ? fmt::format("[{}]", bare) : host);
  if (!parsed || parsed->port || !parsed->user.empty() || !parsed->password.empty())
    return wrong(fmt::format("the value for ${{{}}} is no host name or address", placeholder.name));
  return host;
}

Result<std::string> encoded(const Placeholder& placeholder, const std::string& value, Place place,
                            std::string_view text) {
  switch (place) {
    case Place::kScheme:
      if (!std::ranges::all_of(value, [](unsigned char c) { return c < 0x80 && std::isalpha(c); }))
        return wrong(
            fmt::format("the value for ${{{}}} is no scheme such as wss", placeholder.name));
      return value;
    case Place::kHost:
      return encoded_host(placeholder, value, text);
    case Place::kPort:
      if (!is_port(value))
        return wrong(fmt::format("the value for ${{{}}} is no port, allowed are 1 to 65535",
                                 placeholder.name));
      return value;
    case Place::kUser:
    case Place::kPath:
    case Place::kQuery:
      break;
  }
  return net::percent_encoded(value);
}

bool is_public(std::string_view name) {
  return std::ranges::find(kPublicNames, name) != kPublicNames.end();
}

}  // namespace

std::span<const std::string_view> template_names() { return kNames; }

Result<std::vector<std::string>> names_in_template(std::string_view text) {
  ORIEL_TRY(const auto placeholders, find_placeholders(text));
  std::vector<std::string> names;
  for (const auto& placeholder : placeholders) names.emplace_back(placeholder.name);
  return names;
}

bool is_same_parameter(std::string_view name, std::string_view other) {
  const auto is_port = [](std::string_view one) { return one == "port" || one == "host_port"; };
  return name == other || (is_port(name) && is_port(other));
}

Result<ExpandedUrl> expand_url_template(std::string_view text,
                                        const TemplateParameters& parameters) {
  if (text.size() > kTargetBytesMax)
    return wrong(
        fmt::format("a URL template of {} bytes, at most {}", text.size(), kTargetBytesMax));
  if (parameters.size() > kTemplateParametersMax)
    return fail(ErrorCode::kTooLarge, fmt::format("{} parameters of a URL template, at most {}",
                                                  parameters.size(), kTemplateParametersMax));
  ORIEL_TRY(const auto placeholders, find_placeholders(text));
  std::string masked(text);
  for (const auto& placeholder : placeholders)
    std::fill_n(masked.begin() + static_cast<std::ptrdiff_t>(placeholder.begin),
                placeholder.end - placeholder.begin, 'x');
  const Places places(masked);
  ExpandedUrl expanded;
  std::size_t from = 0;
  for (const auto& placeholder : placeholders) {
    const auto* value = find_value(parameters, placeholder.name);
    if (value == nullptr) return missing(placeholder.name, parameters);
    const auto place = places.at(placeholder.begin);
    ORIEL_TRY(const auto written, encoded(placeholder, *value, place, text));
    expanded.url += text.substr(from, placeholder.begin - from);
    expanded.url += written;
    if (expanded.url.size() > kTargetBytesMax)
      return fail(ErrorCode::kTooLarge,
                  fmt::format("the URL has more than {} bytes with the value for ${{{}}}",
                              kTargetBytesMax, placeholder.name));
    if (place == Place::kPath && !is_public(placeholder.name)) expanded.has_secret_path = true;
    from = placeholder.end;
  }
  expanded.url += text.substr(from);
  return expanded;
}

}  // namespace oriel::client
