#pragma once
// A URL with places for values, such as
// "wss://${host}:${port}/api2/json/nodes/${node}/qemu/${vmid}/vncwebsocket?vncticket=${ticket}".
// Pure; any thread.

#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "oriel/base/result.h"

namespace oriel::client {

// Values by name, as they are: not percent-encoded.
using TemplateParameters = std::map<std::string, std::string, std::less<>>;

// Names with a meaning of their own; any other may be given too. `host_port` is another name of
// `port`, where the web server listens; `vnc_port` is what Proxmox's vncproxy answers.
std::span<const std::string_view> template_names();

// The names of the places in a template, in their order. Errors as below.
Result<std::vector<std::string>> names_in_template(std::string_view text);
// Whether a value of this name goes to a place of that one: `port` and `host_port` are one.
bool is_same_parameter(std::string_view name, std::string_view other);

struct ExpandedUrl {
  std::string url;
  // A value that may be a secret stands in the path, which logs must then not show.
  bool has_secret_path = false;

  friend bool operator==(const ExpandedUrl&, const ExpandedUrl&) = default;
};

// Each ${name} becomes its value, encoded once, for the place where it stands: a part of the path,
// a value of the query, the user, the host (IPv6 gets its brackets), the port. The rest stays as it
// is. Errors (kInvalid) name the name: without a value, or with one that its place cannot have;
// they never repeat a value.
Result<ExpandedUrl> expand_url_template(std::string_view text,
                                        const TemplateParameters& parameters);

}  // namespace oriel::client
