#include "oriel/core/rfb/security/none.h"

namespace oriel::rfb {
namespace {

class NoneServer final : public SecurityServer {
 public:
  void start(OutputQueue&) override {}
  Result<Need> receive(ByteSpan, OutputQueue&) override { return Need{}; }
  std::optional<SecurityOutcome> outcome() const override { return SecurityOutcome::kAccepted; }
};

class NoneClient final : public SecurityClient {
 public:
  Result<Need> receive(ByteSpan, OutputQueue&) override { return Need{}; }
  bool is_done() const override { return true; }
  bool is_none() const override { return true; }
  std::string_view name() const override { return "none"; }
  std::string_view awaits() const override { return "nothing"; }
};

}  // namespace

std::unique_ptr<SecurityServer> make_none_server(const SecurityServerConfig&) {
  return std::make_unique<NoneServer>();
}
std::unique_ptr<SecurityClient> make_none_client(const SecurityClientConfig&) {
  return std::make_unique<NoneClient>();
}

}  // namespace oriel::rfb
