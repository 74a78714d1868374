#pragma once
// One folder that files are read from and written to by names that strangers give: nothing outside
// of it can be reached, neither by "..", nor by absolute paths, nor by symbolic links, also not by
// one that is put there meanwhile.

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "oriel/base/bytes.h"
#include "oriel/base/result.h"

namespace oriel::files {

// Bytes of one name, folders included.
inline constexpr std::size_t kNameBytesMax = 1024;
inline constexpr std::size_t kListedMax = 10'000;

// "report.pdf", "2026/report.pdf": relative, without empty parts, "." and ".."; no part begins with
// a dot, which is kept for files that are not whole yet. Errors: kInvalid with what is wrong.
Status check_name(std::string_view name);

// An open file. Any thread may read and write, at offsets.
class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  ~File();
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  Result<std::uint64_t> size_bytes() const;
  // Reads up to into.size() bytes; fewer only at the end of the file.
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::uint8_t> into) const;
  // Writes all.
  Status write_at(std::uint64_t offset, ByteSpan bytes);
  Status truncate(std::uint64_t size_bytes);
  // To the disk.
  Status sync();

 private:
  int descriptor_;
};

using FilePointer = std::shared_ptr<File>;

struct ListedFile {
  std::string name;
  std::uint64_t size_bytes = 0;

  friend bool operator==(const ListedFile&, const ListedFile&) = default;
};

// Immutable after construction; any thread.
class ConfinedFolder {
 public:
  // The folder must exist, or is made (its parent must exist).
  static Result<std::shared_ptr<ConfinedFolder>> open(const std::string& path);
  ~ConfinedFolder();
  ConfinedFolder(const ConfinedFolder&) = delete;
  ConfinedFolder& operator=(const ConfinedFolder&) = delete;

  const std::string& path() const { return path_; }

  // A regular file that exists. Errors: kInvalid (the name), kUnavailable (there is none, or no
  // permission), kRefused (a symbolic link, or no regular file).
  Result<FilePointer> open_file(std::string_view name) const;
  // Whether there is a folder for a file of that name. Errors: kInvalid (the name), kUnavailable
  // (there is none, or no permission), kRefused (a symbolic link).
  Status check_place(std::string_view name) const;
  // A file that is not whole yet, for reading and writing, made when it is not there. Its name
  // begins with a dot, ends with ".part" and contains no "/"; another is a mistake of the program.
  Result<FilePointer> open_partial(std::string_view name) const;
  // The partial file becomes `name`, and never replaces another: then it becomes "name (2)" and so
  // on. Returns the name it got.
  Result<std::string> publish(std::string_view partial, std::string_view name) const;
  // The same, and replaces a file of that name.
  Status publish_over(std::string_view partial, std::string_view name) const;
  void remove_partial(std::string_view partial) const;
  // Removes partial files that were last changed longer ago than `seconds`.
  void remove_partials_older_than(std::int64_t seconds) const;

  // Regular files of the folder itself, by name; at most kListedMax.
  Result<std::vector<ListedFile>> list() const;

 private:
  ConfinedFolder(std::string path, int descriptor);
  Result<int> open_beneath(std::string_view name, int flags, mode_t mode) const;
  Result<int> open_place(std::string_view name) const;

  std::string path_;
  int descriptor_;
};

}  // namespace oriel::files
