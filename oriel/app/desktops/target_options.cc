#include "oriel/app/desktops/target_options.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace oriel::desktops {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(' ');
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

bool is_cookie(std::string_view name) {
  constexpr std::string_view kCookie = "cookie";
  return std::ranges::equal(
      name, kCookie, [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
}

// The parts of `text` between the separators, each without blanks around it.
template <typename Each>
void for_each_part(std::string_view text, char separator, Each each) {
  while (!text.empty()) {
    const auto end = std::min(text.find(separator), text.size());
    if (const auto part = trimmed(text.substr(0, end)); !part.empty()) each(part);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

net::HttpField field_of(std::string_view text, char separator) {
  const auto at = std::min(text.find(separator), text.size());
  return {std::string(trimmed(text.substr(0, at))),
          std::string(trimmed(text.substr(std::min(at + 1, text.size()))))};
}

template <typename T>
void fill(T& member, const T& otherwise) {
  if (member == T()) member = otherwise;
}

void add_missing(std::vector<net::HttpField>& fields, const std::vector<net::HttpField>& more) {
  for (const auto& field : more)
    if (std::ranges::find(fields, field.name, &net::HttpField::name) == fields.end())
      fields.push_back(field);
}

}  // namespace

client::ConnectionOptions connection_options(const config::TargetSettings& settings) {
  client::ConnectionOptions options;
  options.target = settings.target;
  options.url_template = settings.url_template;
  options.preset = settings.preset;
  options.parameters = settings.parameters;
  options.user = settings.user;
  options.password = settings.password.reveal();
  if (!settings.ticket.is_empty())
    options.parameters.insert_or_assign("ticket", settings.ticket.reveal());
  for_each_part(settings.headers.reveal(), '\n', [&options](std::string_view line) {
    auto field = field_of(line, ':');
    if (!is_cookie(field.name)) return options.headers.push_back(std::move(field));
    for_each_part(field.value, ';', [&options](std::string_view cookie) {
      options.cookies.push_back(field_of(cookie, '='));
    });
  });
  options.tls.ca_file = settings.ca_file;
  options.tls.certificate_file = settings.cert_file;
  options.tls.key_file = settings.key_file;
  options.tls.verify = settings.verifies;
  // Who says whom to trust wants TLS.
  options.requires_encryption = !settings.ca_file.empty() || !settings.cert_file.empty();
  return options;
}

client::ConnectionOptions completed(client::ConnectionOptions given,
                                    const client::ConnectionOptions& named) {
  fill(given.target, named.target);
  fill(given.url_template, named.url_template);
  fill(given.preset, named.preset);
  given.parameters.insert(named.parameters.begin(), named.parameters.end());
  fill(given.user, named.user);
  fill(given.password, named.password);
  add_missing(given.headers, named.headers);
  add_missing(given.cookies, named.cookies);
  if (given.tls.ca_pem.empty()) fill(given.tls.ca_file, named.tls.ca_file);
  if (given.tls.certificate_file.empty()) {
    given.tls.certificate_file = named.tls.certificate_file;
    given.tls.key_file = named.tls.key_file;
  }
  given.tls.verify = given.tls.verify && named.tls.verify;
  given.requires_encryption = given.requires_encryption || named.requires_encryption;
  return given;
}

}  // namespace oriel::desktops
