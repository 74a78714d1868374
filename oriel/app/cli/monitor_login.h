#pragma once
// What `oriel monitor` shows to a server that wants to know who comes.

#include <string>
#include <string_view>
#include <vector>

#include "oriel/app/cli/monitor_options.h"
#include "oriel/app/config/secret.h"
#include "oriel/base/result.h"
#include "oriel/io/net/http_message.h"

namespace oriel::cli {

// The first line of a file of which nobody else may know. Errors, kInvalid: a file that is missing,
// empty, or open to others. `what`: what it is, for the errors, such as "password".
Result<config::Secret> read_secret_line(const std::string& path, std::string_view what);

// Reads the files of password and token. Errors, kInvalid: a file that is missing, empty, or open
// to others; a password and a token at once.
Status read_secret_files(MonitorOptions& options);

// A server and the headers for it.
struct Target {
  std::string uri;
  std::vector<net::HttpField> headers;
};

// With a password, the user of `uri` moves from there into an Authorization header. `options` went
// through read_secret_files.
Target target_with_login(std::string_view uri, const MonitorOptions& options);

}  // namespace oriel::cli
