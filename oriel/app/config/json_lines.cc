#include "oriel/app/config/json_lines.h"

#include <algorithm>
#include <boost/json.hpp>

namespace oriel::config {
namespace {

// Walks over a valid document; what it sees need not be checked again, but reading never leaves the
// text.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  JsonLines scan() {
    while (position_ < text_.size()) step();
    return std::move(found_);
  }

 private:
  struct Level {
    bool is_object = false;
    std::string path;  // of the object, "" for the document
  };

  void step() {
    char c = text_[position_];
    switch (c) {
      case '\n':
        ++line_;
        ++position_;
        return;
      case '/':
        skip_comment();
        return;
      case '"':
        string();
        return;
      case '{':
      case '[':
        levels_.push_back({c == '{', pending_path_});
        expects_key_ = c == '{';
        break;
      case '}':
      case ']':
        if (!levels_.empty()) levels_.pop_back();
        expects_key_ = false;
        break;
      case ',':
        expects_key_ = !levels_.empty() && levels_.back().is_object;
        break;
      default:
        break;
    }
    ++position_;
  }

  void skip_comment() {
    bool is_block = text_.substr(position_).starts_with("/*");
    auto end = is_block ? text_.find("*/", position_ + 2) : text_.find('\n', position_);
    auto next = end == text_.npos ? text_.size() : end + (is_block ? 2 : 0);
    line_ += static_cast<int>(std::ranges::count(text_.substr(position_, next - position_), '\n'));
    position_ = next;
  }

  void string() {
    auto start = position_++;
    while (position_ < text_.size() && text_[position_] != '"')
      position_ += text_[position_] == '\\' ? 2 : 1;
    position_ = std::min(position_ + 1, text_.size());
    if (expects_key_) key(text_.substr(start, position_ - start));
  }

  void key(std::string_view literal) {
    expects_key_ = false;
    boost::json::error_code error;
    auto value = boost::json::parse(literal, error);
    if (error || !value.is_string()) return;
    const auto& parent = levels_.back().path;
    pending_path_ = parent.empty() ? std::string(value.as_string())
                                   : parent + "." + std::string(value.as_string());
    bool is_in_array =
        std::ranges::any_of(levels_, [](const Level& level) { return !level.is_object; });
    if (is_in_array) return;
    if (!found_.line_of.try_emplace(pending_path_, line_).second)
      found_.repeated.push_back(pending_path_);
  }

  std::string_view text_;
  std::size_t position_ = 0;
  int line_ = 1;
  bool expects_key_ = false;
  std::string pending_path_;  // of the member whose value comes next
  std::vector<Level> levels_;
  JsonLines found_;
};

}  // namespace

JsonLines find_json_lines(std::string_view text) { return Scanner(text).scan(); }

int line_at(std::string_view text, std::size_t offset) {
  return 1 + static_cast<int>(std::ranges::count(text.substr(0, offset), '\n'));
}

}  // namespace oriel::config
