#pragma once
// THE list of what the table of servers in docs/compatibility.md says: a server, how it is reached,
// and the encodings that it has. To add a server or a way to it: a row in vnc_servers.cc.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/interop/card_showing.h"

namespace oriel::interop {

struct ServerRow {
  std::string name;                    // in the table
  std::vector<std::string> programs;   // what must be installed
  std::vector<std::string> encodings;  // that it sends, losslessly
  // In the tier that runs all the time: this encoding and typing; empty: in the full tier only.
  std::string quick = {};
  bool has_jpeg = false;  // Tight's, when it is asked for a quality
  // Throws std::runtime_error when it does not start.
  std::function<std::unique_ptr<CardShowing>()> start;

  friend void PrintTo(const ServerRow& row, std::ostream* out) { *out << row.name; }
};

std::vector<ServerRow> server_rows();

// "" when our client shows the card exactly and the server used `encoding`, else what is wrong.
std::string check_encoding(const CardShowing& showing, const std::string& encoding);
// "" when it came as JPEG and looks alike.
std::string check_jpeg(const CardShowing& showing);
// "" when what our client types is what comes there.
std::string check_typing(CardShowing& showing);
// Waits until the card is shown; "" or what is shown instead.
std::string wait_for_card(const CardShowing& showing);

// "" when the row's programs are there, else a sentence.
std::string what_is_missing(const ServerRow& row);

}  // namespace oriel::interop
