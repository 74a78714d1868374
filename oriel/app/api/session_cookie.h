#pragma once
// The cookie of a log-in. Browsers send a cookie to every port of a host, so its name has the port
// by which the browser reaches this server: logging in at one of several servers on one host, or
// behind one end of several ssh tunnels, leaves the others alone. Pure.

#include <string>
#include <string_view>

#include "oriel/io/net/http_message.h"

namespace oriel::api {

// "oriel_session_6080", by the port in the Host field, else 80, or 443 with TLS.
std::string session_cookie_name(const net::HttpRequest& request);

// The value of the cookie of that name in a Cookie field (RFC 6265, 4.2.1), or "".
std::string_view cookie_value(std::string_view field, std::string_view name);

}  // namespace oriel::api
