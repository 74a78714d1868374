#pragma once
// Golden files: what others read of us (metric names, documents), kept in the repository.

#include <string>
#include <string_view>

namespace oriel::testing {

// The text of the file at `path` in the repository; empty when there is none. With
// ORIEL_UPDATE_GOLDEN in the environment `actual` is written there first, so that the difference
// can be reviewed with git.
std::string golden_text(std::string_view path, std::string_view actual);

// The same of one section of a document: `heading` is its line, "## Name", without the end;
// `actual` begins with it, and the section ends where the next "## " begins.
std::string golden_section(std::string_view path, std::string_view heading,
                           std::string_view actual);

// The text of a file of the repository that no test rewrites.
std::string repository_text(std::string_view path);

}  // namespace oriel::testing
