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

// What `describe` tells.
struct Described {
  Array methods, streams;
};

CallResult<Described> ask_for_schemas(conduit::Client& client) {
  auto told = data_of(client.request("describe", Map()));
  if (!told) return std::unexpected(std::move(told.error()));
  const auto* methods = told->find("methods");
  if (methods == nullptr || methods->if_array() == nullptr)
    return std::unexpected(CallError{.code = CallCode::kInvalidType,
                                     .message = "the answer of describe has no list of methods"});
  const auto* streams = told->find("streams");
  const bool has_streams = streams != nullptr && streams->if_array() != nullptr;
  return Described{.methods = *methods->if_array(),
                   .streams = has_streams ? *streams->if_array() : Array()};
}

bool is_not_there(const CallError& error) { return error.code == CallCode::kMethodNotFound; }

int print_table(const Described& described) {
  std::vector<MethodFacts> methods;
  for (const auto& row : described.methods) methods.push_back(read_method_facts(row));
  std::vector<StreamFacts> streams;
  for (const auto& row : described.streams) streams.push_back(read_stream_facts(row));
  auto text = methods_table(methods);
  if (!streams.empty()) text += "\n" + streams_table(streams);
  return print_text(text);
}

int print_methods(conduit::Client& client, const ConduitOptions& options) {
  if (options.is_json && !options.shows_schemas) {
    auto rows = client.discover();
    if (!rows) return report_call("listall", rows.error());
    return print_json(Value(*std::move(rows)), options.is_json);
  }
  auto described = ask_for_schemas(client);
  if (options.shows_schemas) {
    if (!described) return report_call("describe", described.error());
    return print_json(Value(std::move(described->methods)), options.is_json);
  }
  if (!described && is_not_there(described.error())) {
    auto rows = client.discover();
    if (!rows) return report_call("listall", rows.error());
    described = Described{.methods = *std::move(rows), .streams = {}};
  }
  if (!described) return report_call("describe", described.error());
  return print_table(*described);
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
