#pragma once
// The right and the duty to answer one HTTP request: at once, or later from the same strand. Given
// up without an answer it says 500, so that no peer waits for nothing.

#include <functional>
#include <utility>

#include "oriel/io/net/http_message.h"

namespace oriel::net {

class HttpAnswer {
 public:
  using Take = std::move_only_function<void(HttpResponse)>;

  explicit HttpAnswer(Take take) : take_(std::move(take)) {}
  HttpAnswer(HttpAnswer&& other) noexcept : take_(std::exchange(other.take_, nullptr)) {}
  HttpAnswer& operator=(HttpAnswer&& other) noexcept {
    std::swap(take_, other.take_);
    return *this;
  }
  ~HttpAnswer() {
    if (take_) take_(http_sentence(500, "the server has given up this request"));
  }

  // Once.
  void operator()(HttpResponse response) { std::exchange(take_, nullptr)(std::move(response)); }

 private:
  Take take_;
};

}  // namespace oriel::net
