#pragma once
// The text in a picture, read by the program tesseract.

#include <string>
#include <string_view>
#include <vector>

#include "oriel/app/agent/agent_error.h"
#include "oriel/base/time.h"
#include "oriel/core/image/frame.h"

namespace oriel::agent {

struct ReadWord {
  std::string text;
  image::Rect box;  // in the picture
};
using ReadLine = std::vector<ReadWord>;

// How the text lies in a picture: lines one below the other, or here and there as on a desktop.
enum class TextLayout { kLines, kScattered };

// How to read a picture of that size, in the order of what is likely. tesseract misses small text
// of a few lines when it looks for scattered words; both ways together would take it too long in
// pictures of many pixels.
std::vector<TextLayout> text_layouts(image::Size size);

// Blocks until tesseract has ended. kInternal when it is not installed or fails, kTimeout.
AgentResult<std::vector<ReadLine>> read_text(const image::FrameView& picture,
                                             const std::string& language, TextLayout layout,
                                             TimePoint deadline);

// tesseract's table of words (its "tsv" output), boxes divided by `scale`. Lines that are no rows
// of words are left out.
std::vector<ReadLine> parse_words(std::string_view table, int scale);

// What is looked for in lines: a text whatever the spaces between its words, or a regular
// expression.
class TextMatcher {
 public:
  // kInput for an empty text and for what is no expression.
  static AgentResult<TextMatcher> make(const std::string& text, bool is_pattern);

  struct Match {
    std::string line;
    image::Rect box;  // around the words that have some of it
  };
  // The first in `lines`; an empty box when there is none.
  Match find(const std::vector<ReadLine>& lines) const;

 private:
  std::pair<std::size_t, std::size_t> find_in(const std::string& line) const;

  std::string text_;
  bool is_pattern_ = false;
};

}  // namespace oriel::agent
