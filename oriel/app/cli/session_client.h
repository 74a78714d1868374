#pragma once
// How a command speaks with a session.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "oriel/app/cli/drive_report.h"
#include "oriel/app/client/connection_options.h"
#include "oriel/core/conduit/response.h"

namespace oriel::cli {

// What a command asks of a session.
struct SessionCalls {
  // One verb as words, or several as text, as the user wrote them.
  std::vector<std::string> words;
  std::string text;
  std::string label;  // of the target, for names of files
};

// Does the verbs where a session keeps a connection to this target, within `time` if there is one.
// `notice` is told when it has to wait for another command. Nothing: there is no session, or one
// that does not answer or has other options, of which `notice` is told too; so one connects. When
// the coroutine is cancelled the session lets go of what the verbs held.
boost::asio::awaitable<std::optional<DriveOutcome>> run_in_session(
    boost::asio::any_io_executor executor, client::ConnectionOptions connection, SessionCalls calls,
    std::optional<std::chrono::milliseconds> time, std::function<void(std::string)> notice);

// Calls a method of the session at this socket; nothing when nobody listens there.
std::optional<conduit::CallResult<conduit::Value>> call_session(const std::string& socket,
                                                                const std::string& method);

}  // namespace oriel::cli
