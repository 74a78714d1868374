#pragma once
// The files of the web page, embedded in the program. The table is written by web/embed.mjs and is
// the library oriel_web_assets. Immutable; any thread.

#include <span>
#include <string_view>

#include "oriel/base/bytes.h"

namespace oriel::web {

// The file compressed, for clients that take it.
struct WebAssetVariant {
  std::string_view coding;  // of Content-Encoding: "br" or "gzip"
  std::string_view etag;    // strong, with its quotes; of this variant alone
  ByteSpan body;
};

struct WebAsset {
  std::string_view path;          // of the URL, such as "/style.css"; the page itself is "/"
  std::string_view content_type;  // the whole header value
  std::string_view etag;          // strong, with its quotes; changes with every byte of the body
  ByteSpan body;                  // lives as long as the program
  std::span<const WebAssetVariant> variants;  // the smallest first; none where it would not pay
};

// The file at exactly `path` (no query, not decoded), or nullptr.
const WebAsset* find_web_asset(std::string_view path);

std::span<const WebAsset> web_assets();

}  // namespace oriel::web
