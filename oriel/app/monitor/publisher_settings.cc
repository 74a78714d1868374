#include "oriel/app/monitor/publisher_settings.h"

#include <memory>

#include "oriel/app/monitor/alert_dispatcher.h"

namespace oriel::monitor {

Result<PublisherConfig> publisher_config(const config::Settings& settings,
                                         const observe::Logger& logger) {
  PublisherConfig config;
  config.clients_max = static_cast<std::size_t>(settings.monitor_max_clients);
  config.rules = settings.alert.rules;
  ORIEL_TRY(std::shared_ptr<AlertDispatcher> dispatcher,
            AlertDispatcher::make(settings.alert, host_name(), logger));
  if (dispatcher->has_somebody()) {
    config.watches_alone = !config.rules.empty();
    config.on_alert = [dispatcher](const AlertRules::Event& event) { dispatcher->dispatch(event); };
  }
  return config;
}

}  // namespace oriel::monitor
