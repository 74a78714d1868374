#include "oriel/core/rfb/security/security_method.h"

#include <fmt/format.h>

#include <algorithm>

#include "oriel/core/rfb/security/security_number.h"

namespace oriel::rfb {
namespace {

using Channel = SecurityMethod::Channel;
using Asks = SecurityMethod::Asks;

// A verified server before one that nobody knows, and where the channel is the same, what proves
// most first.
constexpr SecurityMethod kMethods[] = {
    {kSecurityX509Plain, "x509-plain", Channel::kVerified, Asks::kUserAndPassword},
    {kSecurityX509Vnc, "x509-vnc", Channel::kVerified, Asks::kPassword},
    {kSecurityX509None, "x509-none", Channel::kVerified, Asks::kNothing},
    {kSecurityTlsPlain, "tls-plain", Channel::kAnonymous, Asks::kUserAndPassword},
    {kSecurityTlsVnc, "tls-vnc", Channel::kAnonymous, Asks::kPassword},
    {kSecurityTlsNone, "tls-none", Channel::kAnonymous, Asks::kNothing},
    {kSecurityTls, "tls", Channel::kAnonymous, Asks::kOneOfThem},
    {kSecurityAppleDh, "apple-dh", Channel::kOpen, Asks::kUserAndPassword},
    {kSecurityVncAuthentication, "vnc", Channel::kOpen, Asks::kPassword},
    {kSecurityTight, "tight", Channel::kOpen, Asks::kOneOfThem},
    {kSecurityNone, "none", Channel::kOpen, Asks::kNothing},
    {kSecurityPlain, "plain", Channel::kOpen, Asks::kUserAndPassword},
};

// What others speak, and we do not (rfbproto.rst, "Security Types").
struct Foreign {
  std::uint32_t id;
  std::string_view name;
};
constexpr Foreign kForeign[] = {
    {5, "RA2"},
    {6, "RA2ne"},
    {13, "RA2 of 128 bits"},
    {17, "Ultra"},
    {20, "SASL"},
    {21, "MD5"},
    {22, "xvp"},
    {23, "Secure Tunnel"},
    {24, "Integrated SSH"},
    {33, "Apple RSA-SRP"},
    {35, "Apple Kerberos"},
    {36, "Apple SRP"},
    {113, "MS Logon II"},
    {129, "RA2 of 256 bits"},
    {130, "RA2ne of 256 bits"},
    {133, "RA2r of 256 bits"},
    {263, "tls-sasl"},
    {264, "x509-sasl"},
};

bool has_what_it_asks(const SecurityMethod& method, const SecurityClientConfig& config) {
  switch (method.asks) {
    case Asks::kNothing:
    case Asks::kOneOfThem:
      return true;
    case Asks::kPassword:
      return !config.password.empty();
    case Asks::kUserAndPassword:
      return !config.password.empty() && !config.username.empty();
  }
  return false;
}

bool is_acceptable(const SecurityMethod& method, const SecurityClientConfig& config) {
  if (config.requires_encryption && method.channel == Channel::kOpen) return false;
  if (method.id == kSecurityPlain && !config.allows_plain_password) return false;
  return method.id != kSecurityAppleDh || config.entropy != SecurityEntropy{};
}

std::string describe_security_type(std::uint32_t id) {
  if (id == kSecurityVencrypt) return fmt::format("VeNCrypt ({})", id);
  if (const auto* method = find_security_method(id))
    return fmt::format("{} ({})", method->name, id);
  for (const auto& foreign : kForeign)
    if (foreign.id == id) return fmt::format("{} ({})", foreign.name, id);
  return fmt::format("{}", id);
}

}  // namespace

std::span<const SecurityMethod> security_methods() { return kMethods; }

const SecurityMethod* find_security_method(std::uint32_t id) {
  for (const auto& method : kMethods)
    if (method.id == id) return &method;
  return nullptr;
}

const SecurityMethod* find_security_method(std::string_view name) {
  for (const auto& method : kMethods)
    if (method.name == name) return &method;
  return nullptr;
}

std::uint32_t offered_as(const SecurityMethod& method) {
  return method.id >= kFirstVencryptSubtype ? kSecurityVencrypt : method.id;
}

std::vector<const SecurityMethod*> acceptable_methods(const SecurityClientConfig& config) {
  std::vector<const SecurityMethod*> methods;
  for (const auto id : config.allowed)
    if (const auto* method = find_security_method(id)) methods.push_back(method);
  if (config.allowed.empty())
    for (const auto& method : kMethods) methods.push_back(&method);
  std::erase_if(methods, [&](const auto* method) { return !is_acceptable(*method, config); });
  if (config.allowed.empty())
    std::ranges::stable_partition(
        methods, [&](const auto* method) { return has_what_it_asks(*method, config); });
  return methods;
}

std::string describe_security_types(std::span<const std::uint32_t> ids) {
  if (ids.empty()) return "nothing";
  std::string text;
  for (const auto id : ids) text += (text.empty() ? "" : ", ") + describe_security_type(id);
  return text;
}

}  // namespace oriel::rfb
