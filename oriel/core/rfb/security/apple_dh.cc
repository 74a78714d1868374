#include "oriel/core/rfb/security/apple_dh.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "oriel/base/byte_reader.h"
#include "oriel/base/check.h"
#include "oriel/core/crypto/diffie_hellman.h"

namespace oriel::rfb {
namespace {

// Of the prime. Shorter ones do not hide a password; longer ones only cost time.
constexpr std::size_t kPrimeBytesMin = 128, kPrimeBytesMax = 512;
constexpr std::size_t kPrivateBytes = 64;  // of the entropy; the rest is padding
// A field holds a text and a zero behind it.
constexpr std::size_t kFieldBytes = 64;

// server: U16 generator, U16 length, prime and public number of that length
// client: 128 bytes: user and password, encrypted; public number
class AppleDhClient final : public SecurityClient {
 public:
  explicit AppleDhClient(SecurityClientConfig config) : config_(std::move(config)) {
    ORIEL_CHECK(config_.entropy != SecurityEntropy{});
  }

  Result<Need> receive(ByteSpan bytes, OutputQueue& output) override {
    constexpr std::size_t kHead = 4;
    if (bytes.size() < kHead) return Need{0, kHead};
    ByteReader reader(bytes);
    const auto generator = reader.take(2);
    const std::size_t length = reader.u16();
    if (length < kPrimeBytesMin || length > kPrimeBytesMax)
      return fail(ErrorCode::kUnsupported,
                  fmt::format("Apple's Diffie-Hellman: a prime of {} bytes, expected {} to {}",
                              length, kPrimeBytesMin, kPrimeBytesMax));
    const auto size = kHead + 2 * length;
    if (bytes.size() < size) return Need{0, size};
    const auto prime = reader.take(length), theirs = reader.take(length);
    ORIEL_TRY_VOID(check_credentials());
    const auto private_number = ByteSpan(config_.entropy).first(kPrivateBytes);
    ORIEL_TRY(const auto ours, crypto::modular_power(generator, private_number, prime));
    ORIEL_TRY(const auto secret, crypto::modular_power(theirs, private_number, prime));
    ORIEL_TRY(const auto sealed, crypto::encrypt_by_md5_of(secret, credentials()));
    output.append(sealed);
    output.append(ours);
    is_done_ = true;
    return Need{size, 1};
  }

  bool is_done() const override { return is_done_; }
  std::string_view name() const override { return "apple-dh"; }
  std::string_view awaits() const override { return "prime"; }

 private:
  Status check_credentials() const {
    if (config_.username.empty() || config_.password.empty())
      return fail(ErrorCode::kRefused,
                  "the server asks for a user and a password, and not both were given");
    if (std::max(config_.username.size(), config_.password.size()) >= kFieldBytes)
      return fail(ErrorCode::kTooLarge,
                  fmt::format("a user or a password of more than {} bytes", kFieldBytes - 1));
    return {};
  }

  Bytes credentials() const {
    const auto padding = ByteSpan(config_.entropy).subspan(kPrivateBytes);
    Bytes fields(padding.begin(), padding.end());
    static_assert(std::tuple_size_v<SecurityEntropy> == kPrivateBytes + 2 * kFieldBytes);
    *std::ranges::copy(config_.username, fields.data()).out = 0;
    *std::ranges::copy(config_.password, fields.data() + kFieldBytes).out = 0;
    return fields;
  }

  SecurityClientConfig config_;
  bool is_done_ = false;
};

}  // namespace

std::unique_ptr<SecurityClient> make_apple_dh_client(const SecurityClientConfig& config) {
  return std::make_unique<AppleDhClient>(config);
}

}  // namespace oriel::rfb
