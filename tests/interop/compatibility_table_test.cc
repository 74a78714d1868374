// All cells of the table of viewers. docs/compatibility.md holds what this test found; with
// ORIEL_UPDATE_GOLDEN=1 it is written anew.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>

#include "oriel/testing/golden.h"
#include "tests/interop/compatibility.h"

namespace oriel::interop {
namespace {

constexpr const char* kColumns[] = {"raw", "rre", "corre", "hextile", "zlib", "trle", "zrle"};

constexpr const char* kHeading = "## Viewers of Oriel's servers";
constexpr const char* kHead = R"(## Viewers of Oriel's servers

Made by the test `Compatibility.OfEveryViewerIsAsTheTableSays` (`./test --full`) with the viewers of Debian 12.

Each viewer was shown the same desktop by `oriel serve`: a card of text, a gradient, flat areas and noise, 704x507 pixels.
What it drew was compared with the card pixel by pixel, and the server's own statistics had to say that all of it was sent
in the encoding of the column, or as Raw where that is shorter.

- **exact**: every pixel is the card's; with less colours than 24 bits, the nearest colour that there is.
- **JPEG**: the viewer can only write JPEG, at quality 100: each channel of each pixel is within 4 of 255.
- an empty cell: the viewer does not have the encoding, or cannot be told to use it.

)";

constexpr const char* kNotes = R"(
- TigerVNC's viewer: `-PreferredEncoding`, colours by `-FullColor=0 -LowColorLevel`.
- xtightvncviewer and ssvncviewer: `-encodings`, 256 colours by `-bgr233`. xtightvncviewer answers the password by security type
  Tight (16).
- vncsnapshot speaks RFB 3.3 only. gvnccapture and noVNC choose the encoding themselves.
- libvncclient: 16 bits are 5-5-5, 8 bits are 3-3-2.
- A script says what RFC 6143 demands of each version, and no more.

)";

struct Row {
  std::string name;
  std::map<std::string, std::string> verdicts;  // by column
};

std::string table_of(const std::vector<Row>& rows) {
  std::string text = "| viewer |";
  std::string line = "|---|";
  for (const char* column : kColumns) {
    text += fmt::format(" {} |", column);
    line += "---|";
  }
  text += "\n" + line + "\n";
  for (const Row& row : rows) {
    text += fmt::format("| {} |", row.name);
    for (const char* column : kColumns) {
      const auto verdict = row.verdicts.find(column);
      text += verdict == row.verdicts.end() ? " |" : fmt::format(" {} |", verdict->second);
    }
    text += "\n";
  }
  return text;
}

TEST(Compatibility, OfEveryViewerIsAsTheTableSays) {
  std::vector<Row> rows;
  std::string missing;
  // One server for the open door, and one for each password.
  std::map<std::string, std::unique_ptr<CardServer>> servers;
  for (const Cell& cell : compatibility_cells()) {
    ASSERT_NE(std::ranges::find(kColumns, cell.encoding), std::end(kColumns));
    auto row = std::ranges::find(rows, cell.viewer, &Row::name);
    if (row == rows.end()) row = rows.insert(row, Row{cell.viewer, {}});
    if (const std::string program = what_is_missing(cell); !program.empty()) {
      missing = program;
      continue;
    }
    auto& server = servers[cell.password];
    if (!server) server = std::make_unique<CardServer>(cell.password);
    const std::string wrong = check(cell, *server);
    EXPECT_EQ(wrong, "") << cell.viewer << ", " << cell.encoding;
    row->verdicts[cell.encoding] = wrong.empty() ? cell.verdict : "wrong";
    if (!wrong.empty()) server.reset();  // what the viewer left behind must not spoil the next cell
  }
  if (!missing.empty() && std::getenv("CI") == nullptr) GTEST_SKIP() << missing;
  ASSERT_EQ(missing, "");
  const std::string text = kHead + table_of(rows) + kNotes;
  EXPECT_EQ(oriel::testing::golden_section("docs/compatibility.md", kHeading, text), text)
      << "write it with ORIEL_UPDATE_GOLDEN=1";
}

}  // namespace
}  // namespace oriel::interop
