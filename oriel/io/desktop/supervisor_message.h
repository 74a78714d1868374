#pragma once
// What Oriel and the supervisor of its headless desktop say to each other: the supervisor's
// arguments, and packets of text on a SOCK_SEQPACKET pair. Pure.
//
//   to the supervisor:   "session"                     start the session
//                        "stop"                        end everything
//   from it:             "ready N COOKIE PID FOLDER"   the X server :N (process PID) is there
//                        "failed TEXT"                 it cannot be; nothing follows
//                        "log TEXT"                    a line that the X server or the session
//                        wrote "notice TEXT"                 what the supervisor has to say "lost
//                        TEXT"                   the X server has ended; nothing follows

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "oriel/base/result.h"
#include "oriel/core/image/rect.h"
#include "oriel/io/desktop/xauthority.h"

namespace oriel::desktop {

struct HeadlessConfig {
  image::Size geometry{1280, 800};
  image::Size max_geometry{3840, 2160};
  std::optional<int> display;    // a free one when not given
  std::string session;           // command of the session, for /bin/sh; see session_plan.h
  std::uint64_t open_files = 0;  // limit for what is started; 0: that of this process

  friend bool operator==(const HeadlessConfig&, const HeadlessConfig&) = default;
};

// The arguments after the hidden subcommand, and back.
std::vector<std::string> write_supervisor_arguments(const HeadlessConfig& config);
Result<HeadlessConfig> parse_supervisor_arguments(std::span<const char* const> arguments);

struct ReadyMessage {
  int display = 0;
  Cookie cookie{};
  pid_t server = 0;
  std::string folder;

  friend bool operator==(const ReadyMessage&, const ReadyMessage&) = default;
};

enum class SupervisorWord { kFailed, kLog, kNotice, kLost };

struct SupervisorMessage {
  // Set for "ready"; else `word` and `text` are.
  std::optional<ReadyMessage> ready;
  SupervisorWord word = SupervisorWord::kLog;
  std::string text;

  friend bool operator==(const SupervisorMessage&, const SupervisorMessage&) = default;
};

std::string write_ready(const ReadyMessage& message);
// Control characters become blanks; cut to kMaxSupervisorLine bytes.
std::string write_text(SupervisorWord word, std::string_view text);
Result<SupervisorMessage> parse_supervisor_message(std::string_view packet);

}  // namespace oriel::desktop
