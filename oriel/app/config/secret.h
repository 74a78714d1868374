#pragma once
// A text that must not reach a log, an error message or a help page. It has no conversion and no
// formatter, so printing one does not compile; `reveal` marks each place that needs the text
// itself.

#include <string>
#include <utility>

namespace oriel::config {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}

  const std::string& reveal() const { return text_; }
  bool is_empty() const { return text_.empty(); }

  friend bool operator==(const Secret&, const Secret&) = default;

 private:
  std::string text_;
};

}  // namespace oriel::config
