#!/usr/bin/env python3
"""Draws what a terminal shows as an SVG picture for the documents.

    tmux capture-pane -e -p -t PANE | tools/terminal_picture.py > docs/images/x.svg
"""
import html
import re
import sys
import unicodedata

CELL, LINE, MARGIN = 8.4, 18, 12
GROUND, PLAIN = "#16181d", "#d8dbe2"
EIGHT = ["#3b4048", "#e06c75", "#7fb27f", "#d9a94e", "#61a0e0", "#b48ad0", "#5fb3b3", PLAIN]


def colour_256(number):
    if number < 16:
        return EIGHT[number % 8]
    if number >= 232:
        level = 8 + (number - 232) * 10
        return f"#{level:02x}{level:02x}{level:02x}"
    steps = [0, 95, 135, 175, 215, 255]
    number -= 16
    return "#" + "".join(f"{steps[number // d % 6]:02x}" for d in (36, 6, 1))


class Look:
    def __init__(self):
        self.colour, self.is_bold, self.is_reversed = PLAIN, False, False

    def apply(self, words):
        numbers = [int(word or 0) for word in words.split(";")]
        while numbers:
            number = numbers.pop(0)
            if number == 0:
                self.__init__()
            elif number == 1:
                self.is_bold = True
            elif number == 7:
                self.is_reversed = True
            elif number == 39:
                self.colour = PLAIN
            elif 30 <= number <= 37:
                self.colour = EIGHT[number - 30]
            elif number == 38 and len(numbers) >= 2:
                self.colour = colour_256(numbers[1])
                del numbers[:2]

    def key(self):
        return self.colour, self.is_bold, self.is_reversed


def cells(character):
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def runs(line, look):
    """(column, cells, text, look) of each run of one look; spaces end a run, so that columns stay."""
    column, start, text, drawn = 0, 0, "", None
    for part in re.split(r"(\033\[[0-9;]*m|\s+)", line):
        sgr = re.fullmatch(r"\033\[([0-9;]*)m", part)
        if sgr:
            look.apply(sgr[1])
            continue
        for character in part:
            if text and (look.key() != drawn or (character == " ") != (text[0] == " ")):
                yield start, column - start, text, drawn
                text = ""
            if not text:
                start, drawn = column, look.key()
            text += character
            column += cells(character)
    if text:
        yield start, column - start, text, drawn


def main():
    # tmux draws borders of other character sets by shift out and shift in.
    lines = sys.stdin.read().replace("\016", "").replace("\017", "").rstrip("\n").split("\n")
    look = Look()
    drawn = [list(runs(line, look)) for line in lines]
    columns = max((start + count for line in drawn for start, count, _, _ in line), default=1)
    width, height = columns * CELL + 2 * MARGIN, len(lines) * LINE + 2 * MARGIN
    print(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" font-size="14"')
    print(' font-family="DejaVu Sans Mono, Menlo, Consolas, monospace">')
    print(f'<rect width="100%" height="100%" rx="8" fill="{GROUND}"/>')
    for row, line in enumerate(drawn):
        y = MARGIN + row * LINE
        for start, count, text, (colour, is_bold, is_reversed) in line:
            x = MARGIN + start * CELL
            if is_reversed:
                print(f'<rect x="{x:.1f}" y="{y}" width="{count * CELL:.1f}" height="{LINE}" fill="{colour}"/>')
            if text[0] == " ":
                continue
            weight = ' font-weight="bold"' if is_bold else ""
            fill = GROUND if is_reversed else colour
            print(f'<text x="{x:.1f}" y="{y + 14}" textLength="{count * CELL:.1f}" fill="{fill}"{weight}>'
                  f"{html.escape(text)}</text>")
    print("</svg>")


if __name__ == "__main__":
    sys.exit(main())
