#include "oriel/app/web/self_signed_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "oriel/app/config/private_file.h"
#include "oriel/io/net/host_policy.h"
#include "oriel/io/net/limits.h"
#include "oriel/io/net/tls_certificate.h"

namespace oriel::web {
namespace {

// An open file or folder.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int number() const { return number_; }

 private:
  int number_;
};

std::unexpected<Error> failed(const std::string& path, const char* what) {
  return fail(ErrorCode::kUnavailable,
              fmt::format("{}: {}: {}; give a certificate with --tls-cert and --tls-key, or use "
                          "--tls off",
                          path, what, std::strerror(errno)));
}

Status make_folder(const std::string& folder) {
  std::error_code error;
  const auto parent = std::filesystem::path(folder).parent_path();
  std::filesystem::create_directories(parent, error);  // mkdir says what is wrong
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
    return failed(folder, "the folder for a self-signed certificate cannot be made");
  return {};
}

// In one step for those who read it.
Status replace_file(const std::string& path, const std::string& text, mode_t mode) {
  const auto fresh = path + ".new";
  ::unlink(fresh.c_str());
  const Descriptor file(
      ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode));
  if (file.number() < 0) return failed(fresh, "cannot be made");
  const auto count = ::write(file.number(), text.data(), text.size());
  if (count != static_cast<ssize_t>(text.size()) || ::fsync(file.number()) != 0)
    return failed(fresh, "cannot be written");
  if (::rename(fresh.c_str(), path.c_str()) != 0) return failed(path, "cannot be replaced");
  return {};
}

// The pair in the files, if there is one that fits together.
Result<net::TlsPair> read_pair(const CertificateFiles& files) {
  ORIEL_TRY(auto certificate, config::read_file(files.certificate, net::kTlsPemFileBytesMax));
  ORIEL_TRY(auto key, config::read_file(files.key, net::kTlsPemFileBytesMax));
  if (!certificate || !key) return fail(ErrorCode::kInvalid, "there is none");
  return net::parse_pem_pair({std::move(certificate->text), std::move(key->text)});
}

bool is_good(const x509_st& certificate, const std::vector<std::string>& names,
             std::chrono::system_clock::time_point now) {
  return net::expiry_of(certificate) - now > std::chrono::days(net::kSelfSignedRenewDays) &&
         std::ranges::all_of(names, [&](auto& name) { return net::covers(certificate, name); });
}

void add_name(std::vector<std::string>& names, const std::string& name) {
  const bool is_address = name.find(':') != std::string::npos && !name.starts_with('[');
  const auto parsed = net::parse_host_and_port(is_address ? "[" + name + "]" : name);
  if (!parsed || parsed->port) return;  // no name that a browser could ask for
  auto host = parsed->host;
  if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
  if (names.size() < net::kSelfSignedNamesMax && std::ranges::find(names, host) == names.end())
    names.push_back(std::move(host));
}

}  // namespace

Result<CertificateFiles> keep_self_signed(const std::string& folder,
                                          const std::vector<std::string>& names,
                                          std::chrono::system_clock::time_point now) {
  ORIEL_TRY_VOID(make_folder(folder));
  // Held until the files are complete.
  const Descriptor lock(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (lock.number() < 0 || ::flock(lock.number(), LOCK_EX) != 0)
    return failed(folder, "cannot be used for a self-signed certificate");
  CertificateFiles files{folder + "/self-signed.crt", folder + "/self-signed.key"};
  const auto old = read_pair(files);
  if (old && is_good(*old->certificate, names, now)) return files;
  auto all = names;
  if (old)
    for (const auto& name : net::names_of(*old->certificate)) add_name(all, name);
  ORIEL_TRY(auto made, net::make_self_signed(all, now));
  ORIEL_TRY_VOID(replace_file(files.key, made.key, 0600));
  ORIEL_TRY_VOID(replace_file(files.certificate, made.certificate, 0644));
  return files;
}

std::vector<std::string> certificate_names(const std::string& host_name,
                                           const std::string& listen_host,
                                           const std::vector<std::string>& allowed_hosts) {
  std::vector<std::string> names;
  for (const auto& name : net::names_of_machine(host_name)) add_name(names, name);
  for (const auto* name : {"localhost", "127.0.0.1", "::1"}) add_name(names, name);
  if (listen_host != "0.0.0.0" && listen_host != "::") add_name(names, listen_host);
  for (const auto& name : allowed_hosts) add_name(names, name);
  return names;
}

}  // namespace oriel::web
