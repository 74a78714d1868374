#pragma once
// Bytes to HttpRequest, by Beast's parser, with its failures as responses. Pure: no socket, no
// clock. One strand owns it.

#include <expected>
#include <functional>
#include <memory>

#include "oriel/base/bytes.h"
#include "oriel/io/net/http_message.h"
#include "oriel/io/net/limits.h"

namespace oriel::net {

// Parses one request; make a new one for the next.
class HttpParser {
 public:
  // `body_bytes_of` gives the most that the body of a request may have whose head is whole;
  // without it limits.body_bytes.
  using BodyBytesOf = std::function<std::size_t(const HttpRequest& head)>;
  explicit HttpParser(const HttpLimits& limits, BodyBytesOf body_bytes_of = nullptr);
  ~HttpParser();
  HttpParser(HttpParser&&) noexcept;
  HttpParser& operator=(HttpParser&&) noexcept;

  // Shows all bytes that are not consumed yet; returns how many are consumed now. A failure is the
  // response to give before closing (400, 413, 431, 501).
  std::expected<std::size_t, HttpResponse> put(ByteSpan bytes);

  bool is_done() const;
  // The client waits for "100 Continue" before it sends the body; true once.
  bool take_continue();
  // The request, after is_done; peer and local are left empty.
  HttpRequest take_request();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace oriel::net
