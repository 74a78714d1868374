// Any text as the target of a stream: what is taken can be logged, and is the same again when it is
// shown and read.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "fuzz/fuzzer.h"
#include "oriel/app/net/stream_target.h"
#include "oriel/base/check.h"
#include "oriel/io/net/limits.h"

ORIEL_FUZZER(stream_target, bytes, size) {
  using namespace oriel::net;
  const auto target = parse_stream_target({reinterpret_cast<const char*>(bytes), size});
  if (!target) {
    ORIEL_CHECK(!target.error().message.empty());
    return 0;
  }
  if (target->carrier == StreamCarrier::kUnix) {
    ORIEL_CHECK(!target->path.empty() && target->path.size() <= kUnixPathBytesMax);
  } else {
    ORIEL_CHECK(target->port != 0 && !target->host.empty());
    ORIEL_CHECK(target->is_websocket() ? target->path.starts_with('/') : target->path.empty());
  }
  const auto shown = target->shown();
  ORIEL_CHECK(std::ranges::all_of(shown, [](unsigned char c) { return c >= ' ' && c != 0x7f; }));
  auto plain = *target;
  plain.user.clear();
  plain.password.clear();
  ORIEL_CHECK(parse_stream_target(shown) == plain);
  return 0;
}
