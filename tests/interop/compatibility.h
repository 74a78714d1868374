#pragma once
// THE list of what the table in docs/compatibility.md says: a viewer, how it is set, what it must
// show. To add a viewer or a setting: a row in compatibility.cc.

#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "tests/interop/card_server.h"

namespace oriel::interop {

struct Cell {
  std::string viewer;    // the row of the table
  std::string encoding;  // its column, and what the server must have used, with Raw at most
  std::string program;   // what must be installed; empty: nothing
  std::string password;  // of the server; empty: an open door
  // What the cell says when all is right.
  std::string verdict = "exact";
  bool is_quick = false;  // one of each viewer, for the tier that runs all the time
  // Lets the viewer show the desktop, and ends it: "" when its picture is the card, else how it
  // differs. May throw what the server or an X program threw.
  std::function<std::string(const CardServer&)> show;

  friend void PrintTo(const Cell& cell, std::ostream* out) {
    *out << cell.viewer << ", " << cell.encoding;
  }
};

std::vector<Cell> compatibility_cells();

// "" when the viewer showed the card and the server used the encoding, else what is wrong.
std::string check(const Cell& cell, CardServer& server);

// "" when the cell's program is there, else a sentence.
std::string what_is_missing(const Cell& cell);

}  // namespace oriel::interop
