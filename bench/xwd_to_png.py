#!/usr/bin/env python3
"""Turns an XWD capture of a 24-bit screen into a PNG, with the standard library alone."""
import struct
import sys
import zlib


def main(source, target):
    data = open(source, "rb").read()
    head = struct.unpack(">25I", data[:100])
    header_size, width, height, bits, row_bytes, colours = (head[i] for i in (0, 4, 5, 11, 12, 19))
    if bits != 32:
        sys.exit(f"{source}: {bits} bits per pixel, expected 32")
    pixels = data[header_size + 12 * colours:]
    rows = bytearray()
    above = bytes(3 * width)
    for y in range(height):
        line = pixels[y * row_bytes:y * row_bytes + 4 * width]
        rgb = bytearray(3 * width)
        rgb[0::3], rgb[1::3], rgb[2::3] = line[2::4], line[1::4], line[0::4]
        # Filters "none" and "up": enough for both text and pictures.
        up = bytes((a - b) & 255 for a, b in zip(rgb, above))
        cost = [sum(min(v, 256 - v) for v in row) for row in (rgb, up)]
        rows += b"\0" + rgb if cost[0] <= cost[1] else b"\2" + up
        above = bytes(rgb)

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    with open(target, "wb") as png:
        png.write(b"\x89PNG\r\n\x1a\n"
                  + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
                  + chunk(b"IDAT", zlib.compress(bytes(rows), 9)) + chunk(b"IEND", b""))


main(*sys.argv[1:])
