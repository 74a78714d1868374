#include "oriel/app/web/accepted_hosts.h"

#include <unistd.h>

namespace oriel::web {

net::HostPolicy host_policy(const config::Settings& settings) {
  char host_name[256] = "";
  ::gethostname(host_name, sizeof host_name - 1);
  return {net::split_host_list(settings.allowed_hosts), net::names_of_machine(host_name)};
}

}  // namespace oriel::web
