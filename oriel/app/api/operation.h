#pragma once
// One operation of the HTTP API: what it is called, who may ask for it, what it takes and gives.
// The router, the OpenAPI document and the tests loop over the table of them.

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <optional>
#include <span>
#include <string_view>

#include "oriel/app/api/backend.h"
#include "oriel/app/api/identity.h"
#include "oriel/io/net/http_answer.h"
#include "oriel/io/net/http_message.h"

namespace oriel::api {

// Who asks, as the door has found out.
struct Visitor {
  Roles roles;
  std::string token;  // of the session; empty: none
};

// A request for an operation: its parameters and body have been checked against the schemas.
struct Call {
  Backend& backend;
  net::HttpRequest request;
  Visitor visitor;
  boost::json::object parameters;  // of the path and the query, with the types of their schemas
  boost::json::value body;         // null: the operation takes none, or takes it as bytes
};

enum class ParameterPlace { kPath, kQuery };

struct Parameter {
  std::string_view name;
  ParameterPlace place;
  std::string_view schema;  // JSON Schema
  std::string_view help;
};

struct Operation {
  std::string_view method;
  std::string_view path;     // "/api/v1/viewers/{id}"
  std::string_view id;       // operationId
  std::string_view help;     // one sentence without a final period
  std::optional<Role> role;  // none: for everybody
  std::span<const Parameter> parameters;
  std::string_view body_types;   // "application/json", or several with ", " between; empty: no body
  std::string_view body_schema;  // JSON Schema of an application/json body
  int success = 200;
  std::string_view result_types;   // empty: the answer has no body
  std::string_view result_schema;  // JSON Schema of an application/json result
  void (*run)(Call call, net::HttpAnswer answer);
};

// THE list of operations. To add one: a row, and a function in the file of its subject.
std::span<const Operation> operation_table();

// The operations by subject, which the table puts together.
std::span<const Operation> session_operations();
std::span<const Operation> desktop_operations();
std::span<const Operation> viewer_operations();
std::span<const Operation> input_operations();

}  // namespace oriel::api
