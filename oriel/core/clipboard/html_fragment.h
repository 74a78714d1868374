#pragma once
// HTML on clipboards: programs on X have it plain, Windows and so RFB's extended clipboard behind a
// head of offsets (Microsoft, "HTML Clipboard Format"). Pure.

#include <string>
#include <string_view>

namespace oriel::clipboard {

// `html` with a head, as a fragment of itself.
std::string to_html_fragment(std::string_view html);

// What the head calls the fragment, or the whole when it names none; without a head as it is.
std::string from_html_fragment(std::string_view bytes);

}  // namespace oriel::clipboard
