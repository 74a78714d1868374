#pragma once
// The settings of the program as the publisher takes them.

#include "oriel/app/config/settings.h"
#include "oriel/app/monitor/publisher.h"
#include "oriel/app/observe/log.h"

namespace oriel::monitor {

// With somebody to be told of alerts (console, file, web hook, mail) they are watched also while
// nobody listens. Errors: alert settings that do not fit together.
Result<PublisherConfig> publisher_config(const config::Settings& settings,
                                         const observe::Logger& logger);

}  // namespace oriel::monitor
