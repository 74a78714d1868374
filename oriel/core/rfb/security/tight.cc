#include "oriel/core/rfb/security/tight.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "oriel/base/byte_reader.h"
#include "oriel/base/byte_writer.h"
#include "oriel/core/rfb/security/plain.h"
#include "oriel/core/rfb/security/vnc_authentication.h"

namespace oriel::rfb {
namespace {

// A capability: S32 code, 4 bytes vendor, 8 bytes signature.
constexpr std::size_t kCapabilitySize = 16;
constexpr std::uint32_t kVncAuthenticationCode = 2;
constexpr std::string_view kVncAuthenticationCapability = "STDVVNCAUTH_";

// How many tunnels or authentications a server may list.
constexpr std::uint32_t kCapabilitiesMax = 64;

class TightServer final : public SecurityServer {
 public:
  explicit TightServer(const SecurityServerConfig& config)
      : needs_password_(!config.password.empty()) {
    if (needs_password_) inner_ = make_vnc_authentication_server(config);
  }

  void start(OutputQueue& output) override {
    Bytes lists;
    ByteWriter writer(lists);
    writer.u32(0);  // tunnels: then the client chooses none
    writer.u32(needs_password_ ? 1 : 0);
    if (needs_password_)
      writer.u32(kVncAuthenticationCode).bytes(as_bytes(kVncAuthenticationCapability));
    output.append(lists);
  }

  Result<Need> receive(ByteSpan bytes, OutputQueue& output) override {
    if (is_chosen_) return inner_->receive(bytes, output);
    if (bytes.size() < 4) return Need{0, 4};
    if (const auto code = ByteReader(bytes).u32(); code != kVncAuthenticationCode)
      return fail(
          ErrorCode::kInvalid,
          fmt::format("Tight security: authentication {} was chosen but not offered", code));
    is_chosen_ = true;
    inner_->start(output);
    return Need{4, 1};
  }

  std::optional<SecurityOutcome> outcome() const override {
    return needs_password_ ? inner_->outcome() : SecurityOutcome::kAccepted;
  }

 private:
  bool needs_password_;
  bool is_chosen_ = false;
  std::unique_ptr<SecurityServer> inner_;
};

// Number of what a client asks for by code; the one of VNC Authentication is above.
constexpr std::uint32_t kNoneCode = 1;
constexpr std::uint32_t kUnixLoginCode = 129;

// server: U32 count, count x tunnel      client, if there are any: U32 0, no tunnel
// server: U32 count, count x authentication      client, if there are any: U32 code
// what that authentication says
class TightClient final : public SecurityClient {
 public:
  explicit TightClient(SecurityClientConfig config) : config_(std::move(config)) {}

  Result<Need> receive(ByteSpan bytes, OutputQueue& output) override {
    switch (phase_) {
      case Phase::kTunnels:
        return receive_tunnels(bytes, output);
      case Phase::kAuthentications:
        return receive_authentications(bytes, output);
      case Phase::kInner:
        return inner_->receive(bytes, output);
      case Phase::kNothing:
      case Phase::kSaid:
        break;
    }
    return Need{};
  }

  bool is_done() const override {
    return phase_ == Phase::kNothing || phase_ == Phase::kSaid ||
           (phase_ == Phase::kInner && inner_->is_done());
  }
  bool is_none() const override { return phase_ == Phase::kNothing; }
  std::string_view name() const override { return "tight"; }
  std::string_view awaits() const override {
    switch (phase_) {
      case Phase::kTunnels:
        return "list of Tight's tunnels";
      case Phase::kAuthentications:
        return "list of Tight's authentications";
      case Phase::kInner:
        return inner_->awaits();
      case Phase::kNothing:
      case Phase::kSaid:
        break;
    }
    return "nothing";
  }

 private:
  enum class Phase { kTunnels, kAuthentications, kInner, kNothing, kSaid };

  // The number in front of a list, and whether the list is there.
  static Result<Need> list_need(ByteSpan bytes, std::uint32_t& count) {
    if (bytes.size() < 4) return Need{0, 4};
    count = ByteReader(bytes).u32();
    if (count > kCapabilitiesMax)
      return fail(ErrorCode::kTooLarge,
                  fmt::format("Tight security: a list of {}, at most {}", count, kCapabilitiesMax));
    const std::size_t size = 4 + kCapabilitySize * count;
    return bytes.size() < size ? Need{0, size} : Need{size, 1};
  }

  Result<Need> receive_tunnels(ByteSpan bytes, OutputQueue& output) {
    std::uint32_t count = 0;
    ORIEL_TRY(auto need, list_need(bytes, count));
    if (need.consumed == 0) return need;
    if (count > 0) output.append(Bytes{0, 0, 0, 0});  // no tunnel
    phase_ = Phase::kAuthentications;
    return need;
  }

  Result<Need> receive_authentications(ByteSpan bytes, OutputQueue& output) {
    std::uint32_t count = 0;
    ORIEL_TRY(auto need, list_need(bytes, count));
    if (need.consumed == 0) return need;
    std::vector<std::uint32_t> offered(count);
    for (std::size_t i = 0; i < count; ++i)
      offered[i] = ByteReader(bytes.subspan(4 + kCapabilitySize * i)).u32();
    ORIEL_TRY_VOID(begin(offered, output));
    return need;
  }

  Status begin(const std::vector<std::uint32_t>& offered, OutputQueue& output) {
    phase_ = Phase::kNothing;
    if (offered.empty()) return {};
    ORIEL_TRY(const auto code, choose(offered));
    Bytes choice;
    ByteWriter(choice).u32(code);
    output.append(choice);
    if (code == kNoneCode) return {};
    if (code == kUnixLoginCode) {
      phase_ = Phase::kSaid;
      return append_plain_credentials(config_, output);
    }
    phase_ = Phase::kInner;
    inner_ = make_vnc_authentication_client(config_);
    return {};
  }

  // The one that we can answer, if there is one.
  Result<std::uint32_t> choose(const std::vector<std::uint32_t>& offered) const {
    std::vector<std::uint32_t> wanted{kVncAuthenticationCode, kNoneCode};
    if (config_.password.empty()) std::swap(wanted[0], wanted[1]);
    if (config_.allows_plain_password)
      wanted.insert(config_.username.empty() ? wanted.end() : wanted.begin(), kUnixLoginCode);
    for (const auto code : wanted)
      if (std::ranges::find(offered, code) != offered.end()) return code;
    return fail(ErrorCode::kUnsupported,
                fmt::format("the server offers only authentications of Tight that are not spoken "
                            "here or not allowed: {}",
                            fmt::join(offered, ", ")));
  }

  SecurityClientConfig config_;
  Phase phase_ = Phase::kTunnels;
  std::unique_ptr<SecurityClient> inner_;
};

}  // namespace

std::unique_ptr<SecurityServer> make_tight_server(const SecurityServerConfig& config) {
  return std::make_unique<TightServer>(config);
}

std::unique_ptr<SecurityClient> make_tight_client(const SecurityClientConfig& config) {
  return std::make_unique<TightClient>(config);
}

Need tight_interaction_bytes(ByteSpan bytes) {
  constexpr std::size_t kHead = 8;
  if (bytes.size() < kHead) return Need{0, kHead};
  ByteReader reader(bytes);
  const std::size_t server_messages = reader.u16(), client_messages = reader.u16();
  const std::size_t encodings = reader.u16();
  const auto size = kHead + kCapabilitySize * (server_messages + client_messages + encodings);
  return bytes.size() < size ? Need{0, size} : Need{size, 1};
}

}  // namespace oriel::rfb
