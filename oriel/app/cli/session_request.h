#pragma once
// What a command asks of a session, over the conduit. Plain values.

#include <boost/describe.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "oriel/app/cli/session_options.h"

namespace oriel::cli {

struct SessionRequest {
  // One verb as words, or several as text.
  std::vector<std::string> words;
  std::string text;
  std::string folder;        // where the command was started
  std::string label;         // of the target, for names of files
  std::int64_t process = 0;  // of the command
  SessionOptions options;    // that it was given
  std::int64_t turn_ms = 0;  // until it must have a turn to act
  std::int64_t time_ms = 0;  // until it must have ended; 0: however long its verbs may take
  bool is_verbose = false;   // wants to hear what the connection says
};
BOOST_DESCRIBE_STRUCT(SessionRequest, (),
                      (words, text, folder, label, process, options, turn_ms, time_ms, is_verbose))

// Messages to the command meanwhile, each a text.
inline constexpr const char* kSessionNotice = "session.notice";
inline constexpr const char* kSessionLog = "session.log";

// The key of an answer that says why the session is not for this command: a list of options.
inline constexpr const char* kSessionDiffers = "differs";

}  // namespace oriel::cli
