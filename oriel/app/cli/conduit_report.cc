#include "oriel/app/cli/conduit_report.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <csignal>
#include <utility>

#include "oriel/app/cli/command_table.h"
#include "oriel/app/cli/line_output.h"
#include "oriel/app/cli/say.h"
#include "oriel/app/observe/escape.h"
#include "oriel/core/conduit/json.h"

namespace oriel::cli {
namespace {

namespace json = boost::json;
using conduit::CallCode;
using conduit::ClientErrorKind;

void indent(const json::value& value, std::size_t depth, std::string& out) {
  const auto begin_line = [&](bool is_first, std::size_t levels) {
    out += is_first ? "\n" : ",\n";
    out.append(2 * levels, ' ');
  };
  if (const auto* object = value.if_object(); object != nullptr && !object->empty()) {
    out += '{';
    bool is_first = true;
    for (const auto& member : *object) {
      begin_line(std::exchange(is_first, false), depth + 1);
      out += json::serialize(json::value(member.key()));
      out += ": ";
      indent(member.value(), depth + 1, out);
    }
    begin_line(true, depth);
    out += '}';
  } else if (const auto* array = value.if_array(); array != nullptr && !array->empty()) {
    out += '[';
    bool is_first = true;
    for (const auto& element : *array) {
      begin_line(std::exchange(is_first, false), depth + 1);
      indent(element, depth + 1, out);
    }
    begin_line(true, depth);
    out += ']';
  } else {
    out += value.is_object() || value.is_array() ? json::serialize(value)  // an empty one
                                                 : conduit::scalar_json_text(value);
  }
}

// Of errors that happen while there is, or was, a connection.
int exit_code_of(ClientErrorKind kind) {
  switch (kind) {
    case ClientErrorKind::kOptions:
    case ClientErrorKind::kValidation:
      return kUsage;
    case ClientErrorKind::kAuthentication:
      return kRefused;
    case ClientErrorKind::kConnection:
    case ClientErrorKind::kNotConnected:
    case ClientErrorKind::kUnknownOutcome:
      return kConnectionLost;
    case ClientErrorKind::kProtocol:
      return kProtocolError;
    case ClientErrorKind::kTimeout:
    case ClientErrorKind::kBackpressure:
      return kTimedOut;
    case ClientErrorKind::kRemote:
    case ClientErrorKind::kLocal:
      return kActionFailed;
    case ClientErrorKind::kUsage:
    case ClientErrorKind::kAlreadyConnected:
    case ClientErrorKind::kCancelled:
      break;
  }
  return kInternalError;
}

int exit_code_of(const conduit::CallError& error) {
  if (!conduit::is_remote(error)) return exit_code_of(kind_of(error));
  switch (error.code) {
    case CallCode::kAuthRequired:
    case CallCode::kAuthFailed:
    case CallCode::kAuthExpired:
    case CallCode::kPermissionDenied:
      return kRefused;
    case CallCode::kTimeout:
      return kTimedOut;
    default:
      return kActionFailed;
  }
}

}  // namespace

int report_usage(std::string_view message) {
  say_error(observe::text_line(message));
  return kUsage;
}

int report_unconnected(const conduit::ClientError& error, bool had_no_password) {
  const bool is_refused = error.kind == ClientErrorKind::kAuthentication;
  say_error(observe::text_line(error.message) +
            (is_refused && had_no_password
                 ? "; no password was given, give one with --password-file or ORIEL_PASSWORD"
                 : ""));
  const bool is_unreachable = error.kind == ClientErrorKind::kConnection;
  return is_unreachable ? static_cast<int>(kNeverConnected) : exit_code_of(error.kind);
}

int report_sending(const conduit::ClientError& error) {
  say_error(observe::text_line(error.message));
  return exit_code_of(error.kind);
}

int report_call(std::string_view method, const conduit::CallError& error) {
  std::string kind;
  if (error.code != CallCode::kUnknown) kind = row_of(error.code).name;
  if (error.number != 0)
    kind = kind.empty() ? fmt::format("error {}", error.number)
                        : fmt::format("{} ({})", kind, error.number);
  if (kind.empty()) kind = "failed";
  say_error(fmt::format("{}: {}: {}", observe::text_line(method), kind,
                        observe::text_line(error.message)));
  if (!error.details.is_null())
    say_error("details: " + observe::json_line(conduit::to_json_text(error.details)));
  return exit_code_of(error);
}

int report_output(const Status& written) {
  if (written || written.error().code == ErrorCode::kClosed) return kDone;
  say_error(written.error().message);
  return kInternalError;
}

void ignore_broken_pipes() { (void)std::signal(SIGPIPE, SIG_IGN); }

std::string indented_json(const json::value& value) {
  std::string out;
  indent(value, 0, out);
  return out;
}

int print_json(const conduit::Value& value, bool is_line) {
  const bool is_terminal = ::isatty(STDOUT_FILENO) == 1;
  if (is_line || !is_terminal) {
    const auto line = conduit::to_json_text(value);
    return report_output(
        LineOutput(STDOUT_FILENO).write(is_terminal ? observe::json_line(line) : line));
  }
  // Characters that drive the terminal are made harmless; the line ends are ours.
  const auto text = indented_json(conduit::to_json(value));
  std::string shown;
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto end = std::min(text.find('\n', begin), text.size());
    shown += observe::json_line(std::string_view(text).substr(begin, end - begin));
    if (end < text.size()) shown += '\n';
    begin = end + 1;
  }
  return report_output(LineOutput(STDOUT_FILENO).write(shown));
}

int print_text(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  return report_output(LineOutput(STDOUT_FILENO).write(text));
}

}  // namespace oriel::cli
