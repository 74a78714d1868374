#include "oriel/app/api/openapi.h"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <string>

#include "oriel/app/api/operation.h"
#include "oriel/base/version.h"

namespace oriel::api {
namespace {

namespace json = boost::json;

json::string_view view(std::string_view text) { return {text.data(), text.size()}; }

json::object content(std::string_view types, std::string_view schema) {
  json::object content;
  while (!types.empty()) {
    const auto end = std::min(types.find(", "), types.size());
    const auto type = types.substr(0, end);
    types.remove_prefix(std::min(end + 2, types.size()));
    json::object media;
    if (type == "application/json")
      media["schema"] = json::parse(view(schema));
    else if (type.starts_with("text/"))
      media["schema"] = {{"type", "string"}};
    content[view(type)] = std::move(media);
  }
  return content;
}

json::object error_answer(std::string_view help) {
  return {
      {"description", view(help)},
      {"content", {{"application/json", {{"schema", {{"$ref", "#/components/schemas/Error"}}}}}}}};
}

json::array parameters_of(const Operation& operation) {
  json::array parameters;
  for (const auto& parameter : operation.parameters) {
    const bool is_path = parameter.place == ParameterPlace::kPath;
    parameters.push_back({{"name", view(parameter.name)},
                          {"in", is_path ? "path" : "query"},
                          {"required", is_path},
                          {"description", view(parameter.help)},
                          {"schema", json::parse(view(parameter.schema))}});
  }
  return parameters;
}

json::object description_of(const Operation& operation) {
  json::object responses;
  json::object success{{"description", "Done."}};
  if (!operation.result_types.empty())
    success["content"] = content(operation.result_types, operation.result_schema);
  responses[std::to_string(operation.success)] = std::move(success);
  if (!operation.parameters.empty() || !operation.body_types.empty())
    responses["400"] = error_answer("A parameter or the body is wrong.");
  if (operation.role) {
    responses["401"] = error_answer("Nobody has logged in.");
    responses["403"] =
        error_answer(fmt::format("The role {} is missing.", role_name(*operation.role)));
  }
  responses["default"] = error_answer("It could not be done, for the reason that is said.");
  json::object description{{"operationId", view(operation.id)},
                           {"summary", view(operation.help)},
                           {"responses", std::move(responses)}};
  if (operation.role) {
    description["description"] = fmt::format("Needs the role `{}`.", role_name(*operation.role));
    description["security"] = {json::object{{"cookie", json::array{}}},
                               json::object{{"bearer", json::array{}}}};
  } else {
    description["security"] = json::array{};
  }
  if (!operation.parameters.empty()) description["parameters"] = parameters_of(operation);
  if (!operation.body_types.empty())
    description["requestBody"] = {
        {"required", true}, {"content", content(operation.body_types, operation.body_schema)}};
  return description;
}

std::string lowered(std::string_view method) {
  std::string text(method);
  for (char& c : text) c = static_cast<char>(c - 'A' + 'a');
  return text;
}

}  // namespace

json::value openapi_document() {
  json::object paths;
  for (const auto& operation : operation_table()) {
    auto& path = paths[view(operation.path)];
    if (!path.is_object()) path = json::object{};
    path.as_object()[lowered(operation.method)] = description_of(operation);
  }
  return {{"openapi", "3.1.0"},
          {"info",
           {{"title", "Oriel"},
            {"version", kVersion},
            {"description", "See and drive a remote desktop over HTTP."},
            {"license", {{"name", "MIT"}, {"identifier", "MIT"}}}}},
          {"servers", {json::object{{"url", "/"}}}},
          {"paths", std::move(paths)},
          {"components",
           {{"securitySchemes",
             {{"cookie",
               {{"type", "apiKey"},
                {"in", "cookie"},
                {"name", "oriel_session_PORT"},
                {"description", "As POST /api/v1/session has set it; PORT is the server's."}}},
              {"bearer", {{"type", "http"}, {"scheme", "bearer"}}}}},
            {"schemas",
             {{"Error",
               json::parse(R"({"type": "object", "required": ["error"], "properties": {"error": {
                 "type": "object", "required": ["code", "message"], "properties": {
                   "code": {"type": "string"}, "message": {"type": "string"},
                   "retry_after": {"type": "integer", "description": "seconds"}}}}})")}}}}}};
}

}  // namespace oriel::api
