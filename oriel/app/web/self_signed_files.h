#pragma once
// The self-signed certificate that the program makes for itself once and keeps in files.

#include <chrono>
#include <string>
#include <vector>

#include "oriel/base/result.h"

namespace oriel::web {

struct CertificateFiles {
  std::string certificate;
  std::string key;  // 0600
};

// Those in `folder`, which is made (0700) if it is missing. A new pair is made when there is none,
// when it cannot be used, has less than net::kSelfSignedRenewDays left at `now`, or lacks one of
// `names`; then it is for the names of the old one too, so that two servers of one user with other
// addresses do not take turns. Safe when several processes do it at once. Errors say what to do.
Result<CertificateFiles> keep_self_signed(const std::string& folder,
                                          const std::vector<std::string>& names,
                                          std::chrono::system_clock::time_point now);

// The names under which this server may be reached, without doubles: this machine's `host_name`,
// loopback's, the address of the listener unless it is all addresses, and the allowed hosts.
std::vector<std::string> certificate_names(const std::string& host_name,
                                           const std::string& listen_host,
                                           const std::vector<std::string>& allowed_hosts);

}  // namespace oriel::web
