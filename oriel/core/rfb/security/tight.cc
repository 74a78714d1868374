#include "oriel/core/rfb/security/tight.h"

#include <fmt/format.h>

#include "oriel/base/byte_reader.h"
#include "oriel/base/byte_writer.h"
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

class TightClient final : public SecurityClient {
 public:
  explicit TightClient(const SecurityClientConfig& config)
      : inner_(make_vnc_authentication_client(config)) {}

  Result<Need> receive(ByteSpan bytes, OutputQueue& output) override {
    switch (phase_) {
      case Phase::kTunnels:
        return receive_tunnels(bytes, output);
      case Phase::kAuthentications:
        return receive_authentications(bytes, output);
      case Phase::kInner:
        return inner_->receive(bytes, output);
      case Phase::kNothing:
        break;
    }
    return Need{};
  }

  bool is_done() const override {
    return phase_ == Phase::kNothing || (phase_ == Phase::kInner && inner_->is_done());
  }

 private:
  enum class Phase { kTunnels, kAuthentications, kInner, kNothing };

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
    phase_ = Phase::kNothing;
    if (count == 0) return need;
    for (std::uint32_t i = 0; i < count; ++i) {
      if (ByteReader(bytes.subspan(4 + kCapabilitySize * i)).u32() != kVncAuthenticationCode)
        continue;
      output.append(Bytes{0, 0, 0, kVncAuthenticationCode});
      phase_ = Phase::kInner;
      return need;
    }
    return fail(ErrorCode::kUnsupported,
                fmt::format("Tight security: none of the {} authentications is known", count));
  }

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

}  // namespace oriel::rfb
