#include "oriel/app/cli/session_client.h"

#include <sys/stat.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <filesystem>
#include <utility>

#include "oriel/app/cli/session_place.h"
#include "oriel/app/conduit/client.h"
#include "oriel/base/version.h"
#include "oriel/core/conduit/frame.h"

namespace oriel::cli {
namespace {

using conduit::CallResult;
using conduit::Map;
using conduit::Value;

constexpr const char* kRunMethod = "session.run";
// A session that does not answer by then has stopped.
constexpr std::chrono::milliseconds kSessionTimeout{2000};

std::string text_in(const Value& map, std::string_view key) {
  const auto* value = map.find(key);
  const auto* text = value != nullptr ? value->if_text() : nullptr;
  return text != nullptr ? *text : std::string();
}

DriveOutcome outcome_of(const Value& value) {
  DriveOutcome outcome;
  outcome.has_connected = true;
  outcome.target = text_in(value, "target");
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

}  // namespace

std::optional<CallResult<Value>> call_session(const std::string& socket, const std::string& method,
                                              Map params) {
  struct stat status{};
  if (::lstat(socket.c_str(), &status) != 0 || !S_ISSOCK(status.st_mode)) return std::nullopt;
  conduit::ClientOptions options;
  options.target = "unix:" + socket;
  options.allow_no_password = true;
  options.reconnect_enabled = false;
  options.name = "oriel";
  options.version = std::string(kVersion);
  options.max_message_size = conduit::kWirePayloadBytesMax;
  options.connect_timeout = kSessionTimeout;
  conduit::Client client(options);
  if (!client.connect()) return std::nullopt;
  // Verbs have time-outs of their own.
  const bool is_long = method == kRunMethod;
  return client.call<Value>(
      method, params, {.timeout = is_long ? std::chrono::milliseconds::zero() : kSessionTimeout});
}

std::optional<DriveOutcome> run_in_session(const client::ConnectionOptions& connection,
                                           const DriveOptions& options, const OnOutput& on_output) {
  const auto folder = session_folder();
  if (!folder) return std::nullopt;
  const auto socket = session_socket(*folder, connection);
  if (!socket) return std::nullopt;
  conduit::Array words;
  for (const auto& word : options.words) words.push_back(word);
  std::error_code ignored;
  const auto answer =
      call_session(*socket, kRunMethod,
                   Map{{"words", std::move(words)},
                       {"text", options.text},
                       {"folder", std::filesystem::current_path(ignored).string()}});
  if (!answer) return std::nullopt;
  DriveOutcome outcome;
  if (*answer) {
    outcome = outcome_of(**answer);
  } else {
    outcome.target = shown_target_of(connection);
    outcome.has_connected = true;
    outcome.error =
        agent::AgentError{agent::ErrorKind::kConnection,
                          "the session ended before it had answered: " + answer->error().message};
  }
  if (on_output)
    for (const auto& output : outcome.outputs) on_output(output);
  return outcome;
}

}  // namespace oriel::cli
