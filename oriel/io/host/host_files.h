#pragma once
// Reads the kernel's files below a root folder: those of every sample on descriptors that stay
// open, others once. Nothing here waits for a network; sysfs files of slow chips take milliseconds.

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "oriel/base/result.h"
#include "oriel/base/time.h"

namespace oriel::host {

// An open file descriptor, closed with its owner.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() { reset(); }
  Descriptor(Descriptor&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  Descriptor& operator=(Descriptor&& other) noexcept;

  int get() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }
  void reset();

 private:
  int fd_ = -1;
};

// True once in each period, and when the clock went back.
class Every {
 public:
  bool is_due(TimePoint now, Duration period) {
    if (last_ && now >= *last_ && now - *last_ < period) return false;
    last_ = now;
    return true;
  }
  void reset() { last_.reset(); }

 private:
  std::optional<TimePoint> last_;
};

// A file that is read again and again. Paths are relative to the root.
struct KeptFile {
  KeptFile() = default;
  // what: what is missing without it, for the notice; empty where it is commonly not there.
  explicit KeptFile(std::string file_path, std::string what_is_missing = {})
      : path(std::move(file_path)), what(std::move(what_is_missing)) {}

  std::string path;
  std::string what;
  Descriptor fd;
  std::optional<TimePoint> failed_at;
};

// One thread owns it.
class HostFiles {
 public:
  // Errors: kUnavailable when the root is not there.
  static Result<HostFiles> open(const std::string& root);

  // The text, until the next reading of any file; empty optional when it cannot be read. A
  // descriptor that went bad (the group or device has gone) is opened anew once; a file that is not
  // there is tried again after kRetryAfter.
  std::optional<std::string_view> read(KeptFile& file, TimePoint now);

  // As read(), opened and closed for this once.
  std::optional<std::string_view> read_once(const std::string& path);
  // Its first word of text without the line end; empty when it cannot be read.
  std::string read_line(const std::string& path);
  std::optional<std::uint64_t> read_number(const std::string& path);

  // Names without "." and "..", in order; empty when there is no such folder.
  std::vector<std::string> list(const std::string& path) const;

  bool is_folder(const std::string& path) const;
  // The path as the operating system knows it.
  std::string full_path(const std::string& path) const;
  bool is_own_root() const { return root_ == "/"; }

  // Remembers a sentence about what is missing, once for each `key`.
  void say_once(const std::string& key, std::string sentence);
  std::vector<std::string> take_notices();

  int root_fd() const { return root_fd_.get(); }

 private:
  HostFiles(std::string root, Descriptor fd);

  std::optional<std::string_view> read_all(int fd);

  std::string root_;
  Descriptor root_fd_;
  std::vector<char> buffer_;
  std::set<std::string> said_;
  std::vector<std::string> notices_;
};

}  // namespace oriel::host
