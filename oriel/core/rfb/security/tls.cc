#include "oriel/core/rfb/security/tls.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "oriel/base/check.h"
#include "oriel/core/rfb/security/none.h"
#include "oriel/core/rfb/security/security_method.h"
#include "oriel/core/rfb/security/security_number.h"
#include "oriel/core/rfb/security/vnc_authentication.h"

namespace oriel::rfb {
namespace {

// Inside of TLS: server: U8 count, count x U8 type; client: U8 type; what that type says. A count
// of 0 is None without a choice.
class TlsClient final : public SecurityClient {
 public:
  explicit TlsClient(SecurityClientConfig config) : config_(std::move(config)) {}

  Transition transition() const override {
    return has_tls_ ? Transition::kNone : Transition::kStartTlsClientAnonymous;
  }
  Status tls_started(OutputQueue&) override {
    has_tls_ = true;
    return {};
  }

  Result<Need> receive(ByteSpan bytes, OutputQueue& output) override {
    ORIEL_CHECK(has_tls_);
    if (inner_) return inner_->receive(bytes, output);
    if (bytes.empty()) return Need{};
    const std::size_t count = bytes[0];
    if (bytes.size() < 1 + count) return Need{0, 1 + count};
    const auto offered = bytes.subspan(1, count);
    if (count == 0) {
      inner_ = make_none_client(config_);
      return Need{1, 1};
    }
    ORIEL_TRY(const auto type, choose(offered));
    output.append(ByteSpan(&type, 1));
    inner_ =
        type == kSecurityNone ? make_none_client(config_) : make_vnc_authentication_client(config_);
    return Need{1 + count, 1};
  }

  bool is_done() const override { return inner_ && inner_->is_done(); }
  bool is_none() const override { return inner_ && inner_->is_none(); }
  std::string_view name() const override { return "tls"; }
  std::string_view awaits() const override {
    if (!has_tls_) return "handshake of TLS";
    return inner_ ? inner_->awaits() : "list of security types in TLS";
  }

 private:
  // The one that we can answer, if there is one.
  Result<std::uint8_t> choose(ByteSpan offered) const {
    std::array<std::uint8_t, 2> wanted{kSecurityVncAuthentication, kSecurityNone};
    if (config_.password.empty()) std::swap(wanted[0], wanted[1]);
    for (const auto type : wanted)
      if (std::ranges::find(offered, type) != offered.end()) return type;
    return fail(ErrorCode::kUnsupported,
                fmt::format("the server offers no security type in TLS that is spoken here: {}",
                            describe_security_types(
                                std::vector<std::uint32_t>(offered.begin(), offered.end()))));
  }

  SecurityClientConfig config_;
  bool has_tls_ = false;
  std::unique_ptr<SecurityClient> inner_;
};

}  // namespace

std::unique_ptr<SecurityClient> make_tls_client(const SecurityClientConfig& config) {
  return std::make_unique<TlsClient>(config);
}

}  // namespace oriel::rfb
