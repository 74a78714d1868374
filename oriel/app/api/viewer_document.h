#pragma once
// The viewers, as the API and its events say them.

#include <boost/json/object.hpp>
#include <vector>

#include "oriel/app/api/backend.h"

namespace oriel::api {

boost::json::object viewers_document(const std::vector<ViewerInfo>& viewers);

}  // namespace oriel::api
