#include "oriel/core/crypto/scram.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <limits>
#include <optional>
#include <utility>

#include "oriel/base/check.h"
#include "oriel/core/crypto/base64.h"
#include "oriel/core/crypto/constant_time.h"

// The messages (RFC 5802, 7), with one key K for "user", nonces R and S:
//
//   client-first  n,,n=user,r=R                 the first two commas end the GS2 header
//   server-first  r=RS,s=SALT,i=4096
//   client-final  c=biws,r=RS,p=PROOF           biws is the GS2 header in base64
//   server-final  v=SIGNATURE  or  e=REASON
//
// AuthMessage = client-first without its GS2 header, server-first, client-final without p=, with
// commas between.

namespace oriel::crypto {

namespace {

constexpr std::size_t kNonceBytesMin = 18;
constexpr std::uint32_t kIterationsMin = 4096;  // RFC 7677, 4

Sha256 hmac(ByteSpan key, std::string_view text) {
  Sha256 digest;
  unsigned size = 0;
  const auto bytes = as_bytes(text);
  ORIEL_CHECK(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes.data(),
                   bytes.size(), digest.data(), &size) != nullptr);
  ORIEL_CHECK(size == digest.size());
  return digest;
}

Sha256 operator^(const Sha256& a, const Sha256& b) {
  Sha256 both;
  std::ranges::transform(a, b, both.begin(), std::bit_xor<std::uint8_t>());
  return both;
}

// The attributes of a message, "x=value" with commas between, in their order.
class Attributes {
 public:
  explicit Attributes(std::string_view message) : rest_(message) {}

  // The value of the next one if that is `name`.
  std::optional<std::string_view> take(char name) {
    if (is_at_end_) return {};
    const auto next = rest_.substr(0, rest_.find(','));
    if (next.size() < 2 || next[0] != name || next[1] != '=') return {};
    is_at_end_ = next.size() == rest_.size();
    rest_.remove_prefix(std::min(rest_.size(), next.size() + 1));
    return next.substr(2);
  }

  // What is left is extensions that need not be understood: "m" must, all others are ignored
  // (RFC 5802, 5.1).
  Status take_extensions() {
    while (!is_at_end_) {
      const char name = rest_.empty() ? '\0' : rest_.front();
      if (name == 'm') return refuse_extensions();
      const bool is_letter = (name >= 'a' && name <= 'z') || (name >= 'A' && name <= 'Z');
      const auto value = is_letter ? take(name) : std::nullopt;
      if (!value || value->empty())
        return fail(ErrorCode::kInvalid, "SCRAM: what follows the known attributes is none");
    }
    return {};
  }

  bool is_next(char name) const { return !is_at_end_ && rest_.starts_with(name); }

  static std::unexpected<Error> refuse_extensions() {
    return fail(ErrorCode::kUnsupported, "SCRAM: mandatory extensions are not understood");
  }

 private:
  std::string_view rest_;
  bool is_at_end_ = false;
};

bool is_nonce(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f && c != ','; });
}

bool is_own_nonce(std::string_view text) { return is_nonce(text) && text.size() >= kNonceBytesMin; }

// "," and "=" are "=2C" and "=3D" in names.
std::string escaped_name(std::string_view name) {
  std::string escaped;
  for (const char c : name)
    if (c == ',')
      escaped += "=2C";
    else if (c == '=')
      escaped += "=3D";
    else
      escaped += c;
  return escaped;
}

bool is_escaped_name(std::string_view name) {
  for (auto at = name.find('='); at != name.npos; at = name.find('=', at + 1))
    if (const auto escape = name.substr(at, 3); escape != "=2C" && escape != "=3D") return false;
  return name.find('\0') == name.npos;
}

Result<Sha256> read_digest(std::string_view text, const char* what) {
  const auto bytes = from_base64(text);
  Sha256 digest;
  if (!bytes || bytes->size() != digest.size())
    return fail(ErrorCode::kInvalid, std::string("SCRAM: ") + what + " is no SHA-256 in base64");
  std::ranges::copy(*bytes, digest.begin());
  return digest;
}

}  // namespace

Sha256 sha256(ByteSpan bytes) {
  Sha256 digest;
  ORIEL_CHECK(
      EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha256(), nullptr) == 1);
  return digest;
}

Sha256 scram_salted_password(std::string_view password, ByteSpan salt, std::uint32_t iterations) {
  ORIEL_CHECK(iterations > 0 && std::in_range<int>(iterations));
  ORIEL_CHECK(std::in_range<int>(password.size()) && std::in_range<int>(salt.size()));
  Sha256 salted;
  ORIEL_CHECK(PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), salt.data(),
                                static_cast<int>(salt.size()), static_cast<int>(iterations),
                                EVP_sha256(), static_cast<int>(salted.size()), salted.data()) == 1);
  return salted;
}

ScramKeys scram_keys(const Sha256& salted_password) {
  return {.stored_key = sha256(hmac(salted_password, "Client Key")),
          .server_key = hmac(salted_password, "Server Key")};
}

ScramServer::ScramServer(std::span<const ScramKeys> keys, Bytes salt, std::uint32_t iterations,
                         std::string nonce)
    : keys_(keys), salt_(std::move(salt)), iterations_(iterations), nonce_(std::move(nonce)) {
  ORIEL_CHECK(is_own_nonce(nonce_));
  ORIEL_CHECK(!salt_.empty());
}

namespace {

// Up to and with its second comma. "y" says that the client would bind to a channel if the server
// could, which it cannot (RFC 5802, 6).
Result<std::string_view> gs2_header_of(std::string_view client_first) {
  if (client_first.starts_with("p="))
    return fail(ErrorCode::kUnsupported, "SCRAM: binding to a channel is not spoken");
  if (!client_first.starts_with("n,") && !client_first.starts_with("y,"))
    return fail(ErrorCode::kInvalid, "SCRAM: the first message does not begin with n, y or p");
  const auto end = client_first.find(',', 2);
  if (end == client_first.npos)
    return fail(ErrorCode::kInvalid, "SCRAM: the first message ends in its header");
  if (end != 2)
    return fail(ErrorCode::kUnsupported, "SCRAM: acting for somebody else is not spoken");
  return client_first.substr(0, end + 1);
}

}  // namespace

Result<std::string> ScramServer::challenge(std::string_view client_first) {
  server_first_.clear();
  ORIEL_TRY(const auto header, gs2_header_of(client_first));
  const auto bare = client_first.substr(header.size());
  Attributes attributes(bare);
  if (attributes.is_next('m')) return Attributes::refuse_extensions();
  const auto user = attributes.take('n');
  if (!user || !is_escaped_name(*user))
    return fail(ErrorCode::kInvalid, "SCRAM: the first message has no user name");
  const auto client_nonce = attributes.take('r');
  if (!client_nonce || !is_nonce(*client_nonce))
    return fail(ErrorCode::kInvalid, "SCRAM: the first message has no nonce");
  ORIEL_TRY_VOID(attributes.take_extensions());

  gs2_header_ = header;
  client_first_bare_ = bare;
  both_nonces_ = std::string(*client_nonce) + nonce_;
  server_first_ = "r=" + both_nonces_ + ",s=" + base64(salt_) + ",i=" + std::to_string(iterations_);
  return server_first_;
}

Result<ScramServer::Success> ScramServer::verify(std::string_view client_final) const {
  if (server_first_.empty()) return fail(ErrorCode::kInvalid, "SCRAM: there was no challenge");
  const auto proof_at = client_final.rfind(",p=");
  if (proof_at == client_final.npos)
    return fail(ErrorCode::kInvalid, "SCRAM: the final message has no proof");
  const auto without_proof = client_final.substr(0, proof_at);
  Attributes attributes(without_proof);
  if (attributes.take('c') != base64(as_bytes(gs2_header_)))
    return fail(ErrorCode::kInvalid, "SCRAM: the final message has another header than the first");
  if (attributes.take('r') != both_nonces_)
    return fail(ErrorCode::kInvalid, "SCRAM: the final message has another nonce");
  ORIEL_TRY_VOID(attributes.take_extensions());
  ORIEL_TRY(const auto proof, read_digest(client_final.substr(proof_at + 3), "the proof"));

  const auto auth_message =
      client_first_bare_ + "," + server_first_ + "," + std::string(without_proof);
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < keys_.size(); ++i) {
    const auto client_key = proof ^ hmac(keys_[i].stored_key, auth_message);
    if (equal_constant_time(sha256(client_key), keys_[i].stored_key) && !found) found = i;
  }
  if (!found) return fail(ErrorCode::kRefused, "the password is wrong");
  return Success{.key = *found,
                 .message = "v=" + base64(hmac(keys_[*found].server_key, auth_message))};
}

ScramClient::ScramClient(std::string user, std::string password, std::string nonce)
    : user_(std::move(user)), password_(std::move(password)), nonce_(std::move(nonce)) {
  ORIEL_CHECK(is_own_nonce(nonce_));
}

std::string ScramClient::first() const { return "n,," + first_bare(); }

std::string ScramClient::first_bare() const { return "n=" + escaped_name(user_) + ",r=" + nonce_; }

namespace {

// Digits that do not begin with 0; what is beyond 32 bits is the greatest number.
std::optional<std::uint32_t> positive_number(std::string_view text) {
  if (text.empty() || text.front() == '0') return {};
  if (text.find_first_not_of("0123456789") != text.npos) return {};
  std::uint32_t number = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), number).ec != std::errc())
    return std::numeric_limits<std::uint32_t>::max();
  return number;
}

struct ServerFirst {
  std::string_view nonce;
  Bytes salt;
  std::uint32_t iterations;
};

Result<ServerFirst> parse_server_first(std::string_view message) {
  Attributes attributes(message);
  if (attributes.is_next('m')) return Attributes::refuse_extensions();
  const auto nonce = attributes.take('r');
  if (!nonce || !is_nonce(*nonce))
    return fail(ErrorCode::kInvalid, "SCRAM: the server's first message has no nonce");
  const auto salt_text = attributes.take('s');
  auto salt = from_base64(salt_text.value_or("")).value_or(Bytes());
  if (salt.empty())
    return fail(ErrorCode::kInvalid, "SCRAM: the server's first message has no salt in base64");
  const auto iterations = positive_number(attributes.take('i').value_or(""));
  if (!iterations)
    return fail(ErrorCode::kInvalid, "SCRAM: the server's first message has no iteration count");
  ORIEL_TRY_VOID(attributes.take_extensions());
  return ServerFirst{*nonce, std::move(salt), *iterations};
}

}  // namespace

Result<std::string> ScramClient::answer(std::string_view server_first,
                                        std::uint32_t iterations_max) {
  auth_message_.clear();
  ORIEL_TRY(auto challenge, parse_server_first(server_first));
  if (!challenge.nonce.starts_with(nonce_) || challenge.nonce.size() == nonce_.size())
    return fail(ErrorCode::kInvalid, "SCRAM: the server's nonce does not continue ours");
  if (challenge.iterations < kIterationsMin)
    return fail(ErrorCode::kUnsupported, "SCRAM: " + std::to_string(challenge.iterations) +
                                             " iterations, at least 4096 are safe");
  if (challenge.iterations > iterations_max)
    return fail(ErrorCode::kTooLarge, "SCRAM: the server asks for more than " +
                                          std::to_string(iterations_max) + " iterations");

  if (salted_.salt != challenge.salt || salted_.iterations != challenge.iterations) {
    const auto salted = scram_salted_password(password_, challenge.salt, challenge.iterations);
    salted_ = {std::move(challenge.salt), challenge.iterations, salted};
  }
  const auto without_proof = "c=biws,r=" + std::string(challenge.nonce);
  auth_message_ = first_bare() + "," + std::string(server_first) + "," + without_proof;
  const auto client_key = hmac(salted_.password, "Client Key");
  const auto keys = scram_keys(salted_.password);
  server_key_ = keys.server_key;
  return without_proof + ",p=" + base64(client_key ^ hmac(keys.stored_key, auth_message_));
}

namespace {

// What may be shown of a server's reason, "invalid-proof".
std::string shown_reason(std::string_view reason) {
  constexpr std::size_t kShown = 60;
  std::string shown;
  for (const char c : reason.substr(0, kShown)) shown += c >= ' ' && c < 0x7f ? c : '?';
  return shown;
}

}  // namespace

Status ScramClient::check(std::string_view server_final) const {
  if (auth_message_.empty()) return fail(ErrorCode::kInvalid, "SCRAM: there was no challenge");
  Attributes attributes(server_final);
  if (const auto reason = attributes.take('e'))
    return fail(ErrorCode::kRefused, "the server refuses the login: " + shown_reason(*reason));
  const auto signature_text = attributes.take('v');
  if (!signature_text)
    return fail(ErrorCode::kInvalid, "SCRAM: the server's final message has no signature");
  ORIEL_TRY_VOID(attributes.take_extensions());
  ORIEL_TRY(const auto signature, read_digest(*signature_text, "the signature"));
  if (!equal_constant_time(signature, hmac(server_key_, auth_message_)))
    return fail(ErrorCode::kRefused, "the server does not know the password");
  return {};
}

}  // namespace oriel::crypto
