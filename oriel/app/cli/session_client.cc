#include "oriel/app/cli/session_client.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>
#include <utility>

#include "oriel/app/cli/drive_target.h"
#include "oriel/app/cli/session_place.h"
#include "oriel/app/cli/session_request.h"
#include "oriel/app/conduit/client.h"
#include "oriel/app/conduit/map_members.h"
#include "oriel/base/version.h"
#include "oriel/core/conduit/frame.h"

namespace oriel::cli {
namespace {

using boost::asio::awaitable;
using conduit::CallResult;
using conduit::Map;
using conduit::text_in;
using conduit::Value;

constexpr const char* kRunMethod = "session.run";
// A session that does not answer by then has stopped.
constexpr std::chrono::milliseconds kSessionTimeout{2000};

DriveOutcome outcome_of(const Value& value) {
  DriveOutcome outcome;
  outcome.has_connected = true;
  const auto* outputs = value.find("outputs");
  if (outputs != nullptr && outputs->if_array() != nullptr)
    for (const auto& row : *outputs->if_array()) {
      VerbOutput output;
      output.text = text_in(row, "text");
      boost::system::error_code error;
      auto json = boost::json::parse(text_in(row, "json"), error);
      if (!error && json.is_object()) output.json = std::move(json.get_object());
      if (const auto* picture = row.find("picture"); picture != nullptr && picture->if_bytes())
        output.picture = *picture->if_bytes();
      outcome.outputs.push_back(std::move(output));
    }
  const auto* kind = value.find("error_kind");
  if (kind == nullptr || kind->if_integer() == nullptr) return outcome;
  outcome.error = agent::AgentError{static_cast<agent::ErrorKind>(*kind->if_integer()),
                                    text_in(value, "error")};
  outcome.error_where = text_in(value, "where");
  return outcome;
}

conduit::ClientOptions client_options(const std::string& socket) {
  conduit::ClientOptions options;
  options.target = "unix:" + socket;
  options.allow_no_password = true;
  options.reconnect_enabled = false;
  options.name = "oriel";
  options.version = std::string(kVersion);
  options.max_message_size = conduit::kWirePayloadBytesMax;
  options.connect_timeout = kSessionTimeout;
  return options;
}

bool is_there(const std::string& socket) {
  struct stat status{};
  return ::lstat(socket.c_str(), &status) == 0 && S_ISSOCK(status.st_mode);
}

SessionRequest request_of(const client::ConnectionOptions& connection, SessionCalls calls,
                          std::optional<std::chrono::milliseconds> time) {
  std::error_code ignored;
  SessionRequest request;
  request.words = std::move(calls.words);
  request.text = std::move(calls.text);
  request.folder = std::filesystem::current_path(ignored).string();
  request.label = std::move(calls.label);
  request.process = ::getpid();
  request.options = session_options(connection);
  request.turn_ms = connection.timeout.count();
  request.time_ms = time ? time->count() : 0;
  request.is_verbose = connection.log != nullptr;
  return request;
}

// What differs, as a clause; empty when nothing does.
std::string differences_in(const Value& answer) {
  const auto* flags = answer.find(kSessionDiffers);
  std::string text;
  if (flags == nullptr || flags->if_array() == nullptr) return text;
  for (const auto& flag : *flags->if_array())
    if (const auto* name = flag.if_text()) text += (text.empty() ? "" : ", ") + *name;
  return text;
}

}  // namespace

std::optional<CallResult<Value>> call_session(const std::string& socket,
                                              const std::string& method) {
  if (!is_there(socket)) return std::nullopt;
  conduit::Client client(client_options(socket));
  if (!client.connect()) return std::nullopt;
  return client.call<Value>(method, Map{}, {.timeout = kSessionTimeout});
}

awaitable<std::optional<DriveOutcome>> run_in_session(boost::asio::any_io_executor executor,
                                                      client::ConnectionOptions connection,
                                                      SessionCalls calls,
                                                      std::optional<std::chrono::milliseconds> time,
                                                      std::function<void(std::string)> notice) {
  const auto folder = session_folder();
  if (!folder || session_sockets(*folder).empty()) co_return std::nullopt;
  const auto socket = session_socket(*folder, connection);
  if (!socket || !is_there(*socket)) co_return std::nullopt;
  auto to_session = client_options(*socket);
  if (time) to_session.connect_timeout = std::min(kSessionTimeout, *time);
  const auto shown = shown_target_of(connection);
  conduit::Client client(std::move(executor), std::move(to_session));
  const auto on_loop = conduit::HandlerOptions{.run = conduit::Run::kLoop};
  (void)client.on(kSessionNotice, [notice](const std::string& clause) { notice(clause); }, on_loop);
  (void)client.on(
      kSessionLog,
      [log = connection.log](const std::string& line) {
        if (log) log(line);
      },
      on_loop);
  const auto connected = co_await client.async_connect();
  if (!connected) {
    const auto process = session_process(*socket);
    if (!process) co_return std::nullopt;
    const auto clause =
        fmt::format("the session of {} (process {}) does not answer", shown, *process);
    if (time && *time <= kSessionTimeout) {
      DriveOutcome silent;
      silent.target = shown;
      silent.error = agent::AgentError{agent::ErrorKind::kTimeout, clause};
      co_return silent;
    }
    notice(clause + ": this command connects by itself");
    co_return std::nullopt;
  }
  auto request = conduit::to_value(request_of(connection, std::move(calls), time));
  // It keeps to its times by itself, unless it hangs.
  conduit::ClientCallOptions call_options;
  call_options.timeout = time ? *time + kSessionTimeout : std::chrono::milliseconds::zero();
  auto arguments = conduit::params("request", request);
  auto asked = client.async_call<Value>(kRunMethod, std::move(arguments), std::move(call_options));
  const auto answer = co_await std::move(asked);
  if (!answer) {
    DriveOutcome outcome;
    outcome.target = shown;
    outcome.has_connected = true;
    outcome.error =
        agent::AgentError{agent::ErrorKind::kConnection,
                          "the session ended before it had answered: " + answer.error().message};
    co_return outcome;
  }
  if (const auto differs = differences_in(*answer); !differs.empty()) {
    notice(
        fmt::format("the session of {} has another value for {}: this command connects by itself",
                    shown, differs));
    co_return std::nullopt;
  }
  auto outcome = outcome_of(*answer);
  outcome.target = shown;
  co_return outcome;
}

}  // namespace oriel::cli
