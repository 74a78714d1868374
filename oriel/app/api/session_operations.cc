// Logging in and out, and the description of the API.

#include <array>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "oriel/app/api/openapi.h"
#include "oriel/app/api/operation.h"
#include "oriel/app/api/reply.h"
#include "oriel/app/api/session_cookie.h"

namespace oriel::api {
namespace {

namespace json = boost::json;

json::value session_document(const Call& call, Roles roles) {
  const auto server = call.backend.server();
  json::array names;
  for (std::size_t i = 0; i < kRoleNames.size(); ++i)
    if (roles.contains(static_cast<Role>(i)))
      names.push_back(json::string_view(kRoleNames[i].data(), kRoleNames[i].size()));
  return {{"name", server.name},
          {"version", server.version},
          {"password_required", server.is_password_required},
          {"authenticated", !roles.empty()},
          {"roles", std::move(names)},
          {"tls", call.request.is_secure}};
}

void show_session(Call call, net::HttpAnswer answer) {
  answer(json_reply(session_document(call, call.visitor.roles)));
}

std::string cookie(const net::HttpRequest& request, const std::string& token, const char* more) {
  return session_cookie_name(request) + "=" + token + "; Path=/; HttpOnly; SameSite=Strict" +
         (request.is_secure ? "; Secure" : "") + more;
}

void log_in(Call call, net::HttpAnswer answer) {
  const auto& password = call.body.at("password").as_string();
  int retry_after_s = 0;
  const auto log_in =
      call.backend.log_in(call.request.peer, {password.data(), password.size()}, retry_after_s);
  if (!log_in && log_in.error().code == ErrorCode::kUnavailable) {
    auto response = json_reply({{"error",
                                 {{"code", "locked_out"},
                                  {"message", log_in.error().message + "."},
                                  {"retry_after", retry_after_s}}}},
                               429);
    response.fields.push_back({"Retry-After", std::to_string(retry_after_s)});
    return answer(std::move(response));
  }
  if (!log_in) return answer(error_reply(401, "wrong_password", log_in.error().message));
  auto response = json_reply(session_document(call, log_in->roles));
  if (!log_in->token.empty())
    response.fields.push_back({"Set-Cookie", cookie(call.request, log_in->token, "")});
  answer(std::move(response));
}

void log_out(Call call, net::HttpAnswer answer) {
  call.backend.log_out(call.visitor.token);
  auto response = empty_reply();
  response.fields.push_back({"Set-Cookie", cookie(call.request, "", "; Max-Age=0")});
  answer(std::move(response));
}

void describe(Call, net::HttpAnswer answer) {
  static const auto document = json::serialize(openapi_document()) + "\n";
  answer(net::http_body(200, "application/json", document));
}

constexpr std::string_view kSession = R"({"type": "object", "properties": {
  "name": {"type": "string", "description": "of the desktop"},
  "version": {"type": "string"},
  "password_required": {"type": "boolean"},
  "authenticated": {"type": "boolean"},
  "roles": {"type": "array", "items": {"type": "string"}},
  "tls": {"type": "boolean"}}})";

constexpr auto kOperations = std::to_array<Operation>({
    {.method = "GET",
     .path = "/api/v1/session",
     .id = "getSession",
     .help = "Who one is here, and whether a password is needed",
     .result_types = "application/json",
     .result_schema = kSession,
     .run = show_session},
    {.method = "POST",
     .path = "/api/v1/session",
     .id = "logIn",
     .help = "Logs in by a password and gets a cookie",
     .body_types = "application/json",
     .body_schema = R"({"type": "object", "required": ["password"], "properties": {
       "password": {"type": "string", "maxLength": 1024}}})",
     .result_types = "application/json",
     .result_schema = kSession,
     .run = log_in},
    {.method = "DELETE",
     .path = "/api/v1/session",
     .id = "logOut",
     .help = "Ends the log-in, and the connections that it opened",
     .success = 204,
     .run = log_out},
    {.method = "GET",
     .path = "/api/v1/openapi.json",
     .id = "getDescription",
     .help = "This description",
     .result_types = "application/json",
     .result_schema = R"({"type": "object"})",
     .run = describe},
});

}  // namespace

std::span<const Operation> session_operations() { return kOperations; }

}  // namespace oriel::api
