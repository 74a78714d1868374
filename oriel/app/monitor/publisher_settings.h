#pragma once
// The settings of the program as the publisher takes them.

#include "oriel/app/config/settings.h"
#include "oriel/app/monitor/publisher.h"

namespace oriel::monitor {

PublisherConfig publisher_config(const config::Settings& settings);

}  // namespace oriel::monitor
