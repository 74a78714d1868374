#!/usr/bin/env python3
"""Writes the two pages that make_screens.sh shows: long text with tables, and photo-like pictures."""
import random
import sys

WORDS = """desktop screen pixel viewer update stream block window frame colour server picture tile
changes network input encoder payload waits quickly because nothing else and the of a to in is that
it with as for was on are by this be from or which one had not but what all were when we there can
an your said if more time than other about into could number way people first water long find day
""".split()


def sentence(rng):
    text = " ".join(rng.choice(WORDS) for _ in range(rng.randint(6, 18)))
    return text.capitalize() + ". "


def page(rng):
    out = ["<!doctype html><meta charset=utf-8><title>Notes on screens</title><style>"
           "body{font:15px/1.45 'DejaVu Sans',sans-serif;margin:20px 60px;columns:2;column-gap:50px}"
           "h2{color:#1a4480;border-bottom:1px solid #ccd;margin:.6em 0 .3em}code{background:#f2f2f2}"
           "table{border-collapse:collapse;margin:8px 0;font-size:13px}td,th{border:1px solid #bbb;"
           "padding:2px 9px}th{background:#e8eef7}a{color:#0645ad}</style>"]
    for section in range(14):
        out.append(f"<h2>{section + 1}. {sentence(rng)[:-2]}</h2>")
        for _ in range(2):
            words = "".join(sentence(rng) for _ in range(5)).split(" ")
            words[4] = f"<a href=#>{words[4]}</a>"
            words[9] = f"<code>{words[9]}</code>"
            words[14] = f"<b>{words[14]}</b>"
            out.append("<p>" + " ".join(words) + "</p>")
        if section % 3 == 1:
            cells = lambda tag, f: "<tr>" + "".join(f"<{tag}>{f()}</{tag}>" for _ in range(6)) + "</tr>"
            out.append("<table>" + cells("th", lambda: rng.choice(WORDS))
                       + "".join(cells("td", lambda: f"{rng.random() * 1000:.2f}") for _ in range(7))
                       + "</table>")
    return "\n".join(out)


# Layers of smooth value noise, as clouds and hills have them, with a little grain.
PHOTO = """<!doctype html><meta charset=utf-8><title>Pictures</title>
<style>body{font:15px 'DejaVu Sans';margin:24px;background:#f6f6f4}canvas{box-shadow:0 2px 9px #888;
margin:8px 16px 8px 0}</style><h2>Holiday pictures</h2>
<canvas width=860 height=600></canvas><canvas width=480 height=600></canvas><p>Two of 214, sorted by
date. Select all, download, share with people who were there.</p>
<script>
let state = 12345;
const random = () => (state = (state * 1103515245 + 12345) % 2147483648) / 2147483648;
const grid = Array.from({length: 65536}, random);
const lattice = (x, y) => grid[((x & 255) << 8) | (y & 255)];
const smooth = t => t * t * (3 - 2 * t);
function noise(x, y) {
  const i = Math.floor(x), j = Math.floor(y), u = smooth(x - i), v = smooth(y - j);
  const a = lattice(i, j) * (1 - u) + lattice(i + 1, j) * u;
  return a * (1 - v) + (lattice(i, j + 1) * (1 - u) + lattice(i + 1, j + 1) * u) * v;
}
const layers = (x, y) => [180, 80, 33, 14, 6].reduce((s, c, k) => s + noise(x / c + 7 * k, y / c) / 2 ** (k + 1), 0);
document.querySelectorAll('canvas').forEach((canvas, n) => {
  const context = canvas.getContext('2d'), w = canvas.width, h = canvas.height;
  const image = context.createImageData(w, h);
  for (let y = 0; y < h; y++) for (let x = 0; x < w; x++) {
    const land = y > h * (0.45 + 0.3 * (noise(x / 150 + 40 * n, 9) - 0.5));
    const t = layers(x + 999 * n, y * (land ? 2 : 1)), grain = (random() - 0.5) * 5;
    const c = land ? [60 + 90 * t, 80 + 120 * t, 40 + 50 * t] : [90 + 150 * t, 140 + 110 * t, 215 + 40 * t];
    image.data.set([c[0] + grain, c[1] + grain, c[2] + grain, 255], 4 * (y * w + x));
  }
  context.putImageData(image, 0, 0);
});
</script>"""

folder = sys.argv[1]
open(f"{folder}/page.html", "w").write(page(random.Random(1)))
open(f"{folder}/photo.html", "w").write(PHOTO)
