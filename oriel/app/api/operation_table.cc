#include <vector>

#include "oriel/app/api/operation.h"

namespace oriel::api {

std::span<const Operation> operation_table() {
  static const auto table = [] {
    std::vector<Operation> all;
    for (const auto part :
         {session_operations(), desktop_operations(), viewer_operations(), input_operations()})
      all.insert(all.end(), part.begin(), part.end());
    return all;
  }();
  return table;
}

}  // namespace oriel::api
