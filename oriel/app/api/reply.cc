#include "oriel/app/api/reply.h"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cctype>
#include <string>

#include "oriel/app/observe/escape.h"

namespace oriel::api {

namespace json = boost::json;

net::HttpResponse json_reply(const json::value& document, int status) {
  // A message may quote what the peer sent, and a name may be of any bytes; in JSON they stand in
  // strings, which are UTF-8.
  auto response = net::http_body(status, "application/json",
                                 observe::valid_utf8(json::serialize(document)) + "\n");
  response.fields.push_back({"Cache-Control", "no-store"});
  return response;
}

net::HttpResponse empty_reply() {
  net::HttpResponse response;
  response.status = 204;
  return response;
}

net::HttpResponse error_reply(int status, std::string_view code, std::string_view clause) {
  std::string sentence(clause);
  if (!sentence.empty())
    sentence[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(sentence[0])));
  if (!sentence.ends_with('.')) sentence += '.';
  return json_reply({{"error", {{"code", code}, {"message", sentence}}}}, status);
}

net::HttpResponse busy_reply(std::string_view clause) {
  auto response = error_reply(503, "busy", clause);
  response.fields.push_back({"Retry-After", "1"});
  return response;
}

net::HttpResponse error_reply(const Error& error) {
  switch (error.code) {
    case ErrorCode::kInvalid:
      return error_reply(400, "invalid", error.message);
    case ErrorCode::kTooLarge:
      return error_reply(413, "too_large", error.message);
    case ErrorCode::kUnsupported:
      return error_reply(409, "unsupported", error.message);
    case ErrorCode::kRefused:
      return error_reply(409, "refused", error.message);
    case ErrorCode::kTimeout:
      return error_reply(504, "timeout", error.message);
    case ErrorCode::kClosed:
    case ErrorCode::kUnavailable:
      return error_reply(503, "unavailable", error.message);
  }
  return error_reply(500, "internal", error.message);
}

}  // namespace oriel::api
