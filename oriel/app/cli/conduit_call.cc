#include "oriel/app/cli/conduit_call.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "oriel/app/cli/command_table.h"
#include "oriel/app/cli/conduit_login.h"
#include "oriel/app/cli/conduit_methods.h"
#include "oriel/app/cli/conduit_options.h"
#include "oriel/app/cli/conduit_report.h"
#include "oriel/base/time.h"

namespace oriel::cli {
namespace {

using conduit::Value;
using std::chrono::milliseconds;

int print_method_help(conduit::Client& client, const ConduitOptions& options) {
  const auto method = ask_for_method(client, options.name);
  if (!method) return report_call(options.name, method.error());
  // As it was typed, unless there may be a password in it.
  const bool is_plain = options.target.find('@') == std::string::npos;
  return print_text(method_help(*method, is_plain ? options.target : client.target()));
}

int call(conduit::Client& client, const ConduitOptions& options, Value params, milliseconds time) {
  auto answer = client.request(options.name, std::move(params), {.timeout = time});
  int code = kDone;
  if (!answer) {
    code = report_call(options.name, answer.error());
    if (!options.is_raw || !conduit::is_remote(answer.error())) return code;
  }
  if (options.is_raw) {
    const auto numbers = client.server_info().error_numbers.value_or(client.config().error_numbers);
    const int printed = print_json(write_answer(std::move(answer), numbers), options.is_json);
    return code == kDone ? printed : code;
  }
  return print_json(answer->data ? *answer->data : Value(), options.is_json);
}

}  // namespace

int run_call(std::span<const char* const> arguments) {
  ignore_broken_pipes();
  const auto options = parse_conduit_arguments(ConduitCommand::kCall, arguments);
  if (!options) return report_usage(options.error().message);
  const bool is_about_method = options->wants_help && !options->name.empty();
  if (options->wants_help && !is_about_method)
    return print_text(conduit_help(ConduitCommand::kCall));
  // Nothing is asked of a server before what is for it has been read.
  auto params = is_about_method ? Result<Value>() : parse_conduit_params(options->words);
  if (!params) return report_usage(params.error().message);
  auto made = make_client_options(*options);
  if (!made) return report_usage(made.error().message);
  const auto time = options->timeout.value_or(made->rpc_timeout);
  made->rpc_timeout = time;
  const auto deadline = Clock::now() + time;
  const auto client = connect_conduit(*std::move(made));
  if (!client) return client.error();
  if (is_about_method) return print_method_help(**client, *options);
  const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now());
  return call(**client, *options, *std::move(params), std::max(left, milliseconds(1)));
}

}  // namespace oriel::cli
