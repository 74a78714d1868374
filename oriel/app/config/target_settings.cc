#include "oriel/app/config/target_settings.h"

#include <fmt/format.h>

#include <algorithm>

#include "oriel/app/config/limits.h"
#include "oriel/app/config/private_file.h"
#include "oriel/app/config/suggestion.h"

namespace oriel::config {
namespace {

// The lines of `text` without their ends; the last one may be without one.
template <typename Each>
Status for_each_line(std::string_view text, Each each) {
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    text.remove_prefix(std::min(end + 1, text.size()));
    ORIEL_TRY_VOID(each(line));
  }
  return {};
}

// Puts the secret of a file, if one is named, into `secret`.
Status read_into(std::string_view name, std::string_view what, const std::string& path,
                 Secret& secret) {
  if (path.empty()) return {};
  if (!secret.is_empty())
    return fail(ErrorCode::kInvalid,
                fmt::format("{0}.{1} and {0}.{1}_file are both set, keep one", name, what));
  ORIEL_TRY(auto line, read_secret_line(path, fmt::format("{}.{}", name, what)));
  secret = Secret(std::move(line));
  return {};
}

}  // namespace

Result<TargetParameters> parse_target_parameters(std::string_view text) {
  TargetParameters parameters;
  for (std::size_t start = 0; (start = text.find_first_not_of(' ', start)) != text.npos;) {
    const auto end = std::min(text.find(' ', start), text.size());
    const auto word = text.substr(start, end - start);
    const auto equals = word.find('=');
    if (equals == 0 || equals == word.npos)
      return fail(
          ErrorCode::kInvalid,
          fmt::format("got \"{}\", expected NAME=VALUE with blanks between", printable(text)));
    const auto [_, is_new] = parameters.try_emplace(std::string(word.substr(0, equals)),
                                                    std::string(word.substr(equals + 1)));
    if (!is_new)
      return fail(ErrorCode::kInvalid,
                  fmt::format("{} is given twice", printable(word.substr(0, equals))));
    start = end;
  }
  return parameters;
}

std::string format_target_parameters(const TargetParameters& parameters) {
  std::string text;
  for (const auto& [name, value] : parameters)
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", name, value);
  return text;
}

bool is_target_name(std::string_view text) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return !text.empty() && is_letter(text.front()) && std::ranges::all_of(text, [&](char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

Status check_header_line(std::string_view line) {
  const auto colon = line.find(':');
  const bool has_controls = std::ranges::any_of(
      line, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7f; });
  if (colon == 0 || colon == line.npos || has_controls || line.size() > kTextBytesMax)
    return fail(ErrorCode::kInvalid,
                fmt::format("expected \"NAME: VALUE\" of at most {} bytes without control "
                            "characters",
                            kTextBytesMax));
  return {};
}

Status read_target_files(std::string_view name, TargetSettings& target) {
  ORIEL_TRY_VOID(read_into(name, "password", target.password_file, target.password));
  ORIEL_TRY_VOID(read_into(name, "ticket", target.ticket_file, target.ticket));
  if (target.header_file.empty()) return {};
  if (!target.headers.is_empty())
    return fail(ErrorCode::kInvalid,
                fmt::format("{0}.header and {0}.header_file are both set, keep one", name));
  ORIEL_TRY(const auto text, read_secret_text(target.header_file, fmt::format("{}.header", name)));
  std::string headers;
  auto status = for_each_line(text, [&](std::string_view line) -> Status {
    if (line.empty()) return {};
    ORIEL_TRY_VOID(check_header_line(line));
    headers += fmt::format("{}{}", headers.empty() ? "" : "\n", line);
    return {};
  });
  if (!status)
    return fail(ErrorCode::kInvalid,
                fmt::format("{}: {}", target.header_file, status.error().message));
  target.headers = Secret(std::move(headers));
  return {};
}

}  // namespace oriel::config
