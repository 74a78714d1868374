#pragma once
// The setting of what is copied, as X desktops know it.

#include "oriel/app/config/settings.h"
#include "oriel/io/desktop/x11_clipboard.h"

namespace oriel::desktops {

inline desktop::ClipboardSelections selections_of(const config::Settings& settings) {
  using config::ClipboardSelection;
  return {.clipboard = settings.clipboard_selection != ClipboardSelection::kPrimary,
          .primary = settings.clipboard_selection != ClipboardSelection::kClipboard};
}

}  // namespace oriel::desktops
