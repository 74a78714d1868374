#pragma once
// What a client of the stream sends, as documents. parse_request (messages.h) reads them. Pure.

#include "oriel/core/monitor/messages.h"
#include "oriel/core/monitor/value.h"

namespace oriel::monitor {

Value ping_document();        // {"type": "ping"}
Value get_status_document();  // {"type": "get_status"}
// Metrics and interval always, the rest where it is not at its default.
Value subscribe_document(const Subscribe& subscribe);

}  // namespace oriel::monitor
