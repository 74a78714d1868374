#pragma once
// Asks a server over HTTP as programs do: by curl.

#include <boost/json/value.hpp>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/child_process.h"

namespace oriel::support {

struct HttpReply {
  int status = 0;                             // 0: no answer came
  std::map<std::string, std::string> fields;  // by their names in lower case
  std::string body;

  // The value of that field, or "".
  std::string field(const std::string& name) const;
  boost::json::value json() const;
  // "code" of the API's errors, or "".
  std::string code() const;
};

struct HttpRequest {
  std::string method = "GET";
  std::string path;  // and query
  std::string body;
  std::string type = "application/json";  // of the body; empty: says none
  std::vector<std::string> fields;        // "Name: value"
};

// One client of 127.0.0.1:PORT with what it shows at the door.
class HttpClient {
 public:
  // `scheme`: "http", or "https" with whatever certificate the server has.
  explicit HttpClient(int port, std::string scheme = "http")
      : port_(port), scheme_(std::move(scheme)) {}

  HttpClient with(const std::string& field) const;
  HttpClient with_bearer(const std::string& token) const {
    return with("Authorization: Bearer " + token);
  }

  // Throws std::runtime_error when nothing answers.
  HttpReply ask(const HttpRequest& request) const;
  HttpReply get(const std::string& path, std::vector<std::string> fields = {}) const;
  HttpReply send(const std::string& method, const std::string& path, const std::string& body = "",
                 const std::string& type = "application/json") const;
  // With the cookie that the password gives; throws std::runtime_error when it gives none.
  HttpClient logged_in(const std::string& password) const;
  // The cookie's "name=value"; empty without one.
  const std::string& cookie() const { return cookie_; }

  // The same many times on one connection: each status and size of a body, "200 1234" each.
  std::vector<std::string> get_many(const std::string& path, int count,
                                    std::vector<std::string> fields = {}) const;
  // A process that goes on to read `path` and writes what comes to its output.
  std::unique_ptr<ChildProcess> listen(const std::string& path) const;

 private:
  std::vector<std::string> curl(const std::vector<std::string>& options) const;
  std::string url(const std::string& path) const;

  int port_;
  std::string scheme_;
  std::vector<std::string> fields_;
  std::string cookie_;
};

}  // namespace oriel::support
