#pragma once
// The socket behind the page of a noVNC, such as OpenStack's /vnc_auto.html?token=...: what the
// page itself would open. Pure; any thread.

#include <string>
#include <string_view>

#include "oriel/base/result.h"

namespace oriel::client {

struct PageSocket {
  std::string url;       // ws:// or wss://, as it is opened
  std::string password;  // of VNC, where the page has one; not in the URL
};

// Whether a URL is that of a page and not of a socket: http:// or https:// without a path, or any
// with a path that ends in .html.
bool is_page(std::string_view url);

// `page` is http://, https://, ws:// or wss://; a page of http has a socket of ws. Of the page's
// parameters count host, port, encrypt, path, token and password, as in noVNC's app/ui.js: path is
// taken from the root of the server. kInvalid never repeats a query.
Result<PageSocket> socket_of_page(std::string_view page);

}  // namespace oriel::client
