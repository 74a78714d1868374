#include "oriel/io/desktop/supervisor_message.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "oriel/io/desktop/limits.h"

namespace oriel::desktop {
namespace {

struct WordName {
  SupervisorWord word;
  std::string_view name;
};
constexpr WordName kWords[] = {{SupervisorWord::kFailed, "failed"},
                               {SupervisorWord::kLog, "log"},
                               {SupervisorWord::kNotice, "notice"},
                               {SupervisorWord::kLost, "lost"}};

// Takes the text up to the next blank off the front.
std::string_view take_word(std::string_view& text) {
  const std::size_t end = std::min(text.find(' '), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return word;
}

template <typename Number>
std::optional<Number> parse_number(std::string_view text, int base = 10) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

std::optional<Cookie> parse_cookie(std::string_view hex) {
  Cookie cookie;
  if (hex.size() != cookie.size() * 2) return std::nullopt;
  for (std::size_t i = 0; i < cookie.size(); ++i) {
    const auto byte = parse_number<std::uint8_t>(hex.substr(i * 2, 2), 16);
    if (!byte) return std::nullopt;
    cookie[i] = *byte;
  }
  return cookie;
}

std::optional<image::Size> parse_size(std::string_view text) {
  const std::size_t cross = text.find('x');
  if (cross == std::string_view::npos) return std::nullopt;
  const auto width = parse_number<int>(text.substr(0, cross));
  const auto height = parse_number<int>(text.substr(cross + 1));
  const auto is_side = [](auto side) { return side && *side >= 1 && *side <= kMaxSidePx; };
  if (!is_side(width) || !is_side(height)) return std::nullopt;
  return image::Size{*width, *height};
}

}  // namespace

std::vector<std::string> write_supervisor_arguments(const HeadlessConfig& config) {
  std::vector<std::string> arguments{
      fmt::format("--geometry={}x{}", config.geometry.width, config.geometry.height),
      fmt::format("--max-geometry={}x{}", config.max_geometry.width, config.max_geometry.height)};
  if (config.display) arguments.push_back(fmt::format("--display={}", *config.display));
  if (config.open_files != 0)
    arguments.push_back(fmt::format("--open-files={}", config.open_files));
  if (!config.session.empty()) arguments.push_back("--session=" + config.session);
  return arguments;
}

Result<HeadlessConfig> parse_supervisor_arguments(std::span<const char* const> arguments) {
  HeadlessConfig config;
  for (const std::string_view argument : arguments) {
    const std::size_t equals = std::min(argument.find('='), argument.size());
    const std::string_view key = argument.substr(0, equals);
    const std::string_view value = argument.substr(std::min(equals + 1, argument.size()));
    bool is_valid = false;
    if (key == "--geometry" || key == "--max-geometry") {
      if (const auto size = parse_size(value)) {
        (key == "--geometry" ? config.geometry : config.max_geometry) = *size;
        is_valid = true;
      }
    } else if (key == "--display") {
      config.display = parse_number<int>(value);
      is_valid = config.display && *config.display >= 0 && *config.display <= kMaxDisplayNumber;
    } else if (key == "--open-files") {
      config.open_files = parse_number<std::uint64_t>(value).value_or(0);
      is_valid = config.open_files > 0;
    } else if (key == "--session") {
      config.session = value;
      is_valid = !value.empty();
    }
    if (!is_valid) {
      return fail(ErrorCode::kInvalid, fmt::format("the supervisor cannot take '{}'", argument));
    }
  }
  return config;
}

std::string write_ready(const ReadyMessage& message) {
  std::string hex;
  for (const std::uint8_t byte : message.cookie) hex += fmt::format("{:02x}", byte);
  return fmt::format("ready {} {} {} {}", message.display, hex, message.server, message.folder);
}

std::string write_text(SupervisorWord word, std::string_view text) {
  const auto* name = std::ranges::find(kWords, word, &WordName::word);
  std::string packet = fmt::format("{} {}", name->name, text);
  for (char& c : packet) {
    if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) c = ' ';
  }
  if (packet.size() > kMaxSupervisorLine) packet.resize(kMaxSupervisorLine);
  return packet;
}

Result<SupervisorMessage> parse_supervisor_message(std::string_view packet) {
  const std::string_view whole = packet;
  const std::string_view first = take_word(packet);
  const auto* word = std::ranges::find(kWords, first, &WordName::name);
  if (word != std::end(kWords)) return SupervisorMessage{{}, word->word, std::string(packet)};
  if (first == "ready") {
    const auto display = parse_number<int>(take_word(packet));
    const auto cookie = parse_cookie(take_word(packet));
    const auto server = parse_number<pid_t>(take_word(packet));
    const bool is_display = display && *display >= 0 && *display <= kMaxDisplayNumber;
    // 0 and negative numbers would be groups of processes.
    const bool is_process = server && *server > 0;
    if (is_display && cookie && is_process && !packet.empty()) {
      return SupervisorMessage{ReadyMessage{*display, *cookie, *server, std::string(packet)}};
    }
  }
  // Without the packet: it may hold a secret.
  return fail(ErrorCode::kInvalid, fmt::format("the supervisor said something of {} bytes that is "
                                               "not understood",
                                               whole.size()));
}

}  // namespace oriel::desktop
