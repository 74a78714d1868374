#pragma once
// The answers of the HTTP API.

#include <boost/json/value.hpp>
#include <string_view>

#include "oriel/base/result.h"
#include "oriel/io/net/http_message.h"

namespace oriel::api {

net::HttpResponse json_reply(const boost::json::value& document, int status = 200);
// 204.
net::HttpResponse empty_reply();

// {"error": {"code": "no_such_viewer", "message": "One sentence."}}; `clause` has no final period.
net::HttpResponse error_reply(int status, std::string_view code, std::string_view clause);
// 503: the server has its hands full, and may be asked again in a second.
net::HttpResponse busy_reply(std::string_view clause);
// The status and code that fit the error's own code.
net::HttpResponse error_reply(const Error& error);

}  // namespace oriel::api
