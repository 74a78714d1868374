#pragma once
// Who has control, as the API and its events say it.

#include <boost/json/object.hpp>

#include "oriel/app/api/backend.h"

namespace oriel::api {

boost::json::object control_document(const ControlInfo& control);

}  // namespace oriel::api
