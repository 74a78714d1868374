#include <fmt/format.h>

#include <chrono>
#include <string>

#include "oriel/app/config/door_policy.h"
#include "oriel/app/config/private_file.h"
#include "oriel/app/doctor/checks.h"
#include "oriel/io/net/tls_certificate.h"

namespace oriel::doctor {
namespace {

constexpr std::size_t kFileBytesMax = 1 << 20;
constexpr int kSoonDays = 14;

Result<std::string> text_of(const std::string& path) {
  ORIEL_TRY(const auto file, config::read_file(path, kFileBytesMax));
  if (!file) return fail(ErrorCode::kUnavailable, fmt::format("there is no file {}", path));
  return file->text;
}

Finding judge(const config::Settings& settings) {
  const auto certificate = text_of(settings.tls_cert);
  const auto key = text_of(settings.tls_key);
  if (!certificate || !key)
    return {.grade = Grade::kProblem,
            .text = (certificate ? key.error() : certificate.error()).message,
            .remedy = "name the files with --tls-cert and --tls-key"};
  const auto pair = net::parse_pem_pair({*certificate, *key});
  if (!pair)
    return {.grade = Grade::kProblem,
            .text = fmt::format("{}: {}", settings.tls_cert, pair.error().message),
            .remedy = "the certificate comes first, then those that lead to a root, all as PEM"};
  const auto left = std::chrono::duration_cast<std::chrono::days>(
      net::expiry_of(*pair->certificate) - std::chrono::system_clock::now());
  if (left.count() < kSoonDays)
    return {
        .grade = left.count() < 0 ? Grade::kProblem : Grade::kWarning,
        .text = left.count() < 0
                    ? fmt::format("{} has expired {} days ago", settings.tls_cert, -left.count())
                    : fmt::format("{} expires in {} days", settings.tls_cert, left.count()),
        .remedy = "renew it; the running server takes over the changed files"};
  return {.grade = Grade::kGood,
          .text = fmt::format("{} is valid for {} days", settings.tls_cert, left.count())};
}

}  // namespace

void check_certificate(const Patient& patient, Findings& findings) {
  if (!patient.settings) {
    findings.push_back(
        {.grade = Grade::kNote, .text = "not looked at, for the settings cannot be read"});
  } else if (!patient.settings->tls_cert.empty()) {
    findings.push_back(judge(*patient.settings));
  } else {
    findings.push_back(
        {.grade = Grade::kGood,
         .text = config::uses_tls(*patient.settings)
                     ? "a self-signed certificate is made and kept; browsers warn once"
                     : "no door speaks TLS, since all are on loopback or it is off"});
  }
}

}  // namespace oriel::doctor
