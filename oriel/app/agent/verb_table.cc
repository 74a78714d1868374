#include "oriel/app/agent/verb_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "oriel/app/agent/verb_actions.h"
#include "oriel/core/keys/key_name.h"

namespace oriel::agent {

using image::Point;
using image::Rect;

namespace {

using enum ArgumentType;

// Far beyond every screen: the screen itself says what is on it.
constexpr std::int64_t kPlaceMost = 1 << 20;
constexpr IntegerRange kPlaceRange{-kPlaceMost, kPlaceMost};

constexpr VerbArgument kX{"x", kInteger,   "pixels from the left edge", true, false, {},
                          {},  kPlaceRange};
constexpr VerbArgument kY{"y", kInteger,   "pixels from the upper edge", true, false, {},
                          {},  kPlaceRange};
constexpr VerbArgument kNeededX{"x", kInteger,   "pixels from the left edge", true, true, {},
                                {},  kPlaceRange};
constexpr VerbArgument kNeededY{"y", kInteger,   "pixels from the upper edge", true, true, {},
                                {},  kPlaceRange};
constexpr VerbArgument kButton{
    "button", kChoice, "which one", false, false, "left|middle|right|back|forward", "left"};
constexpr VerbArgument kMods{"mods", kKeys, "keys that are down meanwhile, such as ctrl+shift"};
constexpr VerbArgument kDelay{"delay", kDuration, "rest after it", false, false, {}, "0"};
constexpr VerbArgument kKeyNames{"keys", kKeys, "a key, or several with + between", true, true};
constexpr VerbArgument kRegionArgument{"region", kRegion, "part of the screen: X,Y,WIDTHxHEIGHT"};
constexpr VerbArgument kTimeoutArgument{"timeout", kDuration, "gives up after it", false, false,
                                        {},        "10s"};
constexpr VerbArgument kSince{
    "since",
    kChoice,
    "action: look back to the last action on this connection, also another command's in a session; "
    "now: begin now; without it back to the last action of the same command",
    false,
    false,
    "action|now"};

constexpr VerbArgument kShot[] = {
    {"file", kFile, "png, jpeg, webp, bmp or raw by its end; - is standard output", true},
    kRegionArgument,
    {"format", kChoice, "of the file", false, false, "png|jpeg|webp|bmp|raw"},
    {"quality",
     kInteger,
     "of JPEG and WebP, 1 to 100; WebP loses nothing at 100",
     false,
     false,
     {},
     "85",
     {1, 100}},
    {"scale", kNumber, "smaller: more than 0, at most 1", false, false, {}, "1"},
    {"long-edge",
     kInteger,
     "the longer side at most, in pixels",
     false,
     false,
     {},
     {},
     {1, kPlaceMost}},
    {"cursor", kFlag, "paints the mouse cursor"},
    {"timeout", kDuration, "until the desktop gives a sign of life", false, false, {}, "5s"},
};
constexpr VerbArgument kClick[] = {
    kX,      kY,
    kButton, {"count", kInteger, "2 is a double click", false, false, {}, "1", {1, kClicksMax}},
    kMods,   kDelay};
constexpr VerbArgument kMove[] = {kNeededX, kNeededY, kDelay};
constexpr VerbArgument kDrag[] = {
    {"path", kPath, "places; from where the pointer is when there is but one", true, true},
    kButton,
    kMods,
    {"duration", kDuration, "from the first place to the last", false, false, {}, "200ms"},
    kDelay};
constexpr VerbArgument kScroll[] = {
    {"direction", kChoice, "where to", true, true, "up|down|left|right"},
    {"amount", kInteger, "steps of the wheel", true, false, {}, "3", {1, kScrollMax}},
    kX,
    kY,
    kMods,
    kDelay};
constexpr VerbArgument kType[] = {
    {"text", kText, "in any script; line ends are Return", true, true},
    {"method", kChoice, "key by key, or through the clipboard", false, false, "keys|paste", "keys"},
    {"interval", kDuration, "rest after each key", false, false, {}, "0"},
    {"shift", kFlag, "presses Shift for capitals, for servers that need it"},
    kDelay};
constexpr VerbArgument kPaste[] = {{"text", kText, "what to paste", true, true},
                                   {"keys", kKeys, "that paste it", false, false, {}, "ctrl+v"},
                                   kDelay};
constexpr VerbArgument kKey[] = {
    kKeyNames,
    {"count", kInteger, "how often", false, false, {}, "1", {1, kKeyRepeatsMax}},
    kDelay};
constexpr VerbArgument kKeyState[] = {kKeyNames, kDelay};
constexpr VerbArgument kHold[] = {
    kKeyNames, {"duration", kDuration, "how long", true, true}, kDelay};
constexpr VerbArgument kButtonState[] = {
    {"button", kChoice, "which one", true, false, "left|middle|right|back|forward", "left"},
    kDelay};
constexpr VerbArgument kPause[] = {{"duration", kDuration, "how long", true, true}};
constexpr VerbArgument kClipSet[] = {{"text", kText, "what to put there", true, true}, kDelay};
constexpr VerbArgument kClipGet[] = {{"timeout",
                                      kDuration,
                                      "until the server has told what is on it, and given it",
                                      false,
                                      false,
                                      {},
                                      "5s"}};
constexpr VerbArgument kStill[] = {
    kRegionArgument,
    {"quiet", kDuration, "without a change", false, false, {}, "150ms"},
    {"strict", kFlag, "a caret or a clock counts as well"},
    kSince,
    kTimeoutArgument};
constexpr VerbArgument kChange[] = {kRegionArgument, kSince, kTimeoutArgument};
constexpr VerbArgument kImage[] = {
    {"file", kFile, "a PNG or BMP; transparent pixels stand for any", true, true},
    {"fuzz", kNumber, "how different it may be, 0 to 255", false, false, {}, "0"},
    kRegionArgument,
    kSince,
    kTimeoutArgument};
constexpr VerbArgument kColourWait[] = {
    kNeededX,
    kNeededY,
    {"colour", kColour, "#RRGGBB", true, true},
    {"tolerance", kInteger, "of each channel, 0 to 255", false, false, {}, "0", {0, 255}},
    kSince,
    kTimeoutArgument};
constexpr VerbArgument kTextWait[] = {{"text", kText, "in one line of the screen", true, true},
                                      {"pattern", kFlag, "the text is a regular expression"},
                                      {"language", kText, "of tesseract", false, false, {}, "eng"},
                                      kRegionArgument,
                                      kSince,
                                      kTimeoutArgument};

constexpr auto kVerbs = std::to_array<Verb>({
    {"shot", "Takes a picture of the screen", "shot out.png region=0,0,640x480", kShot, verbs::shot,
     false, true},
    {"click", "Clicks at a place, or where the pointer is", "click 100 200 button=right", kClick,
     verbs::click},
    {"move", "Moves the pointer", "move 100 200", kMove, verbs::move},
    {"drag", "Drags along a path with a button down", "drag 10,10 300,200 duration=500ms", kDrag,
     verbs::drag},
    {"scroll", "Turns the wheel", "scroll down 5 x=100 y=200", kScroll, verbs::scroll},
    {"type", "Types a text", R"(type "hello\n")", kType, verbs::type},
    {"paste", "Types a text through the clipboard", R"(paste "a long text")", kPaste, verbs::paste},
    {"key", "Presses a key or a combination", "key ctrl+shift+t", kKey, verbs::key},
    {"keydown", "Presses keys and holds them", "keydown shift", kKeyState, verbs::key_down},
    {"keyup", "Lets go of keys", "keyup shift", kKeyState, verbs::key_up},
    {"hold", "Holds keys for a while", "hold Left 500ms", kHold, verbs::hold},
    {"down", "Presses a mouse button and holds it", "down left", kButtonState, verbs::down},
    {"up", "Lets go of a mouse button", "up left", kButtonState, verbs::up},
    {"pause", "Does nothing for a while; a wait is better", "pause 500ms", kPause, verbs::pause,
     false, true},
    {"clip get", "Reads the clipboard", "clip get", kClipGet, verbs::clip_get, false, true},
    {"clip set", "Puts a text on the clipboard", R"(clip set "text")", kClipSet, verbs::clip_set},
    {"clip clear", "Empties the clipboard", "clip clear", {}, verbs::clip_clear},
    {"clip history",
     "What was set and got, the newest first",
     "clip history",
     {},
     verbs::clip_history,
     false,
     true},
    {"wait still", "Waits until nothing changes", "wait still quiet=300ms", kStill,
     verbs::wait_still, true, true},
    {"wait change", "Waits until something changes", "wait change region=0,0,200x50", kChange,
     verbs::wait_change, true, true},
    {"wait image", "Waits for a picture", "wait image button.png fuzz=10", kImage,
     verbs::wait_image, true, true},
    {"wait colour", "Waits for the colour of a pixel", "wait colour 10 20 #ff0000", kColourWait,
     verbs::wait_colour, true, true},
    {"wait text", "Waits for a text, read by tesseract", R"(wait text "Saved")", kTextWait,
     verbs::wait_text, true, true},
    {"info",
     "Says how large the screen is and where the pointer",
     "info",
     {},
     verbs::info,
     false,
     true},
});

constexpr auto kAliases = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"screenshot", "shot"},
    {"press", "key"},
    {"sleep", "pause"},
    {"clip", "clip get"},
    {"wait", "wait still"},
    {"wait color", "wait colour"},
});

std::unexpected<AgentError> expected(const VerbArgument& argument, std::string_view what,
                                     std::string_view text) {
  return failure(ErrorKind::kInput, fmt::format("{}: {} is expected, not '{}'", argument.name, what,
                                                text.substr(0, 60)));
}

template <typename T>
std::optional<T> number_of(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// "a,b": two whole numbers that a screen can have.
std::optional<Point> point_of(std::string_view text, char separator = ',') {
  const auto middle = text.find(separator);
  if (middle == std::string_view::npos) return std::nullopt;
  const auto x = number_of<int>(text.substr(0, middle));
  const auto y = number_of<int>(text.substr(middle + 1));
  const auto is_near = [](int value) { return value >= -kPlaceMost && value <= kPlaceMost; };
  if (!x || !y || !is_near(*x) || !is_near(*y)) return std::nullopt;
  return Point{*x, *y};
}

std::optional<Rect> region_of(std::string_view text) {
  const auto comma = text.rfind(',');
  if (comma == std::string_view::npos) return std::nullopt;
  const auto corner = point_of(text.substr(0, comma));
  const auto size = point_of(text.substr(comma + 1), 'x');
  if (!corner || !size || size->x < 1 || size->y < 1) return std::nullopt;
  return Rect{corner->x, corner->y, size->x, size->y};
}

std::optional<milliseconds> duration_of(std::string_view text) {
  double factor = 1000;
  if (text.ends_with("ms")) {
    factor = 1;
    text.remove_suffix(2);
  } else if (text.ends_with('s')) {
    text.remove_suffix(1);
  }
  const auto value = number_of<double>(text);
  if (!value || !(*value >= 0) || *value * factor > double(milliseconds(kTimeoutMax).count()))
    return std::nullopt;
  return milliseconds(std::llround(*value * factor));
}

std::optional<std::int64_t> colour_of(std::string_view text) {
  if (text.starts_with('#')) text.remove_prefix(1);
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (text.size() != 6 || error != std::errc() || end != text.data() + text.size())
    return std::nullopt;
  return value;
}

bool is_choice(std::string_view choices, std::string_view text) {
  while (!choices.empty()) {
    const auto end = std::min(choices.find('|'), choices.size());
    if (choices.substr(0, end) == text) return true;
    choices.remove_prefix(std::min(end + 1, choices.size()));
  }
  return false;
}

std::string upper(std::string_view name) {
  std::string result(name);
  for (auto& c : result)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return result;
}

// The value, or the sentence about it.
template <typename T>
AgentResult<VerbValue> value_or(const std::optional<T>& value, const VerbArgument& argument,
                                std::string_view what, std::string_view text) {
  if (value) return VerbValue(*value);
  return expected(argument, what, text);
}

AgentResult<VerbValue> integer_of(const VerbArgument& argument, std::string_view text) {
  const auto digits = text.substr(text.starts_with('-') ? 1 : 0);
  const bool is_number =
      !digits.empty() && std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
  const auto value = number_of<std::int64_t>(text);
  const auto& [least, most] = argument.range;
  if (value && *value >= least && *value <= most) return VerbValue(*value);
  if (!is_number) return expected(argument, "a whole number", text);
  return expected(argument, fmt::format("{} to {}", least, most), text);
}

}  // namespace

std::string_view name_of(ArgumentType type) {
  constexpr std::string_view kNames[] = {"integer", "number", "text",   "keys",
                                         "place",   "path",   "region", "duration",
                                         "colour",  "choice", "flag",   "file"};
  return kNames[static_cast<std::size_t>(type)];
}

std::span<const Verb> verb_table() { return kVerbs; }

std::span<const std::pair<std::string_view, std::string_view>> verb_aliases() { return kAliases; }

const Verb* find_verb(std::string_view name) {
  const auto alias = std::ranges::find(kAliases, name, &decltype(kAliases)::value_type::first);
  if (alias != kAliases.end()) name = alias->second;
  const auto found = std::ranges::find(kVerbs, name, &Verb::name);
  return found == kVerbs.end() ? nullptr : &*found;
}

std::string usage_of(const Verb& verb) {
  std::string usage(verb.name);
  for (const auto& argument : verb.arguments) {
    auto word = argument.is_positional ? upper(argument.name) : std::string(argument.name);
    if (argument.type == kPath) word += "...";
    if (!argument.is_positional && argument.type != kFlag)
      word += '=' + (argument.choices.empty() ? upper(name_of(argument.type))
                                              : std::string(argument.choices));
    usage += argument.is_required ? ' ' + word : " [" + word + ']';
  }
  return usage;
}

AgentResult<VerbValue> parse_value(const VerbArgument& argument, std::string_view text) {
  switch (argument.type) {
    case kInteger:
      return integer_of(argument, text);
    case kNumber:
      if (const auto value = number_of<double>(text); value && std::isfinite(*value))
        return VerbValue(*value);
      return expected(argument, "a number", text);
    case kText:
    case kFile:
      return VerbValue(std::string(text));
    case kKeys:
      if (const auto keysyms = keys::keysyms_of_combination(text); !keysyms)
        return failure(ErrorKind::kInput,
                       fmt::format("{}: {}", argument.name, keysyms.error().message));
      return VerbValue(std::string(text));
    case kPlace:
    case kPath:
      if (const auto point = point_of(text)) return VerbValue(std::vector{*point});
      return expected(argument, "a place X,Y", text);
    case kRegion:
      return value_or(region_of(text), argument, "a region X,Y,WIDTHxHEIGHT", text);
    case kDuration:
      return value_or(duration_of(text), argument, "a duration such as 150ms or 2s", text);
    case kColour:
      return value_or(colour_of(text), argument, "a colour #RRGGBB", text);
    case kChoice:
      if (is_choice(argument.choices, text)) return VerbValue(std::string(text));
      return expected(argument, fmt::format("one of {}", argument.choices), text);
    case kFlag:
      if (text.empty() || text == "true" || text == "false") return VerbValue(text != "false");
      return expected(argument, "true or false", text);
  }
  return expected(argument, "another type", text);
}

AgentStatus check_values(const Verb& verb, const VerbValues& values) {
  for (const auto& argument : verb.arguments)
    if (argument.is_required && !values.contains(argument.name))
      return failure(ErrorKind::kInput,
                     fmt::format("{} is missing: {}", upper(argument.name), usage_of(verb)));
  return {};
}

boost::asio::awaitable<AgentResult<VerbResult>> run(VerbCall call, AsyncAgent& agent) {
  const auto begun = Clock::now();
  if (auto status = check_values(*call.verb, call.values); !status)
    co_return std::unexpected(status.error());
  auto result = co_await call.verb->run(agent, std::move(call.values));
  if (!result) co_return result;
  result->verb = call.verb->name;
  result->took = Clock::now() - begun;
  co_return result;
}

boost::asio::awaitable<AgentResult<VerbResult>> VerbRun::next(VerbCall call) {
  if (call.verb->is_wait)
    call.values.try_emplace("since", std::string(has_acted_ ? "action" : "now"));
  has_acted_ = has_acted_ || !call.verb->only_looks;
  return run(std::move(call), agent_);
}

}  // namespace oriel::agent
