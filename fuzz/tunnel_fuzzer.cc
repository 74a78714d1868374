// Any answer of a proxy: the tunnel opens or says why not, and ends. The first byte says which kind
// of proxy it is, and whether we log in.

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <cstdint>

#include "fuzz/fuzzer.h"
#include "oriel/app/net/tunnel.h"
#include "oriel/base/check.h"
#include "oriel/io/net/memory_stream.h"

ORIEL_FUZZER(tunnel, bytes, size) {
  using namespace oriel;
  constexpr std::size_t kAnswerBytesMax = 16 << 10;
  if (size < 1 || size > kAnswerBytesMax) return 0;
  net::Proxy proxy{"proxy", 1, "", "",
                   (bytes[0] & 1) != 0 ? net::ProxyKind::kSocks5 : net::ProxyKind::kHttp};
  if ((bytes[0] & 2) != 0) proxy.user = proxy.password = "x";
  boost::asio::io_context loop(1);
  auto [ours, theirs] = net::make_memory_streams(loop.get_executor());
  bool has_ended = false;
  const auto work = [&]() -> boost::asio::awaitable<void> {
    ByteSpan answer(bytes + 1, size - 1);
    while (!answer.empty()) {
      const auto count = co_await theirs->write_some({&answer, 1});
      if (!count) break;
      answer = answer.subspan(*count);
    }
    co_await theirs->shutdown_send();
    const auto opened = co_await net::open_tunnel(*ours, "a.example", 5900, proxy);
    ORIEL_CHECK(opened || !opened.error().message.empty());
    has_ended = true;
  };
  boost::asio::co_spawn(loop, work(), boost::asio::detached);
  loop.run();
  ORIEL_CHECK(has_ended);
  return 0;
}
