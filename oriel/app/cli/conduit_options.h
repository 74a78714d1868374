#pragma once
// What `oriel call`, `listen`, `send` and `methods` are told, read from their arguments.

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "oriel/app/conduit/client_options.h"
#include "oriel/base/result.h"
#include "oriel/core/conduit/value.h"

namespace oriel::cli {

enum class ConduitCommand : unsigned { kCall = 1, kListen = 2, kSend = 4, kMethods = 8 };

struct ConduitOptions {
  std::string target;
  std::string name;                // the method of `call`, the type of `send`
  std::vector<std::string> words;  // what follows

  std::string password_file;
  std::string ca_file;
  std::string certificate_file;
  std::string key_file;
  bool verify = true;
  conduit::Login login = conduit::Login::kAuto;
  conduit::ErrorNumbers error_numbers = conduit::ErrorNumbers::kPrograms;

  bool is_json = false;
  bool is_raw = false;
  bool shows_schemas = false;
  bool waits_for_reply = false;
  bool is_verbose = false;
  bool wants_help = false;
  std::optional<unsigned> count;
  std::optional<std::chrono::milliseconds> timeout;
};

// `arguments` are those after the command's name. Errors are kInvalid, one sentence for the user.
// With --help the rest may be missing.
Result<ConduitOptions> parse_conduit_arguments(ConduitCommand command,
                                               std::span<const char* const> arguments);

// What `oriel COMMAND --help` prints: examples first.
std::string conduit_help(ConduitCommand command);

// What is sent: one word of JSON, or KEY=VALUE words, which become a map. VALUE is JSON where it is
// valid JSON, else text, but not what begins as JSON does; @FILE is the text of a file; a word "-"
// is JSON from standard input. No words: an empty map.
Result<conduit::Value> parse_conduit_data(std::span<const std::string> words);
// The same for a call, which takes a map, an array or null.
Result<conduit::Value> parse_conduit_params(std::span<const std::string> words);

}  // namespace oriel::cli
