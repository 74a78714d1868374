#include <fmt/format.h>
#include <openssl/crypto.h>
#include <sys/utsname.h>

#include <boost/version.hpp>
#include <thread>

#include "oriel/app/doctor/checks.h"
#include "oriel/base/version.h"

namespace oriel::doctor {

void check_version(const Patient&, Findings& findings) {
  utsname system{};
  (void)::uname(&system);
  findings.push_back(
      {.grade = Grade::kGood,
       .text = fmt::format("oriel {}, {}, Boost {}.{}, on {} {} {} with {} cores", kVersion,
                           OpenSSL_version(OPENSSL_VERSION), BOOST_VERSION / 100000,
                           BOOST_VERSION / 100 % 1000, system.sysname, system.release,
                           system.machine, std::thread::hardware_concurrency())});
}

}  // namespace oriel::doctor
