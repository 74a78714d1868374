// Any JSON against every schema of the API: a verdict or a sentence, and what passes as a list of
// actions can be made into values within their limits.

#include <boost/json/parse.hpp>
#include <cstddef>
#include <cstdint>

#include "fuzz/fuzzer.h"
#include "oriel/app/api/action_document.h"
#include "oriel/app/api/limits.h"
#include "oriel/app/api/operation.h"
#include "oriel/app/api/schema.h"
#include "oriel/base/check.h"

namespace {

namespace json = boost::json;
using namespace oriel;

void check(const json::value& value, std::string_view schema) {
  if (schema.empty()) return;
  const auto status =
      api::check_schema(value, json::parse(json::string_view(schema.data(), schema.size())));
  ORIEL_CHECK(status || !status.error().message.empty());
}

}  // namespace

ORIEL_FUZZER(json_schema, data, size) {
  json::error_code error;
  const auto value =
      json::parse(json::string_view(reinterpret_cast<const char*>(data), size), error);
  if (error) return 0;
  for (const auto& operation : api::operation_table()) {
    check(value, operation.body_schema);
    check(value, operation.result_schema);
    for (const auto& parameter : operation.parameters) check(value, parameter.schema);
  }
  const auto schema =
      json::parse(json::string_view(api::kActionsSchema.data(), api::kActionsSchema.size()));
  if (!api::check_schema(value, schema)) return 0;
  const auto actions = api::actions_of(value);
  ORIEL_CHECK(!actions || actions->size() <= api::kActionsMax);
  return 0;
}
