#pragma once
// The description of the API for programs, made from the table of operations (OpenAPI 3.1).

#include <boost/json/value.hpp>

namespace oriel::api {

boost::json::value openapi_document();

}  // namespace oriel::api
