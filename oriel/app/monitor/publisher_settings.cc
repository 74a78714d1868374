#include "oriel/app/monitor/publisher_settings.h"

namespace oriel::monitor {

PublisherConfig publisher_config(const config::Settings& settings) {
  PublisherConfig config;
  config.clients_max = static_cast<std::size_t>(settings.monitor_max_clients);
  return config;
}

}  // namespace oriel::monitor
