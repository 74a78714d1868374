#include "oriel/io/desktop/mapped_framebuffer.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "oriel/io/desktop/xwd_header.h"

namespace oriel::desktop {

Result<MappedFramebuffer> MappedFramebuffer::open(const std::string& path) {
  const auto failed = [&](const char* what) {
    return fail(ErrorCode::kUnavailable, fmt::format("cannot {} the framebuffer file '{}': {}",
                                                     what, path, std::strerror(errno)));
  };
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return failed("open");
  struct stat status{};
  void* memory = MAP_FAILED;
  if (fstat(file, &status) == 0 && status.st_size > 0) {
    memory =
        mmap(nullptr, static_cast<std::size_t>(status.st_size), PROT_READ, MAP_SHARED, file, 0);
  }
  const int error = errno;
  close(file);
  errno = error;
  if (memory == MAP_FAILED) return failed("map");

  const auto bytes = static_cast<std::size_t>(status.st_size);
  const ByteSpan contents(static_cast<const std::uint8_t*>(memory), bytes);
  auto layout = parse_xwd_header(contents, bytes);
  if (!layout) {
    munmap(memory, bytes);
    return std::unexpected(layout.error());
  }
  return MappedFramebuffer(memory, bytes,
                           {contents.data() + layout->pixels_offset, layout->stride_bytes,
                            layout->size.width, layout->size.height});
}

MappedFramebuffer::MappedFramebuffer(MappedFramebuffer&& other) noexcept
    : memory_(std::exchange(other.memory_, nullptr)), bytes_(other.bytes_), view_(other.view_) {}

MappedFramebuffer::~MappedFramebuffer() {
  if (memory_ != nullptr) munmap(memory_, bytes_);
}

}  // namespace oriel::desktop
