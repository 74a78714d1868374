#include "oriel/app/cli/drive_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <optional>
#include <utility>

#include "oriel/app/cli/flag_reader.h"
#include "oriel/app/cli/monitor_flag_values.h"
#include "oriel/app/client/preset_table.h"
#include "oriel/app/config/private_file.h"
#include "oriel/app/config/suggestion.h"

namespace oriel::cli {
namespace {

using config::printable;
using Options = DriveOptions;
using namespace std::chrono_literals;

constexpr std::string_view kDo = "do";
constexpr std::size_t kReadBytes = 64 * 1024;

std::unexpected<Error> wrong(std::string message) {
  return fail(ErrorCode::kInvalid, std::move(message));
}

template <auto kMember, bool kValue = true>
Status set_switch(Options& options, std::string_view) {
  options.*kMember = kValue;
  return {};
}
template <auto kMember>
Status set_text(Options& options, std::string_view text) {
  if (text.empty()) return wrong("expected a value, got an empty text");
  options.connection.*kMember = text;
  return {};
}
template <auto kMember>
Status set_tls_file(Options& options, std::string_view text) {
  if (text.empty()) return wrong("expected the name of a file, got an empty text");
  options.connection.tls.*kMember = text;
  return {};
}

Status add_target(Options& options, std::string_view text) {
  options.targets.emplace_back(text);
  return {};
}
Status add_parameter(Options& options, std::string_view text) {
  const auto equals = text.find('=');
  if (equals == 0 || equals == std::string_view::npos)
    return wrong(fmt::format("expected NAME=VALUE, got \"{}\"", printable(text)));
  if (equals + 1 == text.size())
    return wrong(fmt::format("the value of {} is empty; is a variable of the shell not set?",
                             printable(text.substr(0, equals))));
  options.parameter_names.emplace_back(text.substr(0, equals));
  options.connection.parameters.insert_or_assign(std::string(text.substr(0, equals)),
                                                 std::string(text.substr(equals + 1)));
  return {};
}
Status add_header(Options& options, std::string_view text) {
  const auto colon = text.find(':');
  if (colon == 0 || colon == std::string_view::npos) return wrong("expected 'NAME: VALUE'");
  auto value = text.substr(colon + 1);
  value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
  options.connection.headers.push_back({std::string(text.substr(0, colon)), std::string(value)});
  return {};
}
Status add_cookie(Options& options, std::string_view text) {
  const auto equals = text.find('=');
  if (equals == 0 || equals == std::string_view::npos) return wrong("expected NAME=VALUE");
  options.connection.cookies.push_back(
      {std::string(text.substr(0, equals)), std::string(text.substr(equals + 1))});
  return {};
}
Status set_password_file(Options& options, std::string_view text) {
  if (text.empty()) return wrong("expected the name of a file, got an empty text");
  options.password_file = text;
  return {};
}
Status set_timeout(Options& options, std::string_view text) {
  ORIEL_TRY(options.connection.timeout, parse_time(text, 1ms, 24h));
  return {};
}
Status set_time(Options& options, std::string_view text) {
  ORIEL_TRY(options.time, parse_time(text, 1ms, 24h));
  return {};
}
Status set_encodings(Options& options, std::string_view text) {
  for (std::size_t start = 0; start <= text.size();) {
    const auto end = std::min(text.find(',', start), text.size());
    options.connection.encodings.emplace_back(text.substr(start, end - start));
    start = end + 1;
  }
  return {};
}
template <auto kMember>
Status set_level(Options& options, std::string_view text) {
  ORIEL_TRY(options.connection.*kMember, parse_count(text, 0, 9));
  return {};
}
Status set_insecure(Options& options, std::string_view) {
  options.connection.tls.verify = false;
  return {};
}
Status set_view_only(Options& options, std::string_view) {
  options.connection.is_view_only = true;
  return {};
}
Status set_exclusive(Options& options, std::string_view) {
  options.connection.is_shared = false;
  return {};
}

struct Flag {
  std::string_view name;
  std::string_view short_name;
  std::string_view value_name;  // empty for switches
  std::string_view help;
  Status (*set)(Options&, std::string_view text);
};

using Connection = client::ConnectionOptions;

// THE list of flags that all of these commands have.
constexpr Flag kFlags[] = {
    {"--target", "-t", "TARGET", "Instead of the first word; may be given several times",
     add_target},
    {"--preset", "", "NAME", "A kind of server, see below; its values by --param",
     set_text<&Connection::preset>},
    {"--template", "", "URL", "An address with places such as ${host} for values of --param",
     set_text<&Connection::url_template>},
    {"--param", "", "NAME=VALUE", "A value for the template or the preset; ORIEL_TICKET is ticket",
     add_parameter},
    {"--user", "", "NAME", "Who logs in, where the server asks for it",
     set_text<&Connection::user>},
    {"--password-file", "", "FILE",
     "Its first line is the password; nobody else may read the file. Or ORIEL_PASSWORD, or typed",
     set_password_file},
    {"--time-limit", "", "SECONDS",
     "Ends the command after it, whatever it waits for; without it each step has its own time",
     set_time},
    {"--connect-timeout", "", "SECONDS",
     "Until the first picture is there, or a session is free to act; 10 without it", set_timeout},
    {"--header", "", "'NAME: VALUE'", "Added to the handshake of a WebSocket; several times",
     add_header},
    {"--cookie", "", "NAME=VALUE", "Likewise", add_cookie},
    {"--ca", "", "FILE", "Certificates (PEM) to trust in place of the system's",
     set_tls_file<&net::TlsConnectOptions::ca_file>},
    {"--insecure", "", "", "Does not check the server's certificate; only for tests", set_insecure},
    {"--cert", "", "FILE", "A certificate (PEM) for servers that ask for one; with --key-file",
     set_tls_file<&net::TlsConnectOptions::certificate_file>},
    {"--key-file", "", "FILE", "Its private key (PEM)",
     set_tls_file<&net::TlsConnectOptions::key_file>},
    {"--encodings", "", "NAMES",
     "Encodings, most wanted first, with commas between; else raw of this machine, tight of others",
     set_encodings},
    {"--jpeg-quality", "", "0-9", "Lets the server send lossy pictures; without it all is exact",
     set_level<&Connection::quality>},
    {"--compression", "", "0-9", "How hard the server compresses; 2 without it",
     set_level<&Connection::compression>},
    {"--exclusive", "", "", "Asks the server to disconnect other viewers", set_exclusive},
    {"--view-only", "", "", "Sends no input", set_view_only},
    {"--no-session", "", "", "Connects anew, also when `oriel session` keeps a connection",
     set_switch<&Options::uses_session, false>},
    {"--json", "", "", "One JSON document on standard output", set_switch<&Options::is_json>},
    {"--verbose", "-v", "", "Says on standard error what goes both ways, without secrets",
     set_switch<&Options::is_verbose>},
    {"--help", "-h", "", "Shows this", set_switch<&Options::wants_help>},
};

const Flag* find_flag(std::string_view name) {
  const auto found = std::ranges::find_if(kFlags, [&](const Flag& flag) {
    return !name.empty() && (flag.name == name || flag.short_name == name);
  });
  return found == std::end(kFlags) ? nullptr : found;
}

std::string first_word(std::string_view name) {
  return std::string(name.substr(0, name.find(' ')));
}

Result<std::string> read_script(const std::string& path) {
  if (path != "-") {
    ORIEL_TRY(auto file, config::read_file(path, agent::kVerbTextBytesMax));
    if (!file) return wrong(fmt::format("there is no file {}", printable(path)));
    return std::move(file->text);
  }
  std::string text;
  std::vector<char> part(kReadBytes);
  while (const auto count = std::fread(part.data(), 1, part.size(), stdin)) {
    text.append(part.data(), count);
    if (text.size() > agent::kVerbTextBytesMax)
      return wrong(fmt::format("standard input has more than {} bytes", agent::kVerbTextBytesMax));
  }
  return text;
}

// What `oriel do` does: the words, as one text, or a file's.
Status take_script(Options& options, std::vector<std::string> words) {
  const auto flag = std::ranges::find_if(
      words, [](const auto& word) { return word == "-f" || word == "--file"; });
  if (flag != words.end()) {
    if (flag + 1 == words.end())
      return wrong("-f wants the name of a file, or - for standard input");
    ORIEL_TRY(options.text, read_script(*(flag + 1)));
    words.erase(flag, flag + 2);
    if (!words.empty())
      return wrong(fmt::format("-f takes the place of verbs, \"{}\" is one too many",
                               printable(words.front())));
  }
  for (const auto& word : words) options.text += (options.text.empty() ? "" : "\n") + word;
  auto calls = agent::parse_verbs(options.text);
  if (!calls) return wrong(calls.error().message);
  if (calls->empty())
    return wrong("nothing to do is given, such as 'click 100 200; wait still; shot out.png'");
  options.calls = std::move(*calls);
  return {};
}

Status take_verb(Options& options, std::string_view command, std::vector<std::string> words) {
  words.insert(words.begin(), std::string(command));
  // As everywhere: -o FILE.
  if (const auto flag = std::ranges::find(words, "-o"); flag != words.end()) {
    if (flag + 1 == words.end()) return wrong("-o wants the name of a file, or -");
    *flag = "file=" + *(flag + 1);
    words.erase(flag + 1);
  }
  auto call = agent::parse_verb_words(words);
  if (!call) return wrong(call.error().message);
  options.calls.push_back(std::move(*call));
  options.words = std::move(words);
  return {};
}

std::string argument_help(const agent::VerbArgument& argument) {
  std::string text(argument.help);
  if (!argument.choices.empty()) text += fmt::format("; {}", argument.choices);
  if (!argument.otherwise.empty()) text += fmt::format("; {} without it", argument.otherwise);
  return text;
}

std::string verb_help(const agent::Verb& verb) {
  std::string text = fmt::format("\n{}\n  {}\n", agent::usage_of(verb), verb.help);
  for (const auto& argument : verb.arguments)
    text += fmt::format("    {:<12}{}\n", argument.name, argument_help(argument));
  return text;
}

// "click 100 200" as a command line.
std::string as_command(const agent::Verb& verb) {
  const auto word = first_word(verb.name);
  return fmt::format("oriel {} localhost:1{}", word, verb.example.substr(word.size()));
}

}  // namespace

std::vector<std::string_view> drive_commands() {
  std::vector<std::string_view> names;
  for (const auto& verb : agent::verb_table()) {
    const auto name = verb.name.substr(0, verb.name.find(' '));
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
  names.push_back(kDo);
  return names;
}

bool is_drive_command(std::string_view name) {
  const auto names = drive_commands();
  return std::ranges::find(names, name) != names.end();
}

std::string drive_summary(std::string_view command) {
  if (command == kDo) return "do several of these, one after another, on one connection";
  std::string summary, kinds;
  for (const auto& verb : agent::verb_table()) {
    if (first_word(verb.name) != command) continue;
    if (summary.empty()) summary = verb.help;
    if (verb.name != command)
      kinds += (kinds.empty() ? "" : ", ") + std::string(verb.name.substr(command.size() + 1));
  }
  if (!kinds.empty()) return fmt::format("{} on a desktop: {}", command, kinds);
  summary.front() = static_cast<char>(std::tolower(static_cast<unsigned char>(summary.front())));
  return summary;
}

std::string connection_flags_help() {
  std::string text =
      "\nTARGET is HOST, HOST:DISPLAY, HOST::PORT, vnc://, vncs://, ws:// or wss://HOST..., the "
      "page of a\n"
      "noVNC, unix:PATH, or the name of one of the targets of the configuration file. Flags may "
      "stand anywhere; what follows -- is none.\n\n";
  for (const auto& flag : kFlags) {
    auto left = fmt::format("{}{}{}{}{}", flag.name, flag.short_name.empty() ? "" : ", ",
                            flag.short_name, flag.value_name.empty() ? "" : " ", flag.value_name);
    text += fmt::format("  {:<26}{}\n", left, flag.help);
  }
  text += "\nPresets:\n";
  for (const auto& preset : client::preset_table())
    text += fmt::format("  {:<12}{}\n", preset.name, preset.help);
  return text;
}

std::string drive_help(std::string_view command) {
  std::string examples, usage;
  for (const auto& verb : agent::verb_table()) {
    if (command != kDo && first_word(verb.name) != command) continue;
    if (command != kDo) examples += "         " + as_command(verb) + "\n";
    usage += verb_help(verb);
  }
  if (command == kDo)
    examples =
        "         oriel do localhost:1 'click 100 200; type \"hello\"; key Return; wait still; "
        "shot "
        "out.png'\n"
        "         oriel do localhost:1 -f steps.txt --json\n";
  examples.replace(0, 8, "Example:");
  const std::string_view more =
      command == kDo
          ? "\nVerbs are parted by ';' or line ends; '#' begins a comment. -f FILE reads them from "
            "a file, - is\nstandard input. It stops at the first that fails.\n"
          : "\n-o FILE is file=FILE. With several targets a file's name must have {target} in "
            "it.\n";
  return examples + usage + std::string(more) + connection_flags_help() +
         "\nExit codes: docs/exit_codes.md. docs/agents.md says more.\n";
}

Result<DriveOptions> parse_connection_flags(std::span<const char* const> arguments,
                                            std::vector<std::string>& rest) {
  Options options;
  FlagReader reader(arguments);
  while (const auto argument = reader.next()) {
    const auto* flag = find_flag(argument->name);
    if (flag == nullptr) {
      rest.emplace_back(argument->text);
      continue;
    }
    ORIEL_TRY(const auto value, reader.value_of(*argument, flag->value_name));
    if (auto status = flag->set(options, value); !status)
      return wrong(fmt::format("{}: {}", argument->name, status.error().message));
  }
  if (options.connection.tls.certificate_file.empty() != options.connection.tls.key_file.empty())
    return wrong("--cert and --key-file belong together, only one of them is given");
  return options;
}

bool wants_json(std::span<const char* const> arguments) {
  for (const std::string_view argument : arguments) {
    if (argument == "--") return false;
    if (argument == "--json") return true;
  }
  return false;
}

Result<DriveOptions> parse_drive_arguments(std::string_view command,
                                           std::span<const char* const> arguments) {
  std::vector<std::string> rest;
  ORIEL_TRY(auto options, parse_connection_flags(arguments, rest));
  if (options.wants_help) return options;
  const bool is_elsewhere = !options.connection.preset.empty() ||
                            !options.connection.url_template.empty() || !options.targets.empty();
  if (!is_elsewhere) {
    if (rest.empty() || rest.front().starts_with('-'))
      return wrong(
          fmt::format("no TARGET is given; oriel {} TARGET ..., `oriel {} --help` says more",
                      command, command));
    options.targets.push_back(std::move(rest.front()));
    rest.erase(rest.begin());
  }
  ORIEL_TRY_VOID(command == kDo ? take_script(options, std::move(rest))
                                : take_verb(options, command, std::move(rest)));
  const auto is_for_output = [](const agent::VerbCall& call) {
    const auto file = call.values.find("file");
    return file != call.values.end() && std::get<std::string>(file->second) == "-";
  };
  if (options.is_json && std::ranges::any_of(options.calls, is_for_output))
    return wrong("--json takes standard output, so the picture wants a file instead of -");
  return options;
}

}  // namespace oriel::cli
