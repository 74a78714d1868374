#include "oriel/io/net/http_body_stream.h"

#include <utility>

namespace oriel::net {

bool HttpBodyStream::push(std::string_view text) {
  if (is_ended_) return false;
  if (waiting_.size() + text.size() > max_bytes_) {
    end();
    return false;
  }
  waiting_ += text;
  wake_.notify();
  return true;
}

void HttpBodyStream::end() {
  is_ended_ = true;
  wake_.notify();
}

void HttpBodyStream::connection_gone() {
  is_ended_ = true;
  if (auto gone = std::exchange(gone_, nullptr)) gone();
}

}  // namespace oriel::net
