#pragma once
// An HTTP request and response as plain values, without any network library.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "oriel/base/bytes.h"

namespace oriel::net {

class HttpBodyStream;

struct HttpField {
  std::string name;
  std::string value;

  friend bool operator==(const HttpField&, const HttpField&) = default;
};

struct HttpRequest {
  std::string method;  // "GET"; a HEAD request is shown as GET and its body dropped later
  std::string path;    // as sent, from the first '/' to before '?'; not percent-decoded
  std::string query;   // after '?'
  std::vector<HttpField> fields;
  std::string body;
  std::string peer;   // Stream::peer
  std::string local;  // Stream::local
  bool is_head = false;
  bool is_keep_alive = false;
  bool is_http_1_0 = false;
  bool is_secure = false;  // came over TLS

  // The value of the first field of that name (any case), or null.
  const std::string* find(std::string_view name) const;
  // Whether a comma-separated list field has the token (any case): "Connection", "upgrade".
  bool has_token(std::string_view name, std::string_view token) const;
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  SharedBytes body;
  ByteSpan static_body;  // used when `body` is null; must live as long as the server
  std::shared_ptr<HttpBodyStream> stream;  // in place of both: a body that comes bit by bit
  std::vector<HttpField> fields;           // one of a security field's name replaces that

  ByteSpan content() const { return body ? ByteSpan(*body) : static_body; }
};

// A response of one plain sentence; a final period and newline are added.
HttpResponse http_sentence(int status, std::string_view clause);
HttpResponse http_body(int status, std::string content_type, std::string_view body);

// Fields that every response carries.
struct SecurityHeaders {
  std::vector<HttpField> fields = default_fields();

  // Scripts, styles, pictures and connections from this server only; no frames, no referrer, no
  // guessing of types, no use by other sites.
  static std::vector<HttpField> default_fields();
};

// How the peer learns where the body ends (RFC 9112, 6).
enum class BodyFraming { kLength, kChunked, kUntilClose };

// Status line and fields up to the empty line. Names and values hold no line ends.
std::string write_response_head(const HttpResponse& response, const SecurityHeaders& security,
                                bool is_keep_alive, BodyFraming framing = BodyFraming::kLength);

}  // namespace oriel::net
