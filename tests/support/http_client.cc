#include "tests/support/http_client.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <cctype>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "tests/support/oriel_server.h"

namespace oriel::support {
namespace {

// Status line, fields, empty line, body; of an interim response (RFC 9110, 15.2) nothing is kept.
HttpReply parse_reply(std::string_view text) {
  HttpReply reply;
  const auto end = text.find("\r\n\r\n");
  if (end == std::string_view::npos) throw std::runtime_error("no HTTP answer came");
  std::istringstream head{std::string(text.substr(0, end))};
  std::string line, version;
  head >> version >> reply.status;
  std::getline(head, line);
  while (std::getline(head, line)) {
    if (line.ends_with('\r')) line.pop_back();
    const auto colon = line.find(':');
    auto name = line.substr(0, colon);
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
    reply.fields[name] = line.substr(std::min(line.size(), colon + 2));
  }
  if (reply.status == 100) return parse_reply(text.substr(end + 4));
  reply.body = text.substr(end + 4);
  return reply;
}

}  // namespace

std::string HttpReply::field(const std::string& name) const {
  const auto found = fields.find(name);
  return found == fields.end() ? "" : found->second;
}

boost::json::value HttpReply::json() const { return boost::json::parse(body); }

std::string HttpReply::code() const {
  boost::json::error_code error;
  const auto document = boost::json::parse(body, error);
  if (error || !document.is_object() || !document.as_object().contains("error")) return "";
  return document.at("error").at("code").as_string().c_str();
}

HttpClient HttpClient::with(const std::string& field) const {
  auto other = *this;
  other.fields_.push_back(field);
  return other;
}

std::string HttpClient::url(const std::string& path) const {
  return fmt::format("{}://127.0.0.1:{}{}", scheme_, port_, path);
}

std::vector<std::string> HttpClient::curl(const std::vector<std::string>& options) const {
  std::vector<std::string> all{"curl", "-sS", "--noproxy", "*",      "--path-as-is",
                               "-4",   "-k",  "-H",        "Expect:"};
  for (const auto& field : fields_) all.insert(all.end(), {"-H", field});
  if (!cookie_.empty()) all.insert(all.end(), {"-H", "Cookie: " + cookie_});
  all.insert(all.end(), options.begin(), options.end());
  return all;
}

HttpReply HttpClient::ask(const HttpRequest& request) const {
  const TemporaryFolder folder;
  std::vector<std::string> options{"-i", "-g", "--max-time", "40"};
  if (request.method == "HEAD")
    options.emplace_back("-I");
  else
    options.insert(options.end(), {"-X", request.method});
  if (!request.body.empty()) {
    const auto file = folder.path() / "body";
    std::ofstream(file, std::ios::binary) << request.body;
    options.insert(options.end(), {"--data-binary", "@" + file.string()});
    options.insert(options.end(), {"-H", request.type.empty() ? "Content-Type:"
                                                              : "Content-Type: " + request.type});
  }
  for (const auto& field : request.fields) options.insert(options.end(), {"-H", field});
  options.push_back(url(request.path));
  return parse_reply(run({curl(options), {}}));
}

HttpReply HttpClient::get(const std::string& path, std::vector<std::string> fields) const {
  return ask({.path = path, .body = "", .fields = std::move(fields)});
}

HttpReply HttpClient::send(const std::string& method, const std::string& path,
                           const std::string& body, const std::string& type) const {
  return ask({.method = method, .path = path, .body = body, .type = type, .fields = {}});
}

HttpClient HttpClient::logged_in(const std::string& password) const {
  const auto reply =
      send("POST", "/api/v1/session", fmt::format(R"({{"password": "{}"}})", password));
  const auto cookie = reply.field("set-cookie");
  if (reply.status != 200 || cookie.empty()) throw std::runtime_error("no log-in: " + reply.body);
  auto other = *this;
  other.cookie_ = cookie.substr(0, cookie.find(';'));
  return other;
}

std::vector<std::string> HttpClient::get_many(const std::string& path, int count,
                                              std::vector<std::string> fields) const {
  std::vector<std::string> options{"--max-time", "60", "-o",
                                   "/dev/null",  "-w", "%{http_code} %{size_download}\n"};
  for (const auto& field : fields) options.insert(options.end(), {"-H", field});
  // The fragment is what curl counts with; it is not sent.
  options.push_back(fmt::format("{}#[1-{}]", url(path), count));
  std::istringstream output(run({curl(options), {}}));
  std::vector<std::string> lines;
  for (std::string line; std::getline(output, line);) lines.push_back(line);
  return lines;
}

std::unique_ptr<ChildProcess> HttpClient::listen(const std::string& path) const {
  return std::make_unique<ChildProcess>(Command{curl({"-N", "-g", url(path)}), {}});
}

}  // namespace oriel::support
