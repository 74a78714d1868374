#pragma once
// The figures of figure_table.h, read off a document that a server sent instead of off a snapshot:
// for rules over several hosts.

#include <optional>
#include <string_view>

#include "oriel/core/monitor/value.h"

namespace oriel::monitor {

// `message`: a whole monitoring_data message. Nothing when there is no such figure, or the document
// does not have it.
std::optional<double> document_figure(const Value& message, std::string_view component,
                                      std::string_view metric);

}  // namespace oriel::monitor
