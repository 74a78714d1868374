#include "oriel/app/monitor/pretty_json.h"

#include <cstddef>

namespace oriel::monitor {
namespace {

constexpr std::size_t kIndent = 2;

void start_line(std::size_t depth, std::string& out) {
  out += '\n';
  out.append(depth * kIndent, ' ');
}

// As deep as the value is, which is at most kDocumentDepthMax for what was parsed.
void append(const Value& value, std::size_t depth, std::string& out) {
  if (const auto* object = value.object(); object != nullptr && !object->empty()) {
    out += '{';
    for (const auto& [key, item] : *object) {
      if (&item != &object->front().second) out += ',';
      start_line(depth + 1, out);
      append_json(Value(key), out);
      out += ": ";
      append(item, depth + 1, out);
    }
    start_line(depth, out);
    out += '}';
  } else if (const auto* array = value.array(); array != nullptr && !array->empty()) {
    out += '[';
    for (const auto& item : *array) {
      if (&item != &array->front()) out += ',';
      start_line(depth + 1, out);
      append(item, depth + 1, out);
    }
    start_line(depth, out);
    out += ']';
  } else {
    append_json(value, out);
  }
}

}  // namespace

std::string pretty_json(const Value& value) {
  std::string out;
  append(value, 0, out);
  return out;
}

}  // namespace oriel::monitor
