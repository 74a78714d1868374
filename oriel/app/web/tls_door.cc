#include "oriel/app/web/tls_door.h"

#include <unistd.h>

#include <utility>

#include "oriel/io/net/host_policy.h"

namespace oriel::web {
namespace {

std::string host_name() {
  char name[256] = "";
  ::gethostname(name, sizeof name - 1);
  return name;
}

}  // namespace

Result<DoorCertificate> door_certificate(const config::Settings& settings,
                                         const std::string& listen_host) {
  if (!settings.tls_cert.empty()) return DoorCertificate{{settings.tls_cert, settings.tls_key}};
  if (settings.state_folder.empty())
    return fail(ErrorCode::kInvalid,
                "there is no folder to keep a self-signed certificate in: set HOME or "
                "XDG_STATE_HOME, give a certificate with --tls-cert and --tls-key, or use --tls "
                "off");
  const auto names =
      certificate_names(host_name(), listen_host, net::split_host_list(settings.allowed_hosts));
  ORIEL_TRY(auto files, keep_self_signed(settings.state_folder + "/tls", names,
                                         std::chrono::system_clock::now()));
  return DoorCertificate{std::move(files), true};
}

Result<TlsDoor> open_tls_door(const config::Settings& settings, const std::string& listen_host,
                              net::TlsNotice notice) {
  ORIEL_TRY(auto shown, door_certificate(settings, listen_host));
  auto& files = shown.files;
  ORIEL_TRY(std::shared_ptr<net::TlsServerContext> context,
            net::TlsServerContext::open(
                {std::move(files.certificate), std::move(files.key), "http/1.1", std::move(notice)},
                Clock::now()));
  return TlsDoor{std::move(context), shown.is_self_signed};
}

}  // namespace oriel::web
