#pragma once
// An embedded file as the answer to a request: the variant that the client takes, 304 when it has
// it, or the part it asks for. Pure; any thread.

#include <string_view>

#include "oriel/app/web/web_assets.h"
#include "oriel/io/net/http_message.h"

namespace oriel::web {

// Whether an If-None-Match list names `etag` (RFC 9110, 13.1.2); weak comparison, as the RFC wants
// it.
bool names_etag(std::string_view list, std::string_view etag);

// 200, 206, 304 or 416 for a GET or HEAD request (RFC 9110, 8.4, 13 and 14). A request for several
// ranges, or one that is malformed, gets the whole file, as the RFC permits.
net::HttpResponse asset_response(const WebAsset& asset, const net::HttpRequest& request);

}  // namespace oriel::web
