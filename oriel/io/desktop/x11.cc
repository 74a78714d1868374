#include "oriel/io/desktop/x11.h"

#include <fmt/core.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <xcb/shm.h>
#include <xcb/xcb.h>

#include <cstdlib>
#include <utility>

#include "oriel/io/desktop/limits.h"
#include "oriel/io/desktop/randr_resize.h"

namespace oriel::desktop {
namespace {

constexpr std::uint32_t kAllPlanes = 0xffffffff;
constexpr int kPixelBytes = 4;

image::FrameView packed_view(const void* pixels, const image::Rect& rect) {
  return {static_cast<const std::uint8_t*>(pixels), std::ptrdiff_t{kPixelBytes} * rect.width,
          rect.width, rect.height};
}

}  // namespace

// Memory that the X server writes into. It is marked for removal at once, so that nothing is left
// however either side ends; Linux lets the server attach it nevertheless. Whether the server could
// is seen from the first capture.
class X11Desktop::Segment {
 public:
  Segment(X11Display& display, std::size_t bytes) : display_(display), bytes_(bytes) {
    const int id = shmget(IPC_PRIVATE, bytes, IPC_CREAT | 0600);
    if (id < 0) return;
    void* memory = shmat(id, nullptr, 0);
    shmctl(id, IPC_RMID, nullptr);
    if (memory == reinterpret_cast<void*>(-1)) return;
    memory_ = static_cast<std::uint8_t*>(memory);
    seg_ = xcb_generate_id(display.connection());
    xcb_shm_attach(display.connection(), seg_, static_cast<std::uint32_t>(id), 0);
  }
  ~Segment() {
    if (memory_ == nullptr) return;
    xcb_shm_detach(display_.connection(), seg_);
    shmdt(memory_);
  }
  Segment(const Segment&) = delete;
  Segment& operator=(const Segment&) = delete;

  bool is_mapped() const { return memory_ != nullptr; }
  std::size_t bytes() const { return bytes_; }
  std::uint32_t id() const { return seg_; }
  const std::uint8_t* data() const { return memory_; }

 private:
  X11Display& display_;
  std::size_t bytes_;
  std::uint8_t* memory_ = nullptr;
  std::uint32_t seg_ = 0;
};

// One capture under way.
struct X11Desktop::Capture {
  std::vector<image::Rect> wanted;  // what was asked for
  std::vector<image::Rect> read;    // what is read: the same, or one rectangle around all
  std::vector<screen::Patch> patches;
  // Answers that hold the pixels themselves.
  std::vector<X11Display::OwnedReply> replies;
  std::vector<Bytes> converted;  // pixels that the server has in another layout
  CaptureDone done;
  image::Size size;        // of the desktop when it began
  std::size_t offset = 0;  // of the next rectangle in the segment
  std::size_t unanswered = 0;
  bool is_failed = false;
};

X11Desktop::X11Desktop(std::unique_ptr<X11Display> display, PixelTransport transport)
    : X11Source(std::move(display), KeyRepeat::kByServer),
      can_share_(transport == PixelTransport::kSharedMemory && this->display().has_shm()) {
  const auto& pixels = this->display().pixels();
  // The display was opened, so there is a conversion.
  if (!pixels.is_bgrx()) converter_ = X11PixelConverter::make(pixels).value();
}

X11Desktop::~X11Desktop() = default;

Result<std::unique_ptr<X11Desktop>> X11Desktop::open(boost::asio::io_context& io,
                                                     const std::string& display,
                                                     PixelTransport transport,
                                                     X11OpenGuard* guard) {
  ORIEL_TRY(auto connected, X11Display::open(io, {display, std::nullopt}, guard));
  std::unique_ptr<X11Desktop> desktop(new X11Desktop(std::move(connected), transport));
  // Input and clipboard have asked questions too.
  if (xcb_connection_has_error(desktop->display().connection()) != 0) {
    return fail(ErrorCode::kClosed,
                fmt::format("the X display '{}' went away while it was opened", display));
  }
  return desktop;
}

std::size_t X11Desktop::bytes_of(const image::Rect& rect) const {
  return display().pixels().bytes(rect.size());
}

void X11Desktop::capture(std::span<const image::Rect> rects, CaptureDone done) {
  ORIEL_CHECK(!capture_);
  if (rects.empty() || display().is_lost()) return done({});
  capture_ = std::make_unique<Capture>();
  capture_->wanted.assign(rects.begin(), rects.end());
  capture_->done = std::move(done);
  capture_->size = size();

  // Rectangles that overlap may be more than the desktop altogether; then all around them is read.
  const std::size_t limit = bytes_of(image::Rect::of(size()));
  std::size_t total = 0;
  image::Rect around;
  for (const image::Rect& rect : rects) {
    total += bytes_of(rect);
    around = around.united(rect);
  }
  capture_->read = total <= limit ? capture_->wanted : std::vector<image::Rect>{around};

  if (can_share_) can_share_ = prepare_segment(limit);
  display().subtract_damage();
  for (const image::Rect& rect : capture_->read) {
    ++capture_->unanswered;
    if (can_share_) {
      request_shared(rect);
    } else {
      request_copied(rect);
    }
  }
  display().flush();
}

// Makes the segment large enough for the desktop.
bool X11Desktop::prepare_segment(std::size_t bytes) {
  if (segment_ && segment_->bytes() >= bytes) return true;
  segment_ = std::make_unique<Segment>(display(), bytes);
  return segment_->is_mapped();
}

void X11Desktop::request_shared(const image::Rect& rect) {
  const std::size_t offset = capture_->offset;
  capture_->offset += bytes_of(rect);
  const auto cookie = xcb_shm_get_image(
      display().connection(), display().root(), static_cast<std::int16_t>(rect.x),
      static_cast<std::int16_t>(rect.y), static_cast<std::uint16_t>(rect.width),
      static_cast<std::uint16_t>(rect.height), kAllPlanes, XCB_IMAGE_FORMAT_Z_PIXMAP,
      segment_->id(), static_cast<std::uint32_t>(offset));
  display().expect_reply(cookie.sequence, [this, rect, offset](X11Display::OwnedReply reply) {
    if (reply == nullptr) {
      capture_->is_failed = true;
      // The same question about the same desktop: it is the segment that the server cannot reach.
      if (capture_->size == size()) can_share_ = false;
    }
    if (reply != nullptr) capture_->patches.push_back(make_patch(rect, segment_->data() + offset));
    if (--capture_->unanswered == 0) finish();
  });
}

void X11Desktop::request_copied(const image::Rect& rect) {
  const auto cookie = xcb_get_image(
      display().connection(), XCB_IMAGE_FORMAT_Z_PIXMAP, display().root(),
      static_cast<std::int16_t>(rect.x), static_cast<std::int16_t>(rect.y),
      static_cast<std::uint16_t>(rect.width), static_cast<std::uint16_t>(rect.height), kAllPlanes);
  display().expect_reply(cookie.sequence, [this, rect](X11Display::OwnedReply reply) {
    const auto* image = static_cast<const xcb_get_image_reply_t*>(reply.get());
    if (image == nullptr ||
        static_cast<std::size_t>(xcb_get_image_data_length(image)) < bytes_of(rect)) {
      capture_->is_failed = true;
    } else {
      capture_->patches.push_back(make_patch(rect, xcb_get_image_data(image)));
      if (!converter_) capture_->replies.push_back(std::move(reply));
    }
    if (--capture_->unanswered == 0) finish();
  });
}

screen::Patch X11Desktop::make_patch(const image::Rect& rect, const std::uint8_t* rows) {
  if (!converter_) return {rect, packed_view(rows, rect)};
  capture_->converted.push_back(converter_->to_bgrx({rows, bytes_of(rect)}, rect.size()));
  return {rect, packed_view(capture_->converted.back().data(), rect)};
}

void X11Desktop::finish() {
  // A new capture may begin from within `done`, or the desktop end.
  const std::unique_ptr<Capture> capture = std::exchange(capture_, nullptr);
  // Told before `done`, which may end this.
  if (capture->is_failed) {
    captured(capture->wanted, {});
    return capture->done({});
  }
  std::vector<screen::Patch> patches = capture->patches;
  if (capture->read.size() != capture->wanted.size()) {
    const screen::Patch around = patches.front();
    patches.clear();
    for (const image::Rect& rect : capture->wanted) {
      const image::Rect inside{rect.x - around.rect.x, rect.y - around.rect.y, rect.width,
                               rect.height};
      patches.push_back({rect, around.pixels.crop(inside)});
    }
  }
  captured(capture->wanted, patches);
  capture->done(patches);
}

void X11Desktop::resize(image::Size size, std::move_only_function<void(Status)> done) {
  if (size.width < 1 || size.height < 1 || size.width > kMaxSidePx || size.height > kMaxSidePx) {
    return done(
        fail(ErrorCode::kTooLarge, fmt::format("asked for {}x{}, possible are 1x1 to {}x{}",
                                               size.width, size.height, kMaxSidePx, kMaxSidePx)));
  }
  if (!screens().empty()) {
    return done(fail(ErrorCode::kUnsupported,
                     fmt::format("the X display '{}' has {} monitors, so its size is not changed",
                                 display().name(), screens().size())));
  }
  resize_screen_later(display(), size, std::move(done));
}

std::vector<std::string> X11Desktop::shortcomings() const {
  auto sentences = X11Source::shortcomings();
  if (!display().has_shm()) {
    sentences.push_back(fmt::format(
        "the X display '{}' lacks the extension MIT-SHM: its pixels come over the connection, "
        "which is slower",
        display().name()));
  }
  return sentences;
}

std::map<std::string, std::string> X11Desktop::details() const {
  const char* xauthority = std::getenv("XAUTHORITY");
  return {{"kind", "x11"},
          {"display", display().name()},
          {"xauthority", xauthority != nullptr ? xauthority : ""}};
}

}  // namespace oriel::desktop
