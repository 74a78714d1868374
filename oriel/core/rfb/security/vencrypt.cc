#include "oriel/core/rfb/security/vencrypt.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "oriel/base/byte_reader.h"
#include "oriel/base/byte_writer.h"
#include "oriel/base/check.h"
#include "oriel/core/rfb/security/none.h"
#include "oriel/core/rfb/security/plain.h"
#include "oriel/core/rfb/security/security_method.h"
#include "oriel/core/rfb/security/security_number.h"
#include "oriel/core/rfb/security/vnc_authentication.h"

namespace oriel::rfb {
namespace {

// Sends user and password at once, and waits for nothing.
class PlainClient final : public SecurityClient {
 public:
  explicit PlainClient(SecurityClientConfig config) : config_(std::move(config)) {}

  Status start(OutputQueue& output) override {
    is_done_ = true;
    return append_plain_credentials(config_, output);
  }
  Result<Need> receive(ByteSpan, OutputQueue&) override { return Need{}; }
  bool is_done() const override { return is_done_; }
  std::string_view name() const override { return "plain"; }
  std::string_view awaits() const override { return "nothing"; }

 private:
  SecurityClientConfig config_;
  bool is_done_ = false;
};

std::unique_ptr<SecurityClient> make_inner_client(const SecurityMethod& method,
                                                  const SecurityClientConfig& config) {
  switch (method.asks) {
    case SecurityMethod::Asks::kNothing:
      return make_none_client(config);
    case SecurityMethod::Asks::kPassword:
      return make_vnc_authentication_client(config);
    case SecurityMethod::Asks::kUserAndPassword:
      return std::make_unique<PlainClient>(config);
    case SecurityMethod::Asks::kOneOfThem:
      break;
  }
  ORIEL_CHECK(false);
  return nullptr;
}

// server: U8 major, U8 minor      client: the same, 0 and 2
// server: U8 0 = agreed; U8 count, count x U32 subtype      client: U32 subtype
// of subtypes with TLS: server: U8 1 = agreed; TLS begins
// what the inner type says
class VencryptClient final : public SecurityClient {
 public:
  explicit VencryptClient(SecurityClientConfig config) : config_(std::move(config)) {}

  Result<Need> receive(ByteSpan bytes, OutputQueue& output) override {
    switch (phase_) {
      case Phase::kVersion:
        return receive_version(bytes, output);
      case Phase::kVersionAnswer:
        return receive_version_answer(bytes);
      case Phase::kSubtypes:
        return receive_subtypes(bytes, output);
      case Phase::kTlsAnswer:
        return receive_tls_answer(bytes);
      case Phase::kTls:
        break;
      case Phase::kInner:
        return inner_->receive(bytes, output);
    }
    ORIEL_CHECK(false);
    return Need{};
  }

  bool is_done() const override { return phase_ == Phase::kInner && inner_->is_done(); }

  Transition transition() const override {
    if (phase_ != Phase::kTls) return Transition::kNone;
    return method_->channel == SecurityMethod::Channel::kVerified
               ? Transition::kStartTlsClient
               : Transition::kStartTlsClientAnonymous;
  }
  Status tls_started(OutputQueue& output) override {
    ORIEL_CHECK(phase_ == Phase::kTls);
    phase_ = Phase::kInner;
    return inner_->start(output);
  }

  // A SecurityResult follows on each of its own subtypes, also of those without a password.
  bool is_none() const override { return method_ != nullptr && method_->id == kSecurityNone; }
  std::string_view name() const override { return method_ == nullptr ? "vencrypt" : method_->name; }
  std::string_view awaits() const override {
    switch (phase_) {
      case Phase::kVersion:
      case Phase::kVersionAnswer:
        return "version of VeNCrypt";
      case Phase::kSubtypes:
        return "list of VeNCrypt's subtypes";
      case Phase::kTlsAnswer:
        return "consent to TLS";
      case Phase::kTls:
        return "handshake of TLS";
      case Phase::kInner:
        break;
    }
    return inner_->awaits();
  }

 private:
  enum class Phase { kVersion, kVersionAnswer, kSubtypes, kTlsAnswer, kTls, kInner };

  Result<Need> receive_version(ByteSpan bytes, OutputQueue& output) {
    if (bytes.size() < 2) return Need{0, 2};
    if (bytes[0] == 0 && bytes[1] < 2)
      return fail(ErrorCode::kUnsupported,
                  fmt::format("VeNCrypt: version 0.{}, expected 0.2", bytes[1]));
    output.append(Bytes{0, 2});
    phase_ = Phase::kVersionAnswer;
    return Need{2, 1};
  }

  Result<Need> receive_version_answer(ByteSpan bytes) {
    if (bytes.empty()) return Need{};
    if (bytes[0] != 0)
      return fail(ErrorCode::kUnsupported,
                  fmt::format("VeNCrypt: the server does not agree to version 0.2 ({})", bytes[0]));
    phase_ = Phase::kSubtypes;
    return Need{1, 1};
  }

  Result<Need> receive_subtypes(ByteSpan bytes, OutputQueue& output) {
    if (bytes.empty()) return Need{};
    ByteReader reader(bytes);
    const std::size_t count = reader.u8(), size = 1 + 4 * count;
    if (bytes.size() < size) return Need{0, size};
    std::vector<std::uint32_t> offered(count);
    for (auto& subtype : offered) subtype = reader.u32();
    method_ = choose(offered);
    if (method_ == nullptr)
      return fail(
          ErrorCode::kUnsupported,
          fmt::format("the server offers only subtypes of VeNCrypt that are not spoken here "
                      "or not allowed: {}",
                      describe_security_types(offered)));
    Bytes choice;
    ByteWriter(choice).u32(method_->id);
    output.append(choice);
    inner_ = make_inner_client(*method_, config_);
    if (method_->channel != SecurityMethod::Channel::kOpen) {
      phase_ = Phase::kTlsAnswer;
      return Need{size, 1};
    }
    phase_ = Phase::kInner;
    ORIEL_TRY_VOID(inner_->start(output));
    return Need{size, 1};
  }

  // Also of types that have a number of their own, as some servers list them here.
  const SecurityMethod* choose(const std::vector<std::uint32_t>& offered) const {
    for (const auto* method : acceptable_methods(config_)) {
      const bool is_spoken = method->id >= kFirstVencryptSubtype || method->id == kSecurityNone ||
                             method->id == kSecurityVncAuthentication;
      if (is_spoken && std::ranges::find(offered, method->id) != offered.end()) return method;
    }
    return nullptr;
  }

  Result<Need> receive_tls_answer(ByteSpan bytes) {
    if (bytes.empty()) return Need{};
    if (bytes[0] != 1)
      return fail(ErrorCode::kUnsupported,
                  fmt::format("VeNCrypt: the server refuses to start TLS for {} ({})",
                              method_->name, bytes[0]));
    phase_ = Phase::kTls;
    return Need{1, 1};
  }

  SecurityClientConfig config_;
  Phase phase_ = Phase::kVersion;
  const SecurityMethod* method_ = nullptr;
  std::unique_ptr<SecurityClient> inner_;
};

}  // namespace

std::unique_ptr<SecurityClient> make_vencrypt_client(const SecurityClientConfig& config) {
  return std::make_unique<VencryptClient>(config);
}

}  // namespace oriel::rfb
