#include "oriel/app/agent/verb_actions.h"

#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <limits>
#include <utility>

#include "oriel/core/keys/key_name.h"

namespace oriel::agent::verbs {

using image::Point;
using image::Rect;

namespace {

// A PNG of the largest picture that is read.
constexpr std::size_t kTemplateBytesMax = std::size_t{64} << 20;

// Reads values by name; the row of the verb says that their types are these.
class Reader {
 public:
  explicit Reader(const VerbValues& values) : values_(values) {}

  template <typename T>
  std::optional<T> find(std::string_view name) const {
    const auto found = values_.find(name);
    if (found == values_.end()) return std::nullopt;
    return std::get<T>(found->second);
  }
  int integer(std::string_view name, int otherwise) const {
    const auto value = find<std::int64_t>(name).value_or(otherwise);
    return static_cast<int>(std::clamp<std::int64_t>(value, std::numeric_limits<int>::min(),
                                                     std::numeric_limits<int>::max()));
  }
  double number(std::string_view name, double otherwise) const {
    return find<double>(name).value_or(otherwise);
  }
  std::string text(std::string_view name, std::string_view otherwise = {}) const {
    return find<std::string>(name).value_or(std::string(otherwise));
  }
  bool flag(std::string_view name) const { return find<bool>(name).value_or(false); }
  milliseconds duration(std::string_view name, milliseconds otherwise = {}) const {
    return find<milliseconds>(name).value_or(otherwise);
  }
  std::optional<Rect> region() const { return find<Rect>("region"); }
  Keysyms modifiers() const {
    const auto names = find<std::string>("mods");
    return names ? keys::keysyms_of_combination(*names).value_or(Keysyms{}) : Keysyms{};
  }
  Button button() const {
    const auto name = text("button", "left");
    if (name == "middle") return Button::kMiddle;
    if (name == "right") return Button::kRight;
    if (name == "back") return Button::kBack;
    return name == "forward" ? Button::kForward : Button::kLeft;
  }
  // Nothing without both.
  AgentResult<std::optional<Point>> place() const {
    if (!values_.contains("x") && !values_.contains("y")) return std::nullopt;
    if (!values_.contains("x") || !values_.contains("y"))
      return failure(ErrorKind::kInput, "a place needs both x and y");
    return Point{integer("x", 0), integer("y", 0)};
  }
  std::optional<Mark> since(const AsyncAgent& agent) const {
    return text("since", "action") == "now" ? std::nullopt : agent.last_action();
  }

 private:
  const VerbValues& values_;
};

Done failed(AgentError error) { co_return std::unexpected(std::move(error)); }

// What an action gives: where the pointer is now.
Done acted(AsyncAgent& agent, boost::asio::awaitable<AgentStatus> action) {
  auto status = co_await std::move(action);
  if (!status) co_return std::unexpected(status.error());
  co_return VerbResult{.pointer = agent.mouse().position()};
}

Done waited(boost::asio::awaitable<AgentResult<Seen>> wait) {
  auto seen = co_await std::move(wait);
  if (!seen) co_return std::unexpected(seen.error());
  VerbResult result{.mark = seen->mark,
                    .waited = seen->waited,
                    .boxes = std::move(seen->boxes),
                    .recurring = std::move(seen->recurring)};
  if (!seen->text.empty()) result.text = std::move(seen->text);
  co_return result;
}

AgentResult<Bytes> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  Bytes bytes;
  for (auto at = std::istreambuf_iterator<char>(file); at != std::istreambuf_iterator<char>();
       ++at) {
    if (bytes.size() == kTemplateBytesMax)
      return failure(ErrorKind::kInput,
                     fmt::format("{} is larger than {} bytes", path, kTemplateBytesMax));
    bytes.push_back(static_cast<std::uint8_t>(*at));
  }
  if (bytes.empty()) return failure(ErrorKind::kInput, fmt::format("cannot read {}", path));
  return bytes;
}

AgentResult<PictureFormat> format_of(const Reader& reader) {
  if (const auto name = reader.find<std::string>("format")) return picture_format_of(*name);
  const auto file = reader.text("file");
  return file.empty() || file == "-" ? PictureFormat::kPng : picture_format_of_path(file);
}

}  // namespace

Done shot(AsyncAgent& agent, VerbValues values) {
  const Reader reader(values);
  const auto format = format_of(reader);
  if (!format) co_return std::unexpected(format.error());
  CaptureOptions options{.region = reader.region(),
                         .scale = reader.number("scale", 1),
                         .long_edge_px = reader.integer("long-edge", 0),
                         .has_cursor = reader.flag("cursor"),
                         .timeout = reader.duration("timeout", kCatchUpTimeout)};
  const int quality = reader.integer("quality", kPictureQuality);
  auto taken = co_await agent.screenshot().capture_file(options, *format, quality);
  if (!taken) co_return std::unexpected(taken.error());
  const auto& picture = taken->picture;
  VerbResult result{.mark = picture.mark,
                    .region = picture.region,
                    .picture_size = picture.frame.size(),
                    .media_type = media_type_of(*format)};
  const auto file = reader.text("file", "-");
  if (file == "-") {
    result.picture = std::move(taken->file);
    co_return result;
  }
  if (auto written = write_file(file, taken->file); !written)
    co_return std::unexpected(written.error());
  result.file = file;
  co_return result;
}

Done click(AsyncAgent& agent, VerbValues values) {
  const Reader reader(values);
  const auto place = reader.place();
  if (!place) return failed(place.error());
  ClickOptions options{.at = *place,
                       .button = reader.button(),
                       .count = reader.integer("count", 1),
                       .modifiers = reader.modifiers(),
                       .delay = reader.duration("delay")};
  return acted(agent, agent.mouse().click(std::move(options)));
}

Done move(AsyncAgent& agent, VerbValues values) {
  const Reader reader(values);
  const Point to{reader.integer("x", 0), reader.integer("y", 0)};
  return acted(agent, agent.mouse().move_to(to, reader.duration("delay")));
}

Done drag(AsyncAgent& agent, VerbValues values) {
  const Reader reader(values);
  auto path = reader.find<std::vector<Point>>("path").value_or(std::vector<Point>{});
  DragOptions options{.button = reader.button(),
                      .modifiers = reader.modifiers(),
                      .duration = reader.duration("duration", kDragTime),
                      .delay = reader.duration("delay")};
  if (path.size() == 1) return acted(agent, agent.mouse().drag_to(path[0], std::move(options)));
  return acted(agent, agent.mouse().drag(std::move(path), std::move(options)));
}

Done scroll(AsyncAgent& agent, VerbValues values) {
  const Reader reader(values);
  const auto place = reader.place();
  if (!place) return failed(place.error());
  ScrollOptions options{
      .at = *place, .modifiers = reader.modifiers(), .delay = reader.duration("delay")};
  const int amount = reader.integer("amount", 3);
  const auto direction = reader.text("direction");
  auto& wheel = agent.scroll();
  if (direction == "up") return acted(agent, wheel.up(amount, std::move(options)));
  if (direction == "left") return acted(agent, wheel.left(amount, std::move(options)));
  if (direction == "right") return acted(agent, wheel.right(amount, std::move(options)));
  return acted(agent, wheel.down(amount, std::move(options)));
}

Done type(AsyncAgent& agent, VerbValues values) {
  const Reader reader(values);
  TypeOptions options{
      .method = reader.text("method") == "paste" ? TypeMethod::kPaste : TypeMethod::kKeys,
      .interval = reader.duration("interval"),
      .with_shift = reader.flag("shift"),
      .delay = reader.duration("delay")};
  return acted(agent, agent.keyboard().type_text(reader.text("text"), std::move(options)));
}

Done paste(AsyncAgent& agent, VerbValues values) {
  const Reader reader(values);
  TypeOptions options{.method = TypeMethod::kPaste,
                      .paste_keys = KeyNames(reader.text("keys", "ctrl+v")),
                      .delay = reader.duration("delay")};
  return acted(agent, agent.keyboard().type_text(reader.text("text"), std::move(options)));
}

Done key(AsyncAgent& agent, VerbValues values) {
  const Reader reader(values);
  return acted(agent, agent.keyboard().press_key(reader.text("keys"), reader.integer("count", 1),
                                                 reader.duration("delay")));
}

Done key_down(AsyncAgent& agent, VerbValues values) {
  const Reader reader(values);
  return acted(agent, agent.keyboard().key_down(reader.text("keys"), reader.duration("delay")));
}

Done key_up(AsyncAgent& agent, VerbValues values) {
  const Reader reader(values);
  return acted(agent, agent.keyboard().key_up(reader.text("keys"), reader.duration("delay")));
}

Done hold(AsyncAgent& agent, VerbValues values) {
  const Reader reader(values);
  return acted(agent, agent.keyboard().hold(reader.text("keys"), reader.duration("duration"),
                                            reader.duration("delay")));
}

Done down(AsyncAgent& agent, VerbValues values) {
  const Reader reader(values);
  return acted(agent, agent.mouse().down(reader.button(), reader.duration("delay")));
}

Done up(AsyncAgent& agent, VerbValues values) {
  const Reader reader(values);
  return acted(agent, agent.mouse().up(reader.button(), reader.duration("delay")));
}

Done pause(AsyncAgent& agent, VerbValues values) {
  return acted(agent, agent.pause(Reader(values).duration("duration")));
}

Done clip_get(AsyncAgent& agent, VerbValues values) {
  const auto timeout = Reader(values).duration("timeout", kCatchUpTimeout);
  auto text = co_await agent.clipboard().get(timeout);
  if (!text) co_return std::unexpected(text.error());
  co_return VerbResult{.text = *std::move(text)};
}

Done clip_set(AsyncAgent& agent, VerbValues values) {
  const Reader reader(values);
  return acted(agent, agent.clipboard().set(reader.text("text"), reader.duration("delay")));
}

Done clip_clear(AsyncAgent& agent, VerbValues /*values*/) {
  return acted(agent, agent.clipboard().clear());
}

Done clip_history(AsyncAgent& agent, VerbValues /*values*/) {
  VerbResult result;
  for (auto& entry : agent.clipboard().history()) result.texts.push_back(std::move(entry.text));
  co_return result;
}

Done wait_still(AsyncAgent& agent, VerbValues values) {
  const Reader reader(values);
  StillOptions options{.region = reader.region(),
                       .quiet = reader.duration("quiet", kQuiet),
                       .is_strict = reader.flag("strict"),
                       .since = reader.since(agent),
                       .timeout = reader.duration("timeout", kWaitTimeout)};
  return waited(agent.wait().still(std::move(options)));
}

Done wait_change(AsyncAgent& agent, VerbValues values) {
  const Reader reader(values);
  ChangeOptions options{.region = reader.region(),
                        .since = reader.since(agent),
                        .timeout = reader.duration("timeout", kWaitTimeout)};
  return waited(agent.wait().change(std::move(options)));
}

Done wait_image(AsyncAgent& agent, VerbValues values) {
  const Reader reader(values);
  const auto path = reader.text("file");
  const auto bytes = read_file(path);
  if (!bytes) return failed(bytes.error());
  auto picture = parse_picture(*bytes);
  if (!picture)
    return failed({picture.error().kind, fmt::format("{}: {}", path, picture.error().message)});
  ImageOptions options{.picture = *std::move(picture),
                       .fuzz = reader.number("fuzz", 0),
                       .region = reader.region(),
                       .since = reader.since(agent),
                       .timeout = reader.duration("timeout", kWaitTimeout)};
  return waited(agent.wait().image(std::move(options)));
}

Done wait_colour(AsyncAgent& agent, VerbValues values) {
  const Reader reader(values);
  ColourOptions options{
      .at = {reader.integer("x", 0), reader.integer("y", 0)},
      .colour = static_cast<std::uint32_t>(reader.find<std::int64_t>("colour").value_or(0)),
      .tolerance = reader.integer("tolerance", 0),
      .since = reader.since(agent),
      .timeout = reader.duration("timeout", kWaitTimeout)};
  return waited(agent.wait().colour(std::move(options)));
}

Done wait_text(AsyncAgent& agent, VerbValues values) {
  const Reader reader(values);
  TextOptions options{.text = reader.text("text"),
                      .is_pattern = reader.flag("pattern"),
                      .region = reader.region(),
                      .language = reader.text("language", "eng"),
                      .since = reader.since(agent),
                      .timeout = reader.duration("timeout", kWaitTimeout)};
  return waited(agent.wait().text(std::move(options)));
}

Done info(AsyncAgent& agent, VerbValues /*values*/) {
  const auto report = agent.screen();
  co_return VerbResult{.screen = report, .pointer = report.pointer, .mark = agent.mark()};
}

}  // namespace oriel::agent::verbs
