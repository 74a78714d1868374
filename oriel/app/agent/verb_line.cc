#include "oriel/app/agent/verb_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <utility>

namespace oriel::agent {
namespace {

struct Word {
  std::string text;
  bool is_quoted = false;  // its beginning is, so that it names nothing
  int line = 1, column = 1;
};

std::unexpected<AgentError> wrong(int line, int column, std::string_view what) {
  return failure(ErrorKind::kInput, fmt::format("line {}, column {}: {}", line, column, what));
}

void append_utf8(std::uint32_t point, std::string& out) {
  const auto byte = [&out](std::uint32_t value) { out.push_back(static_cast<char>(value)); };
  if (point < 0x80) return byte(point);
  if (point < 0x800) {
    byte(0xc0 | point >> 6);
  } else {
    if (point < 0x10000) {
      byte(0xe0 | point >> 12);
    } else {
      byte(0xf0 | point >> 18);
      byte(0x80 | (point >> 12 & 0x3f));
    }
    byte(0x80 | (point >> 6 & 0x3f));
  }
  byte(0x80 | (point & 0x3f));
}

// Parts a text into verbs of words. Columns count characters.
class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  // The words of the next verb; empty at the end.
  AgentResult<std::vector<Word>> next() {
    std::vector<Word> words;
    while (!is_at_end()) {
      const char c = peek();
      if (c == ';' || c == '\n') {
        take();
        if (!words.empty()) return words;
      } else if (c == ' ' || c == '\t' || c == '\r') {
        take();
      } else if (c == '#' && is_comment(words)) {
        while (!is_at_end() && peek() != '\n') take();
      } else {
        ORIEL_TRY(auto word, read_word());
        words.push_back(std::move(word));
      }
    }
    return words;
  }

 private:
  bool is_at_end() const { return at_ == text_.size(); }
  char peek() const { return text_[at_]; }
  char take() {
    const char c = text_[at_++];
    if (c == '\n') {
      ++line_;
      column_ = 1;
    } else if ((c & 0xc0) != 0x80) {
      ++column_;
    }
    return c;
  }
  // A colour is a word of its own: '#' and six digits.
  bool is_comment(const std::vector<Word>& words) const {
    if (words.empty()) return true;
    std::size_t digits = 0;
    while (at_ + 1 + digits < text_.size() && digits < 7 &&
           std::string_view("0123456789abcdefABCDEF").contains(text_[at_ + 1 + digits]))
      ++digits;
    if (digits != 6) return true;
    const auto after = at_ + 7;
    return after < text_.size() && !std::string_view(" \t\r\n;").contains(text_[after]);
  }

  AgentResult<Word> read_word() {
    Word word{{}, peek() == '"' || peek() == '\'', line_, column_};
    while (!is_at_end() && !std::string_view(" \t\r\n;").contains(peek())) {
      if (peek() == '"') {
        ORIEL_TRY_VOID(read_quoted(word.text));
      } else if (peek() == '\'') {
        ORIEL_TRY_VOID(read_plain(word.text));
      } else {
        word.text.push_back(take());
      }
    }
    return word;
  }
  AgentStatus read_plain(std::string& out) {
    const int line = line_, column = column_;
    take();
    while (!is_at_end() && peek() != '\'') out.push_back(take());
    if (is_at_end()) return wrong(line, column, "the quote ' that begins here has no end");
    take();
    return {};
  }
  AgentStatus read_quoted(std::string& out) {
    const int line = line_, column = column_;
    take();
    while (!is_at_end() && peek() != '"') {
      if (peek() == '\\') {
        ORIEL_TRY_VOID(read_escape(out));
      } else {
        out.push_back(take());
      }
    }
    if (is_at_end()) return wrong(line, column, "the quote \" that begins here has no end");
    take();
    return {};
  }
  AgentStatus read_escape(std::string& out) {
    const int line = line_, column = column_;
    constexpr std::string_view kLetters = "ntr\\\"'", kMeanings = "\n\t\r\\\"'";
    constexpr std::string_view kExpected = R"(one of \n \t \r \\ \" \' \u{HEX} is expected)";
    take();
    if (is_at_end()) return wrong(line, column, kExpected);
    const auto known = kLetters.find(peek());
    if (known != std::string_view::npos) {
      take();
      out.push_back(kMeanings[known]);
      return {};
    }
    const auto rest = text_.substr(at_);
    const auto end = rest.substr(0, 10).find('}');
    std::uint32_t point = 0;
    if (!rest.starts_with("u{") || end == std::string_view::npos)
      return wrong(line, column, kExpected);
    const auto* last = rest.data() + end;
    const auto [read, error] = std::from_chars(rest.data() + 2, last, point, 16);
    if (error != std::errc() || read != last || point == 0 || point > 0x10ffff ||
        (point >= 0xd800 && point < 0xe000))
      return wrong(line, column, "a character in hexadecimal is expected in \\u{...}");
    for (std::size_t i = 0; i <= end; ++i) take();
    append_utf8(point, out);
    return {};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int line_ = 1, column_ = 1;
};

std::string all_verbs() {
  std::string names;
  std::string_view before;
  for (const auto& verb : verb_table()) {
    const auto name = verb.name.substr(0, verb.name.find(' '));
    if (name != std::exchange(before, name))
      names += (names.empty() ? "" : ", ") + std::string(name);
  }
  return names;
}

// Words become the values of a verb. A word of line 0 has no place that an error could name.
class CallBuilder {
 public:
  explicit CallBuilder(const std::vector<Word>& words) : words_(words) {}

  AgentResult<VerbCall> build() {
    ORIEL_TRY(auto used, find_verb_of_words());
    for (; used < words_.size(); ++used) ORIEL_TRY_VOID(take(words_[used]));
    if (auto status = check_values(*call_.verb, call_.values); !status)
      return wrong_at(words_.front(), status.error().message);
    return std::move(call_);
  }

 private:
  static std::unexpected<AgentError> wrong_at(const Word& word, std::string_view what) {
    if (word.line == 0) return failure(ErrorKind::kInput, std::string(what));
    return wrong(word.line, word.column, what);
  }

  // How many words name it.
  AgentResult<std::size_t> find_verb_of_words() {
    const auto& first = words_.front();
    call_.line = first.line;
    call_.column = first.column;
    if (words_.size() > 1) {
      const auto both = first.text + ' ' + words_[1].text;
      call_.verb = find_verb(both);
      if (call_.verb != nullptr) return 2;
    }
    call_.verb = find_verb(first.text);
    if (call_.verb == nullptr)
      return wrong_at(first, fmt::format("there is no verb '{}'; {} are expected",
                                         first.text.substr(0, 40), all_verbs()));
    // "wait stil" is no "wait" with something.
    const bool has_kinds = std::ranges::any_of(
        verb_table(), [&](const Verb& verb) { return verb.name.starts_with(first.text + ' '); });
    if (has_kinds && words_.size() > 1 && !words_[1].text.contains('=') &&
        !words_[1].text.starts_with("--"))
      return wrong_at(words_[1],
                      fmt::format("{} is expected after '{}', not '{}'", kinds_of(first.text),
                                  first.text, words_[1].text.substr(0, 40)));
    return 1;
  }
  static std::string kinds_of(const std::string& first) {
    std::string kinds;
    for (const auto& verb : verb_table())
      if (verb.name.starts_with(first + ' '))
        kinds += (kinds.empty() ? "" : ", ") + std::string(verb.name.substr(first.size() + 1));
    return "one of " + kinds;
  }

  const VerbArgument* find_argument(std::string_view name) const {
    const auto& arguments = call_.verb->arguments;
    if (name == "color") name = "colour";
    const auto found = std::ranges::find(arguments, name, &VerbArgument::name);
    return found == arguments.end() ? nullptr : &*found;
  }

  AgentStatus take(const Word& word) {
    if (word.is_quoted) return take_by_place(word);
    std::string_view text = word.text;
    const bool has_dashes = text.starts_with("--");
    if (has_dashes) text.remove_prefix(2);
    const auto equals = text.find('=');
    const auto* named = find_argument(text.substr(0, equals));
    if (named != nullptr && equals != std::string_view::npos)
      return set(*named, text.substr(equals + 1), word);
    if (named != nullptr && named->type == ArgumentType::kFlag) return set(*named, "", word);
    if (has_dashes)
      return wrong_at(word, fmt::format("'{}' has no argument '--{}': {}", call_.verb->name,
                                        text.substr(0, 40), usage_of(*call_.verb)));
    return take_by_place(word);
  }

  AgentStatus take_by_place(const Word& word) {
    for (const auto& argument : call_.verb->arguments) {
      if (!argument.is_positional) continue;
      const bool is_list = argument.type == ArgumentType::kPath;
      if (is_list || !call_.values.contains(argument.name)) return set(argument, word.text, word);
    }
    return wrong_at(word, fmt::format("'{}' is one argument too many: {}", word.text.substr(0, 40),
                                      usage_of(*call_.verb)));
  }

  AgentStatus set(const VerbArgument& argument, std::string_view text, const Word& word) {
    auto value = parse_value(argument, text);
    if (!value) return wrong_at(word, value.error().message);
    const auto [place, is_new] = call_.values.try_emplace(std::string(argument.name), *value);
    if (is_new) return {};
    if (argument.type != ArgumentType::kPath)
      return wrong_at(word, fmt::format("{} is given twice", argument.name));
    auto& path = std::get<std::vector<image::Point>>(place->second);
    if (path.size() == kPathPointsMax)
      return wrong_at(word, fmt::format("a path of at most {} places is possible", kPathPointsMax));
    path.push_back(std::get<std::vector<image::Point>>(*value).front());
    return {};
  }

  const std::vector<Word>& words_;
  VerbCall call_;
};

}  // namespace

AgentResult<std::vector<VerbCall>> parse_verbs(std::string_view text) {
  if (text.size() > kVerbTextBytesMax)
    return failure(ErrorKind::kInput, fmt::format("{} bytes of verbs, at most {} are possible",
                                                  text.size(), kVerbTextBytesMax));
  std::vector<VerbCall> calls;
  Lexer lexer(text);
  while (true) {
    ORIEL_TRY(const auto words, lexer.next());
    if (words.empty()) return calls;
    if (calls.size() == kVerbCallsMax)
      return wrong(words[0].line, words[0].column,
                   fmt::format("at most {} verbs are possible", kVerbCallsMax));
    ORIEL_TRY(auto call, CallBuilder(words).build());
    calls.push_back(std::move(call));
  }
}

AgentResult<VerbCall> parse_verb_words(const std::vector<std::string>& texts) {
  if (texts.empty())
    return failure(ErrorKind::kInput, fmt::format("a verb is expected: {}", all_verbs()));
  std::vector<Word> words;
  for (const auto& text : texts) words.push_back({text, false, 0, 0});
  return CallBuilder(words).build();
}

}  // namespace oriel::agent
