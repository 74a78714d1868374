// Host and Origin headers of any shape: never a crash, and never an accepted claim without a
// reason.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "fuzz/fuzzer.h"
#include "oriel/base/check.h"
#include "oriel/io/net/host_policy.h"

// The input is "host\norigin\nlocal"; missing parts are empty, an absent second line is no Origin.
ORIEL_FUZZER(host_policy, data, size) {
  using namespace oriel::net;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  auto take_line = [&] {
    auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(line.size() < text.size() ? line.size() + 1 : line.size());
    return line;
  };
  HostClaim claim;
  claim.host = take_line();
  if (!text.empty()) claim.origin = take_line();
  claim.local = text;

  auto host = parse_host_and_port(claim.host);
  auto status = check_host_claim({{"desk.example.org"}}, claim);
  if (status) {
    ORIEL_CHECK(host.has_value());
    // Accepting an Origin never makes a bad Host good.
    ORIEL_CHECK(
        check_host_claim({{"desk.example.org"}}, {claim.host, {}, claim.local}).has_value());
  }
  if (host) {
    // What was taken apart means the same when it is put together again.
    auto again = host->host + (host->port ? ":" + std::to_string(*host->port) : "");
    if (!host->host.ends_with('.')) ORIEL_CHECK(parse_host_and_port(again) == host);
  }
  (void)split_host_list(claim.host);
  return 0;
}
