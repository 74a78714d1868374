// Any text as the target of a VNC client, and as a URL template with values: what is taken can be
// logged, has a place to connect to, and hides its values.
//
//   input := text, [0, host, 0, ticket, 0, own]

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "fuzz/fuzzer.h"
#include "oriel/app/client/limits.h"
#include "oriel/app/client/url_template.h"
#include "oriel/app/client/vnc_target.h"
#include "oriel/base/check.h"
#include "oriel/io/net/limits.h"

namespace {

using namespace oriel;

void check_target(std::string_view text) {
  const auto target = client::parse_vnc_target(text);
  if (!target) {
    ORIEL_CHECK(!target.error().message.empty());
    return;
  }
  const auto shown = client::shown_target(*target);
  ORIEL_CHECK(std::ranges::all_of(shown, [](unsigned char c) { return c >= ' ' && c != 0x7f; }));
  if (target->carrier == net::StreamCarrier::kUnix) {
    ORIEL_CHECK(!target->path.empty() && target->path.size() <= net::kUnixPathBytesMax);
    return;
  }
  ORIEL_CHECK(target->port != 0 && !target->host.empty());
  ORIEL_CHECK(target->is_websocket() ? target->path.starts_with('/') : target->path.empty());
  if (target->is_websocket()) return;
  // Read again it is the same.
  auto plain = *target;
  plain.user.clear();
  plain.password.clear();
  ORIEL_CHECK(client::parse_vnc_target(shown) == plain);
}

}  // namespace

ORIEL_FUZZER(vnc_target, bytes, size) {
  std::string_view rest(reinterpret_cast<const char*>(bytes), size);
  std::array<std::string, 4> parts;
  for (auto& part : parts) {
    const auto end = std::min(rest.find('\0'), rest.size());
    part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  check_target(parts[0]);
  const client::TemplateParameters parameters{
      {"host", parts[1]}, {"port", "1"}, {"ticket", parts[2]}, {"own", parts[3]}};
  const auto expanded = client::expand_url_template(parts[0], parameters);
  if (!expanded) {
    ORIEL_CHECK(!expanded.error().message.empty());
    return 0;
  }
  ORIEL_CHECK(expanded->url.size() <= 2 * client::kTargetBytesMax);
  check_target(expanded->url);
  return 0;
}
