#!/usr/bin/env python3
"""Writes oriel/app/monitor/tui/character_widths.inc: which characters take no cell of a terminal, and which take two.

From the tables of Unicode that come with Python: marks without room of their own and format characters take none,
East Asian Wide and Fullwidth two.
"""
import pathlib
import sys
import unicodedata

JAMO = range(0x1160, 0x1200)  # vowels and finals that join the syllable before them


def width(code):
    character = chr(code)
    if unicodedata.category(character) in ("Mn", "Me", "Cf") and code != 0xAD or code in JAMO:
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def ranges(wanted):
    found = []
    for code in range(0xA0, 0x110000):
        if width(code) != wanted or 0xD800 <= code < 0xE000:
            continue
        if found and found[-1][1] == code - 1:
            found[-1][1] = code
        else:
            found.append([code, code])
    return found


def table(name, rows):
    lines = [f"constexpr CodeRange {name}[] = {{"]
    line = "   "
    for first, last in rows:
        item = f" {{0x{first:X}, 0x{last:X}}},"
        if len(line + item) > 100:
            lines.append(line)
            line = "   "
        line += item
    return lines + [line, "};"]


def main():
    head = f"// Written by tools/make_character_widths.py from Unicode {unicodedata.unidata_version}; not to be edited."
    lines = [head] + table("kNoCell", ranges(0)) + table("kTwoCells", ranges(2))
    root = pathlib.Path(__file__).resolve().parent.parent
    (root / "oriel/app/monitor/tui/character_widths.inc").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    sys.exit(main())
