#include "oriel/app/cli/ordered_output.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string_view>
#include <utility>

namespace oriel::cli {
namespace {

std::string with_label(std::string_view text, const std::string& label) {
  std::string labelled;
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    labelled += fmt::format("{}: {}\n", label, line);
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
  return labelled;
}

}  // namespace

bool write_all(ByteSpan bytes) {
  return std::fwrite(bytes.data(), 1, bytes.size(), stdout) == bytes.size() &&
         std::fflush(stdout) == 0;
}

Progress::Progress(std::size_t count)
    : count_(count), is_shown_(count > 1 && ::isatty(STDERR_FILENO) == 1) {}

void Progress::done(bool is_good) {
  ++done_;
  if (!is_good) ++failed_;
  if (!is_shown_) return;
  clear();
  fmt::print(stderr, "{} of {} done, {} failed", done_, count_, failed_);
  std::fflush(stderr);
}

void Progress::clear() const {
  if (is_shown_) std::fputs("\r\x1b[K", stderr);
}

void OrderedOutput::say(std::size_t target, const VerbOutput& output, const std::string& label) {
  if (kept_.size() == 1)
    return write(output.picture.empty() ? as_bytes(output.text) : ByteSpan(output.picture));
  kept_[target].text += with_label(output.text, label);
  print_ready();
}

void OrderedOutput::end(std::size_t target, const std::string& error) {
  kept_[target].error = error;
  kept_[target].is_over = true;
  print_ready();
}

void OrderedOutput::write(ByteSpan bytes) {
  if (!write_all(bytes)) is_lost_ = true;
}

void OrderedOutput::print_ready() {
  while (next_ < kept_.size()) {
    auto& kept = kept_[next_];
    if (!kept.text.empty() || !kept.error.empty()) progress_.clear();
    write(as_bytes(std::exchange(kept.text, {})));
    if (!kept.is_over) return;
    std::fputs(kept.error.c_str(), stderr);
    ++next_;
  }
}

}  // namespace oriel::cli
