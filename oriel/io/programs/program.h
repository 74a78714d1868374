#pragma once
// Another program as a filter: bytes in, bytes out, and never longer than it is allowed.

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "oriel/base/bytes.h"
#include "oriel/base/result.h"
#include "oriel/base/time.h"

namespace oriel::programs {

// Of output that is kept; a program that writes more is ended.
inline constexpr std::size_t kOutputBytesMax = std::size_t{256} << 20;
inline constexpr std::size_t kComplaintBytesMax = 4096;  // of standard error; the end counts

struct ProgramEnd {
  Bytes output;
  std::string complaint;  // what it wrote to standard error, the end of it
  int exit_code = 0;      // 128 and the signal when it was killed
};

// Calls block, so they belong on a thread that may; one thread at a time.
class Program {
 public:
  // The first argument is a name to be found in $PATH, or a path. kUnavailable when there is none.
  static Result<std::unique_ptr<Program>> start(const std::vector<std::string>& arguments);
  // Kills it when it has not ended.
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  // Gives it more to read. kTimeout; kClosed when it takes no more; kTooLarge by its output.
  Status write(ByteSpan input, TimePoint deadline);
  // Ends its input and waits for its end. At most once.
  Result<ProgramEnd> finish(TimePoint deadline);

 private:
  class Descriptor;
  Program() = default;
  Status pump(ByteSpan& input, TimePoint deadline);
  bool read_some(Descriptor& from, Bytes& into);
  Result<int> reap(TimePoint deadline);

  pid_t process_ = -1;
  std::unique_ptr<Descriptor> input_, output_, errors_;
  Bytes output_bytes_, error_bytes_;
};

// All of it: start, write, finish.
Result<ProgramEnd> run_program(const std::vector<std::string>& arguments, ByteSpan input,
                               TimePoint deadline);

}  // namespace oriel::programs
