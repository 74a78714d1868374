// Any packet or any arguments between Oriel and the supervisor of its desktop: what is accepted
// means the same when it is written again.
//
//   input := "m", packet            a packet of the supervisor
//          | "a", arguments         each ends with NUL

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "fuzz/fuzzer.h"
#include "oriel/base/check.h"
#include "oriel/io/desktop/limits.h"
#include "oriel/io/desktop/supervisor_message.h"

namespace {

using namespace oriel::desktop;

void check_packet(std::string_view packet) {
  const auto message = parse_supervisor_message(packet);
  if (!message) return;
  if (message->ready) {
    ORIEL_CHECK(message->ready->server > 0);
    ORIEL_CHECK(message->ready->display >= 0 && message->ready->display <= kMaxDisplayNumber);
    ORIEL_CHECK(parse_supervisor_message(write_ready(*message->ready)) == message);
    return;
  }
  const auto written = write_text(message->word, message->text);
  ORIEL_CHECK(written.size() <= kMaxSupervisorLine);
  const auto again = parse_supervisor_message(written);
  ORIEL_CHECK(again && !again->ready && again->word == message->word);
  ORIEL_CHECK(again->text.size() <= message->text.size());
  ORIEL_CHECK(write_text(again->word, again->text) == written);
}

void check_arguments(std::string_view text) {
  std::vector<std::string> arguments;
  while (!text.empty()) {
    arguments.emplace_back(text.substr(0, text.find('\0')));
    text.remove_prefix(std::min(arguments.back().size() + 1, text.size()));
  }
  const auto parse = [](const std::vector<std::string>& from) {
    std::vector<const char*> pointers;
    for (const auto& argument : from) pointers.push_back(argument.c_str());
    return parse_supervisor_arguments(pointers);
  };
  const auto config = parse(arguments);
  if (!config) return;
  ORIEL_CHECK(parse(write_supervisor_arguments(*config)) == config);
}

}  // namespace

ORIEL_FUZZER(supervisor_message, bytes, size) {
  if (size < 1) return 0;
  const std::string_view rest(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  if (bytes[0] == 'm') check_packet(rest);
  if (bytes[0] == 'a') check_arguments(rest);
  return 0;
}
