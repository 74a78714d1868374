#pragma once
// Lines to a file descriptor, such as standard output, at once and whole. One owner.

#include <string_view>

#include "oriel/base/result.h"

namespace oriel::cli {

class LineOutput {
 public:
  // `fd` is lent; SIGPIPE has to be ignored.
  explicit LineOutput(int fd) : fd_(fd) {}

  // `text`, and a line end. Waits for a slow reader. kClosed: nobody reads any more (`| head`);
  // kUnavailable: a full disk, for example.
  Status write(std::string_view text);

 private:
  int fd_;
};

}  // namespace oriel::cli
