#include "oriel/app/api/router.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include "oriel/app/api/openapi.h"
#include "oriel/app/api/reply.h"
#include "oriel/app/api/schema.h"

namespace oriel::api {
namespace {

namespace json = boost::json;
using net::HttpRequest;
using net::HttpResponse;

// The part of `text` up to `separator`, which is taken off with it.
std::string_view take_part(std::string_view& text, char separator) {
  const auto end = std::min(text.find(separator), text.size());
  const auto part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

// A parameter's text as the type that its schema has, and as a string where it is not of that type,
// so that the check complains about it.
json::value typed(std::string_view text, const json::value& schema) {
  const auto* type = schema.as_object().if_contains("type");
  const auto* end = text.data() + text.size();
  if (type != nullptr && *type == "integer") {
    std::uint64_t number = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc() && rest == end) return number;
  }
  if (type != nullptr && *type == "number") {
    double number = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc() && rest == end) return number;
  }
  return json::value(json::string_view(text.data(), text.size()));
}

const Parameter* find_parameter(const Operation& operation, ParameterPlace place,
                                std::string_view name) {
  const auto found = std::ranges::find_if(operation.parameters, [&](const Parameter& each) {
    return each.place == place && each.name == name;
  });
  return found == operation.parameters.end() ? nullptr : &*found;
}

Status put_parameter(const Operation& operation, ParameterPlace place, std::string_view name,
                     std::string_view encoded, json::object& parameters) {
  const auto* parameter = find_parameter(operation, place, name);
  if (parameter == nullptr)
    return fail(ErrorCode::kInvalid, fmt::format("there is no parameter \"{}\" here", name));
  ORIEL_TRY(const auto text, percent_decode(encoded));
  const auto schema =
      json::parse(json::string_view(parameter->schema.data(), parameter->schema.size()));
  auto value = typed(text, schema);
  ORIEL_TRY_VOID(check_schema(value, schema, std::string(name)));
  parameters[json::string_view(name.data(), name.size())] = std::move(value);
  return {};
}

// Whether `path` is of the form of `pattern`; parameters of the path are added as they stand.
bool matches(std::string_view pattern, std::string_view path,
             std::vector<std::pair<std::string_view, std::string_view>>& found) {
  found.clear();
  if (std::ranges::count(pattern, '/') != std::ranges::count(path, '/')) return false;
  while (!pattern.empty() || !path.empty()) {
    const auto expected = take_part(pattern, '/'), got = take_part(path, '/');
    if (expected.starts_with('{')) {
      if (got.empty()) return false;
      found.emplace_back(expected.substr(1, expected.size() - 2), got);
    } else if (expected != got) {
      return false;
    }
  }
  return true;
}

// "application/json; charset=utf-8" is of "application/json".
bool is_of_type(std::string_view content_type, std::string_view types) {
  const auto got = content_type.substr(0, content_type.find(';'));
  while (!types.empty()) {
    auto type = take_part(types, ',');
    while (type.starts_with(' ')) type.remove_prefix(1);
    if (got == type.substr(0, type.find(';'))) return true;
  }
  return false;
}

HttpResponse wrong_request(const Error& error) {
  return error_reply(400, "invalid", error.message);
}

std::optional<HttpResponse> take_query(const Operation& operation, std::string_view query,
                                       json::object& parameters) {
  while (!query.empty()) {
    auto value = take_part(query, '&');
    const auto name = take_part(value, '=');
    if (name.empty()) continue;
    if (auto status = put_parameter(operation, ParameterPlace::kQuery, name, value, parameters);
        !status)
      return wrong_request(status.error());
  }
  return std::nullopt;
}

std::optional<HttpResponse> take_body(const Operation& operation, const HttpRequest& request,
                                      json::value& body) {
  if (operation.body_types.empty()) return std::nullopt;
  const auto* type = request.find("Content-Type");
  if (type == nullptr || !is_of_type(*type, operation.body_types))
    return error_reply(415, "wrong_content_type",
                       fmt::format("the body's Content-Type is {}, {} is expected",
                                   type != nullptr ? *type : "missing", operation.body_types));
  if (operation.body_schema.empty()) return std::nullopt;
  json::error_code error;
  body = json::parse(request.body, error);
  if (error)
    return error_reply(400, "invalid_json", "the body is not valid JSON: " + error.message());
  const auto schema =
      json::parse(json::string_view(operation.body_schema.data(), operation.body_schema.size()));
  if (auto status = check_schema(body, schema); !status) return wrong_request(status.error());
  return std::nullopt;
}

std::optional<HttpResponse> refusal_of(const Operation& operation, const Visitor& visitor) {
  if (!operation.role || visitor.roles.contains(*operation.role)) return std::nullopt;
  if (visitor.roles.empty()) {
    auto response = error_reply(
        401, "unauthenticated",
        "this server has a password: log in with POST /api/v1/session, or send \"Authorization: "
        "Bearer\" with its token");
    response.fields.push_back({"WWW-Authenticate", "Bearer"});
    return response;
  }
  return error_reply(
      403, "forbidden",
      fmt::format("this needs the role {}, which you do not have", role_name(*operation.role)));
}

}  // namespace

Result<std::string> percent_decode(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    unsigned byte = 0;
    const auto digits = text.substr(i + 1, 2);
    const auto [rest, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
    if (digits.size() != 2 || error != std::errc() || rest != digits.data() + 2)
      return fail(ErrorCode::kInvalid,
                  "the address has a '%' that two hexadecimal digits do not follow");
    decoded += static_cast<char>(byte);
    i += 2;
  }
  return decoded;
}

void Router::handle(HttpRequest request, Visitor visitor, net::HttpAnswer answer) const {
  std::string methods;
  std::vector<std::pair<std::string_view, std::string_view>> of_path;
  for (const auto& operation : operation_table()) {
    if (!matches(operation.path, request.path, of_path)) continue;
    if (operation.method != request.method) {
      methods += fmt::format("{}{}", methods.empty() ? "" : ", ", operation.method);
      continue;
    }
    if (auto refusal = refusal_of(operation, visitor)) return answer(*std::move(refusal));
    Call call{backend_, {}, std::move(visitor), {}, {}};
    for (const auto& [name, value] : of_path)
      if (auto status =
              put_parameter(operation, ParameterPlace::kPath, name, value, call.parameters);
          !status)
        return answer(wrong_request(status.error()));
    if (auto wrong = take_query(operation, request.query, call.parameters))
      return answer(*std::move(wrong));
    if (auto wrong = take_body(operation, request, call.body)) return answer(*std::move(wrong));
    call.request = std::move(request);
    return operation.run(std::move(call), std::move(answer));
  }
  if (methods.empty())
    return answer(
        error_reply(404, "no_such_path",
                    "there is nothing at this path; /api/v1/openapi.json describes what there is"));
  auto response =
      error_reply(405, "wrong_method",
                  fmt::format("{} is not understood here, only {}", request.method, methods));
  response.fields.push_back({"Allow", methods});
  answer(std::move(response));
}

}  // namespace oriel::api
