#pragma once
// From an HTTP request to its operation: path, method, role, parameters, body. What does not fit is
// answered here with one sentence.

#include <string_view>

#include "oriel/app/api/operation.h"

namespace oriel::api {

inline constexpr std::string_view kApiPrefix = "/api/v1/";
inline constexpr std::string_view kClipboardPath = "/api/v1/clipboard";

// The network thread owns it. `backend` outlives it.
class Router {
 public:
  explicit Router(Backend& backend) : backend_(backend) {}

  // `request.path` begins with kApiPrefix.
  void handle(net::HttpRequest request, Visitor visitor, net::HttpAnswer answer) const;

 private:
  Backend& backend_;
};

// "a%20b" is "a b"; a '+' stays. kInvalid for a broken escape.
Result<std::string> percent_decode(std::string_view text);

}  // namespace oriel::api
