#include "oriel/app/cli/conduit_send.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <memory>
#include <utility>

#include "oriel/app/cli/command_table.h"
#include "oriel/app/cli/conduit_login.h"
#include "oriel/app/cli/conduit_options.h"
#include "oriel/app/cli/conduit_report.h"
#include "oriel/app/cli/say.h"
#include "oriel/app/conduit/outcome.h"
#include "oriel/base/time.h"

namespace oriel::cli {
namespace {

using conduit::Client;
using conduit::ClientError;
using conduit::ClientErrorKind;
using conduit::Value;

using Reply = std::expected<Value, ClientError>;
// The reply, or why there will be none; the first that comes counts.
using ReplyOutcome = conduit::Outcome<Reply>;

std::shared_ptr<ReplyOutcome> make_outcome() {
  return std::make_shared<ReplyOutcome>(
      conduit::client_failure(ClientErrorKind::kConnection, "the client has ended"));
}

void hear_reply(Client& client, const std::string& type,
                const std::shared_ptr<ReplyOutcome>& outcome) {
  client.on(type, [outcome](Value data) { outcome->give(std::move(data)); },
            {.run = conduit::Run::kLoop});
  client.on_disconnect([outcome](const ClientError& why) {
    outcome->give(conduit::client_failure(
        ClientErrorKind::kConnection,
        "the connection was lost before a reply came; the message may have been handled: " +
            why.message));
  });
}

}  // namespace

int run_send(std::span<const char* const> arguments) {
  ignore_broken_pipes();
  const auto options = parse_conduit_arguments(ConduitCommand::kSend, arguments);
  if (!options) return report_usage(options.error().message);
  if (options->wants_help) return print_text(conduit_help(ConduitCommand::kSend));
  const auto data = parse_conduit_data(options->words);
  if (!data) return report_usage(data.error().message);
  auto made = make_client_options(*options);
  if (!made) return report_usage(made.error().message);
  const auto time = options->timeout.value_or(made->rpc_timeout);
  made->send_timeout = std::min(made->send_timeout, time);
  const auto deadline = Clock::now() + time;
  const auto reply_type = options->name + "_response";
  std::shared_ptr<ReplyOutcome> outcome;  // of the last attempt to connect
  const auto client = connect_conduit(*std::move(made), [&](Client& attempt) {
    outcome = make_outcome();
    if (options->waits_for_reply) hear_reply(attempt, reply_type, outcome);
  });
  if (!client) return client.error();
  if (auto status = (*client)->send(options->name, *data); !status)
    return report_sending(status.error());
  if (!options->waits_for_reply) {
    (*client)->disconnect();  // behind the message
    return kDone;
  }
  auto reply = outcome->future();
  if (reply.wait_until(deadline) != std::future_status::ready) {
    say_error(fmt::format("no {} came within {:g} s; the message was sent", reply_type,
                          std::chrono::duration<double>(time).count()));
    return kTimedOut;
  }
  const auto got = reply.get();
  if (!got) return report_sending(got.error());
  return print_json(*got, options->is_json);
}

}  // namespace oriel::cli
