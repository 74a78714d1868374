#pragma once
// What the targets of one command say on standard output and standard error, in the order of the
// targets, and how far they are. One thread.

#include <cstddef>
#include <string>
#include <vector>

#include "oriel/app/cli/drive_report.h"
#include "oriel/base/bytes.h"

namespace oriel::cli {

// Writes all of it to standard output, at once.
bool write_all(ByteSpan bytes);

// "2 of 5 done, 1 failed" on a terminal, where there are several.
class Progress {
 public:
  explicit Progress(std::size_t count);
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void done(bool is_good);
  // Before something else is written there.
  void clear() const;

 private:
  std::size_t count_, done_ = 0, failed_ = 0;
  bool is_shown_;
};

// What comes before its turn is kept. That of one target is written as it comes.
class OrderedOutput {
 public:
  // `progress` is lent for its life.
  OrderedOutput(std::size_t count, const Progress& progress) : kept_(count), progress_(progress) {}

  // Of several targets each line has the label in front of it, and pictures are left out.
  void say(std::size_t target, const VerbOutput& output, const std::string& label);
  // `error`: whole lines for standard error, or empty.
  void end(std::size_t target, const std::string& error);
  // Not all could be written.
  bool is_lost() const { return is_lost_; }

 private:
  struct Kept {
    std::string text, error;
    bool is_over = false;
  };

  void write(ByteSpan bytes);
  void print_ready();

  std::vector<Kept> kept_;
  std::size_t next_ = 0;  // whose turn it is
  const Progress& progress_;
  bool is_lost_ = false;
};

}  // namespace oriel::cli
