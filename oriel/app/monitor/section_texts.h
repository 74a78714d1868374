#pragma once
// A few words for each section of a message that the seed's lines have no place for. What is not in
// the message is not told. Pure.

#include <optional>
#include <string>
#include <vector>

#include "oriel/core/monitor/value.h"

namespace oriel::monitor {

struct SectionText {
  std::string name;               // "Net"
  std::string text;               // "1.2 MB/s in, 20.0 KB/s out"; harmless for terminals
  std::optional<double> percent;  // by which the text is coloured
};

// In the order of documents. The system's is told only where the message has no figures at all.
std::vector<SectionText> section_texts(const Value& message);

// For a message in which none of what was asked for is.
inline constexpr const char* kNoFigures = "no figures";

}  // namespace oriel::monitor
