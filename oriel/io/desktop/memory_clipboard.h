#pragma once
// The clipboard of a desktop without programs: keeps what is offered, and gives it back when it is
// asked for. A test may play the program that copies.

#include <map>
#include <utility>

#include "oriel/io/desktop/desktop.h"

namespace oriel::desktop {

// The network thread owns it.
class MemoryClipboard final : public Clipboard {
 public:
  // As a program on the desktop copies; the listener is for the owner to tell.
  void copy(std::map<ClipboardFormat, Bytes> contents) {
    contents_ = std::move(contents);
    formats_ = {};
    for (const auto& [format, bytes] : contents_) formats_.insert(format);
    provider_ = nullptr;
  }
  ClipboardFormats formats() const { return formats_; }

  void request(ClipboardFormat format, ClipboardDone done) override {
    if (!formats_.contains(format)) {
      return done(fail(ErrorCode::kUnavailable, "the clipboard has nothing in this format"));
    }
    if (provider_) return provider_(format, std::move(done));
    done(contents_.at(format));
  }
  void offer(ClipboardFormats formats, ClipboardProvider provider) override {
    contents_.clear();
    formats_ = formats;
    provider_ = std::move(provider);
  }
  void withdraw() override {
    if (provider_) offer({}, nullptr);
  }

 private:
  ClipboardFormats formats_;
  std::map<ClipboardFormat, Bytes> contents_;
  ClipboardProvider provider_;
};

}  // namespace oriel::desktop
