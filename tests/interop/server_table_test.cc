// All cells of the table of servers. docs/compatibility.md holds what this test found; with
// ORIEL_UPDATE_GOLDEN=1 it is written anew.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "oriel/testing/golden.h"
#include "tests/interop/vnc_servers.h"

namespace oriel::interop {
namespace {

constexpr const char* kColumns[] = {"raw",  "rre",   "corre",    "hextile", "zlib",
                                    "trle", "tight", "tightpng", "zrle"};

constexpr const char* kHeading = "## Servers that Oriel's client sees and drives";
constexpr const char* kHead = R"(## Servers that Oriel's client sees and drives

Made by the test `Compatibility.WithEveryServerIsAsTheTableSays` (`./test --full`) with the servers of Debian 12.

Each server had the same card on its screen, 704x507 pixels; the client connected anew for each cell, and its first
screenshot was compared with the card pixel by pixel. The rectangles had to come in the encoding of the column, or as Raw
where that is shorter.

- **exact**: every pixel is the card's.
- **JPEG**: Tight with `--jpeg-quality 9`: not exact any more, but a channel is within 8 of 255 on average (a quarter of the
  card is noise).
- **typed**: what `type` typed was read by a program there.
- an empty cell: the server does not have the encoding.

)";

constexpr const char* kNotes = R"(
- Certificates were issued by an authority that the client was given (`--ca`), for `localhost`.
- QEMU's guest is a boot sector that shows the card and answers keys. It takes a key by its place on an American keyboard: the
  client presses Shift for it.
- Xvnc of TigerVNC was reached by a Unix socket; all its security types are in `tests/integration/vnc_servers_test.cc`.
- libvncserver: a program of forty lines, as its own examples are.
)";

TEST(Compatibility, WithEveryServerIsAsTheTableSays) {
  std::string text = kHead;
  std::string missing;
  text += fmt::format("| server | {} | tight, JPEG | keys |\n|---|", fmt::join(kColumns, " | "));
  for (std::size_t i = 0; i < std::size(kColumns) + 2; ++i) text += "---|";
  text += "\n";
  for (const auto& row : server_rows()) {
    SCOPED_TRACE(row.name);
    if (const auto program = what_is_missing(row); !program.empty()) {
      missing = program;
      continue;
    }
    const auto showing = row.start();
    ASSERT_EQ(wait_for_card(*showing), "") << showing->last_words();
    const auto cell = [&](const std::string& wrong, const char* verdict) {
      EXPECT_EQ(wrong, "") << showing->last_words();
      text += fmt::format(" {} |", wrong.empty() ? verdict : "wrong");
    };
    text += fmt::format("| {} |", row.name);
    for (const auto* column : kColumns) {
      SCOPED_TRACE(column);
      if (std::ranges::find(row.encodings, column) == row.encodings.end())
        text += " |";
      else
        cell(check_encoding(*showing, column), "exact");
    }
    if (row.has_jpeg)
      cell(check_jpeg(*showing), "JPEG");
    else
      text += " |";
    cell(check_typing(*showing), "typed");
    text += "\n";
  }
  if (!missing.empty() && std::getenv("CI") == nullptr) GTEST_SKIP() << missing;
  ASSERT_EQ(missing, "");
  text += kNotes;
  EXPECT_EQ(oriel::testing::golden_section("docs/compatibility.md", kHeading, text), text)
      << "write it with ORIEL_UPDATE_GOLDEN=1";
}

}  // namespace
}  // namespace oriel::interop
