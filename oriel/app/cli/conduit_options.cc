#include "oriel/app/cli/conduit_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <utility>

#include "oriel/app/cli/flag_reader.h"
#include "oriel/app/cli/monitor_flag_values.h"
#include "oriel/app/config/private_file.h"
#include "oriel/app/config/suggestion.h"
#include "oriel/app/net/stream_target.h"
#include "oriel/core/conduit/json.h"
#include "oriel/core/conduit/limits.h"
#include "oriel/core/conduit/utf8.h"

namespace oriel::cli {
namespace {

using conduit::Value;
using config::printable;
using namespace std::chrono_literals;

constexpr unsigned kCall = 1, kListen = 2, kSend = 4, kMethods = 8;
constexpr unsigned kAll = kCall | kListen | kSend | kMethods;
constexpr unsigned kCountMax = 1'000'000'000;
constexpr std::chrono::milliseconds kDay = 24h;
constexpr std::size_t kReadBytes = 64 * 1024;

std::unexpected<Error> wrong(std::string message) {
  return fail(ErrorCode::kInvalid, std::move(message));
}

// ---- usage

struct Usage {
  ConduitCommand command;
  std::string_view words;  // after the command
  std::string_view name;   // what is missing without a second word; empty: nothing
  std::string_view text;   // for --help
};
constexpr Usage kUsages[] = {
    {ConduitCommand::kCall, "call TARGET METHOD [JSON | KEY=VALUE ...]", "METHOD",
     "Example: oriel call localhost:8080 add a=1 b=2\n"
     "         oriel call localhost:8080 add '{\"a\": 1, \"b\": 2}'\n"
     "         oriel call localhost:8080 add --help\n\n"
     "Calls a method of a conduit server and prints its result as JSON.\n"},
    {ConduitCommand::kListen, "listen TARGET [TYPE ...]", "",
     "Example: oriel listen localhost:8080 alert\n\n"
     "Prints the messages of a conduit server, all or those of the types, as JSON Lines, and\n"
     "connects again when the connection is lost.\n"},
    {ConduitCommand::kSend, "send TARGET TYPE [JSON | KEY=VALUE ...]", "TYPE",
     "Example: oriel send localhost:8080 chat message=hello\n\n"
     "Sends a message to a conduit server.\n"},
    {ConduitCommand::kMethods, "methods TARGET", "",
     "Example: oriel methods localhost:8080\n\n"
     "Lists the methods of a conduit server.\n"},
};

const Usage& usage_of(ConduitCommand command) {
  return *std::ranges::find(kUsages, command, &Usage::command);
}

// ---- flags

template <auto kMember, bool kValue = true>
Status set_switch(ConduitOptions& options, std::string_view) {
  options.*kMember = kValue;
  return {};
}

template <auto kMember>
Status set_path(ConduitOptions& options, std::string_view text) {
  if (text.empty()) return wrong("expected the name of a file, got an empty text");
  options.*kMember = text;
  return {};
}

Status set_login(ConduitOptions& options, std::string_view text) {
  if (text == "auto") {
    options.login = conduit::Login::kAuto;
  } else if (text == "scram") {
    options.login = conduit::Login::kScram;
  } else if (text == "hash") {
    options.login = conduit::Login::kPasswordHash;
  } else {
    return wrong(fmt::format("\"{}\" is none, expected auto, scram or hash", printable(text)));
  }
  return {};
}

Status set_error_numbers(ConduitOptions& options, std::string_view text) {
  const auto numbers = conduit::find_error_numbers(text);
  if (!numbers)
    return wrong(fmt::format("\"{}\" is none, expected programs or seed", printable(text)));
  options.error_numbers = *numbers;
  return {};
}

Status set_timeout(ConduitOptions& options, std::string_view text) {
  ORIEL_TRY(options.timeout, parse_time(text, 1ms, kDay));
  return {};
}

Status set_count(ConduitOptions& options, std::string_view text) {
  ORIEL_TRY(options.count, parse_count(text, 1, kCountMax));
  return {};
}

struct Flag {
  std::string_view name;
  std::string_view short_name;
  std::string_view value_name;  // empty for switches
  unsigned commands;
  std::string_view help;
  Status (*set)(ConduitOptions&, std::string_view text);
};

using Options = ConduitOptions;

// THE list of flags of the commands of the conduit.
constexpr Flag kFlags[] = {
    {"--json", "", "", kAll, "One line of JSON, also on a terminal", set_switch<&Options::is_json>},
    {"--raw", "", "", kCall,
     "The whole answer: also its message, metadata and pagination, or the error",
     set_switch<&Options::is_raw>},
    {"--schema", "", "", kMethods, "The JSON Schemas of parameters and results, as JSON",
     set_switch<&Options::shows_schemas>},
    {"--wait-reply", "", "", kSend, "Waits for the message TYPE_response and prints its data",
     set_switch<&Options::waits_for_reply>},
    {"--count", "", "N", kListen, "Ends after N messages", set_count},
    {"--timeout", "", "SECONDS", kCall | kSend | kMethods,
     "How long all of it may take, the connection included; 30 without it", set_timeout},
    {"--timeout", "", "SECONDS", kListen,
     "Ends after this time; without it, at Ctrl-C. Exit code 40 when --count was not reached",
     set_timeout},
    {"--password-file", "", "FILE", kAll,
     "The first line is the password. Otherwise it is that of the target "
     "(tcp://:PASSWORD@HOST), or ORIEL_PASSWORD, or asked for on a terminal",
     set_path<&Options::password_file>},
    {"--login", "", "METHOD", kAll,
     "How the password is shown: auto (SCRAM, or a hash where nobody can hear it), scram, or hash "
     "as the programs of netconduit do",
     set_login},
    {"--error-numbers", "", "TABLE", kAll,
     "What the numbers of errors mean: programs, as those of netconduit send them, or seed, as its "
     "documentation has them. Servers of Oriel say it themselves",
     set_error_numbers},
    {"--ca", "", "FILE", kAll,
     "Certificates (PEM) that are trusted for tls:// and wss:// in place of the system's",
     set_path<&Options::ca_file>},
    {"--insecure", "", "", kAll,
     "Takes any certificate: what is sent is encrypted, but perhaps for somebody else",
     set_switch<&Options::verify, false>},
    {"--cert", "", "FILE", kAll, "A certificate (PEM) for servers that ask for one; with --key",
     set_path<&Options::certificate_file>},
    {"--key", "", "FILE", kAll, "Its private key (PEM)", set_path<&Options::key_file>},
    {"--verbose", "-v", "", kAll, "Says on standard error what the connection does",
     set_switch<&Options::is_verbose>},
    {"--help", "-h", "", kAll, "Shows this; after TARGET METHOD of `call`, what the method takes",
     set_switch<&Options::wants_help>},
};

const Flag* find_flag(unsigned command, std::string_view name) {
  const auto found = std::ranges::find_if(kFlags, [&](const Flag& flag) {
    return (flag.commands & command) != 0 &&
           (flag.name == name || (!flag.short_name.empty() && flag.short_name == name));
  });
  return found != std::end(kFlags) ? found : nullptr;
}

std::unexpected<Error> unknown_flag(unsigned command, std::string_view name) {
  std::string others;
  for (const auto& usage : kUsages)
    if (find_flag(static_cast<unsigned>(usage.command), name) != nullptr)
      others += fmt::format("{}`oriel {}`", others.empty() ? "" : ", ",
                            usage.words.substr(0, usage.words.find(' ')));
  if (!others.empty()) return wrong(fmt::format("{} is a flag of {}", printable(name), others));
  std::vector<std::string> known;
  for (const auto& flag : kFlags)
    if ((flag.commands & command) != 0) known.emplace_back(flag.name);
  return wrong(fmt::format("unknown flag {}, {}", printable(name), config::suggest(name, known)));
}

Result<std::vector<std::string>> take_flags(unsigned command,
                                            std::span<const char* const> arguments,
                                            ConduitOptions& options) {
  std::vector<std::string> words;
  FlagReader reader(arguments);
  while (const auto argument = reader.next()) {
    if (argument->name.empty()) {
      words.emplace_back(argument->text);
      continue;
    }
    const auto* flag = find_flag(command, argument->name);
    if (flag == nullptr) return unknown_flag(command, argument->name);
    ORIEL_TRY(const auto value, reader.value_of(*argument, flag->value_name));
    if (auto status = flag->set(options, value); !status)
      return wrong(fmt::format("{}: {}", argument->name, status.error().message));
  }
  return words;
}

Status check_tls(const ConduitOptions& options) {
  if (options.certificate_file.empty() != options.key_file.empty())
    return wrong("--cert and --key belong together, only one of them is given");
  ORIEL_TRY(const auto target, net::parse_stream_target(options.target));
  if (target.carrier == net::StreamCarrier::kTls ||
      target.carrier == net::StreamCarrier::kSecureWebSocket)
    return {};
  const char* flag = !options.ca_file.empty()            ? "--ca"
                     : !options.verify                   ? "--insecure"
                     : !options.certificate_file.empty() ? "--cert"
                                                         : nullptr;
  if (flag == nullptr) return {};
  return wrong(fmt::format("{} is for tls:// and wss:// targets, got {}", flag, target.shown()));
}

constexpr std::string_view kTargetHelp =
    "TARGET is HOST[:PORT] (8080), tcp://, tls://, unix:PATH, ws:// or wss://; an IPv6 address\n"
    "has brackets around it, such as [::1]:8080.\n";
constexpr std::string_view kDataHelp =
    "VALUE is JSON where it is valid JSON, else text, unless it begins as JSON does, with {, [\n"
    "or \"; KEY=@FILE reads text from FILE, and '\"@home\"' is text that begins with @; a JSON of\n"
    "\"-\" is read from standard input.\n";

// ---- data

Result<std::string> read_stream(std::FILE* stream, std::string_view what) {
  std::string text;
  std::string part(kReadBytes, '\0');
  while (const auto count = std::fread(part.data(), 1, part.size(), stream)) {
    text.append(part, 0, count);
    if (text.size() > conduit::kMessageBytes)
      return wrong(fmt::format("{}: more than the {} bytes that a message may have", what,
                               conduit::kMessageBytes));
  }
  if (std::ferror(stream) != 0) return wrong(fmt::format("{}: {}", what, std::strerror(errno)));
  return text;
}

Result<Value> text_of_file(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "re"),
                                                             std::fclose);
  if (!file) return wrong(fmt::format("{}: {}", printable(path), std::strerror(errno)));
  ORIEL_TRY(auto text, read_stream(file.get(), printable(path)));
  if (!conduit::is_utf8(text))
    return wrong(fmt::format("{}: expected text in UTF-8", printable(path)));
  return Value(std::move(text));
}

bool looks_like_json(std::string_view word) {
  return word.starts_with('{') || word.starts_with('[') || word.starts_with('"');
}

Result<Value> value_of(std::string_view text) {
  if (text.starts_with('@')) return text_of_file(std::string(text.substr(1)));
  auto value = conduit::parse_json(text);
  if (value) return value;
  if (looks_like_json(text))
    return wrong(
        fmt::format("\"{}\" begins as JSON does, but {}; text that begins so is written as "
                    "a JSON string",
                    printable(text), value.error().message));
  if (!conduit::is_utf8(text)) return wrong("expected text in UTF-8");
  return Value(text);
}

Result<Value> json_of(std::string_view text, std::string_view what) {
  auto value = conduit::parse_json(text);
  if (!value)
    return wrong(fmt::format("{} \"{}\": {}", what, printable(text), value.error().message));
  return value;
}

Status check_name(std::string_view what, std::string_view name) {
  if (name.size() <= conduit::kNameBytesMax) return {};
  return wrong(fmt::format("{} has {} bytes, at most {} are allowed", what, name.size(),
                           conduit::kNameBytesMax));
}

Status check_types(std::span<const std::string> types) {
  for (const auto& type : types) {
    if (type.empty() || type == "*")
      return wrong(fmt::format("TYPE: \"{}\" is none; without a TYPE all are shown", type));
    ORIEL_TRY_VOID(check_name("TYPE", type));
  }
  return {};
}

}  // namespace

Result<ConduitOptions> parse_conduit_arguments(ConduitCommand command,
                                               std::span<const char* const> arguments) {
  ConduitOptions options;
  const auto& usage = usage_of(command);
  ORIEL_TRY(auto words, take_flags(static_cast<unsigned>(command), arguments, options));
  auto word = words.begin();
  if (word != words.end()) options.target = std::move(*word++);
  if (!usage.name.empty() && word != words.end()) options.name = std::move(*word++);
  options.words.assign(std::make_move_iterator(word), std::make_move_iterator(words.end()));
  if (options.target.empty()) {
    if (options.wants_help) return options;
    return wrong(fmt::format("TARGET is missing: oriel {}", usage.words));
  }
  ORIEL_TRY_VOID(check_tls(options));
  if (options.wants_help) return options;
  if (!usage.name.empty() && options.name.empty())
    return wrong(fmt::format("{} is missing: oriel {}", usage.name, usage.words));
  ORIEL_TRY_VOID(check_name(usage.name, options.name));
  if (command == ConduitCommand::kListen) ORIEL_TRY_VOID(check_types(options.words));
  if (command == ConduitCommand::kMethods && !options.words.empty())
    return wrong(
        fmt::format("methods takes a TARGET only, got {} too; `oriel call TARGET METHOD "
                    "--help` says more of one method",
                    printable(options.words.front())));
  return options;
}

std::string conduit_help(ConduitCommand command) {
  const auto& usage = usage_of(command);
  auto text =
      fmt::format("{}\nUsage: oriel {} [FLAG ...]\n{}", usage.text, usage.words, kTargetHelp);
  if (!usage.name.empty()) text += kDataHelp;
  text += "\nFlags:\n";
  for (const auto& flag : kFlags) {
    if ((flag.commands & static_cast<unsigned>(command)) == 0) continue;
    text += fmt::format("  {}{}{}{}{}\n      {}\n", flag.short_name,
                        flag.short_name.empty() ? "" : ", ", flag.name,
                        flag.value_name.empty() ? "" : " ", flag.value_name, flag.help);
  }
  return text +
         "\nExit codes: 0 done, 2 usage, 3 refused, 10 cannot connect, 11 connection lost (a call "
         "may have\nrun), 20 the peer speaks something else, 30 the server says that it failed, 40 "
         "time-out.\n";
}

Result<Value> parse_conduit_data(std::span<const std::string> words) {
  if (words.size() == 1 && words[0] == "-") {
    ORIEL_TRY(const auto text, read_stream(stdin, "standard input"));
    return json_of(text, "standard input");
  }
  if (words.size() == 1) {
    if (looks_like_json(words[0])) return json_of(words[0], "JSON");
    if (auto value = conduit::parse_json(words[0])) return value;  // 5, true, null
  }
  conduit::Map map;
  for (const auto& word : words) {
    const auto equals = word.find('=');
    if (looks_like_json(word) || word == "-")
      return wrong(fmt::format("JSON stands alone, got {} beside other words", printable(word)));
    if (equals == word.npos || equals == 0)
      return wrong(
          fmt::format("expected one word of JSON, or KEY=VALUE, got \"{}\"; text alone is "
                      "'\"text\"'",
                      printable(word)));
    const auto key = std::string_view(word).substr(0, equals);
    if (!conduit::is_utf8(key)) return wrong("expected a KEY in UTF-8");
    if (map.contains(key)) return wrong(fmt::format("{} is given twice", printable(key)));
    auto value = value_of(std::string_view(word).substr(equals + 1));
    if (!value) return wrong(fmt::format("{}: {}", printable(key), value.error().message));
    map.set(key, *std::move(value));
  }
  return Value(std::move(map));
}

Result<Value> parse_conduit_params(std::span<const std::string> words) {
  ORIEL_TRY(auto value, parse_conduit_data(words));
  if (value.if_map() == nullptr && value.if_array() == nullptr && !value.is_null())
    return wrong(fmt::format("a call takes a JSON object or array, got {}", describe(value)));
  return value;
}

}  // namespace oriel::cli
