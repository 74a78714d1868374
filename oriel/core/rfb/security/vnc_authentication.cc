#include "oriel/core/rfb/security/vnc_authentication.h"

#include <algorithm>
#include <utility>

#include "oriel/core/crypto/constant_time.h"

namespace oriel::rfb {
namespace {

constexpr std::size_t kChallengeSize = std::tuple_size_v<crypto::Challenge>;

class VncAuthenticationServer final : public SecurityServer {
 public:
  explicit VncAuthenticationServer(SecurityServerConfig config) : config_(std::move(config)) {}

  void start(OutputQueue& output) override { output.append(config_.challenge); }

  Result<Need> receive(ByteSpan bytes, OutputQueue&) override {
    if (bytes.size() < kChallengeSize) return Need{0, kChallengeSize};
    const auto answer = bytes.first(kChallengeSize);
    const bool is_full = is_right(answer, config_.password);
    const bool is_view = is_right(answer, config_.view_password);
    outcome_ = is_full   ? SecurityOutcome::kAccepted
               : is_view ? SecurityOutcome::kAcceptedViewOnly
                         : SecurityOutcome::kRefused;
    return Need{kChallengeSize, 1};
  }

  std::optional<SecurityOutcome> outcome() const override { return outcome_; }

 private:
  // An empty password is no password and never right. Takes the same time either way.
  bool is_right(ByteSpan answer, const std::string& password) const {
    const auto expected = crypto::des_challenge_response(config_.challenge, password);
    return crypto::equal_constant_time(answer, expected) && !password.empty();
  }

  SecurityServerConfig config_;
  std::optional<SecurityOutcome> outcome_;
};

class VncAuthenticationClient final : public SecurityClient {
 public:
  explicit VncAuthenticationClient(SecurityClientConfig config) : config_(std::move(config)) {}

  Result<Need> receive(ByteSpan bytes, OutputQueue& output) override {
    if (bytes.size() < kChallengeSize) return Need{0, kChallengeSize};
    if (config_.password.empty())
      return fail(ErrorCode::kRefused, "the server asks for a password, and none was given");
    crypto::Challenge challenge;
    std::copy_n(bytes.begin(), kChallengeSize, challenge.begin());
    output.append(crypto::des_challenge_response(challenge, config_.password));
    is_done_ = true;
    return Need{kChallengeSize, 1};
  }

  bool is_done() const override { return is_done_; }
  std::string_view name() const override { return "vnc"; }
  std::string_view awaits() const override { return "challenge"; }

 private:
  SecurityClientConfig config_;
  bool is_done_ = false;
};

}  // namespace

std::unique_ptr<SecurityServer> make_vnc_authentication_server(const SecurityServerConfig& config) {
  return std::make_unique<VncAuthenticationServer>(config);
}

std::unique_ptr<SecurityClient> make_vnc_authentication_client(const SecurityClientConfig& config) {
  return std::make_unique<VncAuthenticationClient>(config);
}

}  // namespace oriel::rfb
