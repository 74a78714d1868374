#pragma once
// The clipboard of a viewer for tests: answers what it is asked for, and keeps what it is told.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "oriel/testing/viewer/test_viewer.h"

namespace oriel::testing {

// Takes over the events of `viewer`, which must outlive it.
class ClipboardViewer {
 public:
  explicit ClipboardViewer(TestViewer& viewer) : viewer_(viewer) {
    viewer.on_event = [this](const rfb::ClientEvent& event) {
      if (const auto* text = std::get_if<rfb::CutText>(&event))
        latin1.emplace_back(as_text(text->text));
      if (const auto* came = std::get_if<rfb::ClipboardCame>(&event))
        std::visit([this](const auto& message) { on(message); }, came->message);
    };
  }
  ClipboardViewer(const ClipboardViewer&) = delete;
  ClipboardViewer& operator=(const ClipboardViewer&) = delete;

  // The viewer's user copies this; it is sent when the server asks for it.
  void copy(std::map<clipboard::Format, Bytes> contents) {
    copied = std::move(contents);
    rfb::FormatBits bits = 0;
    for (const auto& [format, bytes] : copied) bits |= clipboard::format_bit(format);
    viewer_.say_clipboard(rfb::ClipboardNotify{bits});
  }
  // Asks for all that was announced.
  void request() { viewer_.say_clipboard(rfb::ClipboardRequest{announced.value_or(0)}); }

  TestViewer& viewer() { return viewer_; }

  std::optional<rfb::ClipboardCaps> server;       // what it takes
  std::optional<rfb::FormatBits> announced;       // last
  std::optional<rfb::ClipboardProvide> provided;  // last
  std::vector<std::string> latin1;
  int requests = 0;
  bool answers = true;
  std::map<clipboard::Format, Bytes> copied;

 private:
  void on(const rfb::ClipboardCaps& caps) {
    server = caps;
    // Everything by announcement, as noVNC and TigerVNC have it.
    viewer_.say_clipboard(rfb::ClipboardCaps{0b1111, rfb::kAllClipboardActions, {}});
  }
  void on(const rfb::ClipboardRequest& request) {
    ++requests;
    if (!answers) return;
    rfb::ClipboardProvide provide;
    for (const auto& [format, bytes] : copied)
      if (request.formats & clipboard::format_bit(format)) provide.contents.emplace(format, bytes);
    viewer_.say_clipboard(provide);
  }
  void on(const rfb::ClipboardPeek&) {}
  void on(const rfb::ClipboardNotify& notify) { announced = notify.formats; }
  void on(const rfb::ClipboardProvide& provide) { provided = provide; }

  TestViewer& viewer_;
};

}  // namespace oriel::testing
