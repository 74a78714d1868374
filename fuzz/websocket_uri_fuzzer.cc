// Any text as the URI of a WebSocket: what is taken has nothing in it that could end a line of the
// handshake, and is the same again when it is written and read.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "fuzz/fuzzer.h"
#include "oriel/app/net/websocket_uri.h"
#include "oriel/base/check.h"

ORIEL_FUZZER(websocket_uri, bytes, size) {
  using namespace oriel::net;
  const auto uri = parse_websocket_uri({reinterpret_cast<const char*>(bytes), size});
  if (!uri) {
    ORIEL_CHECK(!uri.error().message.empty());
    return 0;
  }
  ORIEL_CHECK(uri->port != 0 && !uri->host.empty() && uri->target.starts_with('/'));
  for (const auto& text : {uri->host_header(), uri->target, uri->shown()})
    ORIEL_CHECK(std::ranges::all_of(text, [](unsigned char c) { return c > ' ' && c < 0x7f; }));
  auto plain = *uri;
  plain.user.clear();
  plain.password.clear();
  ORIEL_CHECK(parse_websocket_uri(uri->shown()) == plain);
  ORIEL_CHECK(basic_authorization(uri->user, uri->password).starts_with("Basic "));
  return 0;
}
