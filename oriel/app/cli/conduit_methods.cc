#include "oriel/app/cli/conduit_methods.h"

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "oriel/app/cli/command_table.h"
#include "oriel/app/cli/conduit_login.h"
#include "oriel/app/cli/conduit_options.h"
#include "oriel/app/cli/conduit_report.h"
#include "oriel/app/config/suggestion.h"

namespace oriel::cli {
namespace {

using conduit::Array;
using conduit::CallCode;
using conduit::CallError;
using conduit::CallResult;
using conduit::Map;
using conduit::Value;

CallResult<Value> data_of(conduit::Answer answer) {
  if (!answer) return std::unexpected(std::move(answer.error()));
  return answer->data ? *std::move(answer->data) : Value();
}

CallResult<Array> described_methods(conduit::Client& client) {
  auto told = data_of(client.request("describe", Map()));
  if (!told) return std::unexpected(std::move(told.error()));
  const auto* methods = told->find("methods");
  if (methods == nullptr || methods->if_array() == nullptr)
    return std::unexpected(CallError{.code = CallCode::kInvalidType,
                                     .message = "the answer of describe has no list of methods"});
  return *methods->if_array();
}

bool is_not_there(const CallError& error) { return error.code == CallCode::kMethodNotFound; }

CallResult<std::vector<MethodFacts>> ask_for_methods(conduit::Client& client) {
  auto rows = described_methods(client);
  if (!rows && is_not_there(rows.error())) rows = client.discover();
  if (!rows) return std::unexpected(std::move(rows.error()));
  std::vector<MethodFacts> methods;
  for (const auto& row : *rows) methods.push_back(read_method_facts(row));
  return methods;
}

int print_methods(conduit::Client& client, const ConduitOptions& options) {
  if (options.shows_schemas || options.is_json) {
    auto rows = options.shows_schemas ? described_methods(client) : client.discover();
    if (!rows) return report_call(options.shows_schemas ? "describe" : "listall", rows.error());
    return print_json(Value(*std::move(rows)), options.is_json);
  }
  const auto methods = ask_for_methods(client);
  if (!methods) return report_call("listall", methods.error());
  return print_text(methods_table(*methods));
}

}  // namespace

CallResult<MethodFacts> ask_for_method(conduit::Client& client, std::string_view method) {
  const auto told = client.describe(method);
  if (told) return read_method_facts(*told);
  if (!is_not_there(told.error())) return std::unexpected(told.error());
  // A server without `describe` says the same as one without the method.
  const auto rows = client.discover();
  if (!rows) return std::unexpected(rows.error());
  std::vector<std::string> known;
  for (const auto& row : *rows) {
    auto facts = read_method_facts(row);
    if (facts.name == method) return facts;
    known.push_back(std::move(facts.name));
  }
  auto error = told.error();
  error.message = fmt::format("the server has no such method, {}", config::suggest(method, known));
  error.details = {};
  return std::unexpected(std::move(error));
}

int run_methods(std::span<const char* const> arguments) {
  ignore_broken_pipes();
  const auto options = parse_conduit_arguments(ConduitCommand::kMethods, arguments);
  if (!options) return report_usage(options.error().message);
  if (options->wants_help) return print_text(conduit_help(ConduitCommand::kMethods));
  auto made = make_client_options(*options);
  if (!made) return report_usage(made.error().message);
  if (options->timeout) made->rpc_timeout = *options->timeout;
  const auto client = connect_conduit(*std::move(made));
  if (!client) return client.error();
  return print_methods(**client, *options);
}

}  // namespace oriel::cli
