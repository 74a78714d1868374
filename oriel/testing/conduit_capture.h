#pragma once
// What the real netconduit programs said to each other, from tests/golden/conduit/, frame by frame;
// made by tools/capture_conduit.py.

#include <string>
#include <string_view>
#include <vector>

#include "oriel/base/bytes.h"

namespace oriel::testing {

enum class CapturedSide { kClient, kServer };

struct CapturedFrame {
  CapturedSide from;
  std::string type;   // as the tool names it: "RPC_REQUEST"
  std::string where;  // "calls.txt:12"
  Bytes header;
  Bytes payload;

  Bytes bytes() const;  // both
};

// The frames of both sides in the order in which they passed; where a side ended is left out. Empty
// when there is no such file.
std::vector<CapturedFrame> conduit_capture(std::string_view file);

// All that one side sent, as one stream.
Bytes conduit_stream(std::string_view file, CapturedSide from);

}  // namespace oriel::testing
