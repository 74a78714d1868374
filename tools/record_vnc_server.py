#!/usr/bin/env python3
"""Records what a VNC server sends of a screen that stands still, for tests and benchmarks of decoders.

    tools/record_vnc_server.py PORT FILE --encoding tight --format rgb565 [--quality 8] [--compression 6]

The server listens on 127.0.0.1 and asks for no password. The file, numbers big-endian:

    the pixel format (16 bytes), U16 width, U16 height, S32 encoding,
    U32 length, that many bytes: the pixels as Raw has them, as one zlib stream,
    then all that the server says to each of --times requests for the whole screen.
"""

import argparse
import socket
import struct
import sys
import zlib

ENCODINGS = {"raw": 0, "rre": 2, "corre": 4, "hextile": 5, "zlib": 6, "tight": 7, "trle": 15, "zrle": 16,
             "jpeg": 21, "tightpng": -260}
FORMATS = {
    "bgrx": (32, 24, 0, 1, 255, 255, 255, 16, 8, 0),
    "rgbx": (32, 24, 0, 1, 255, 255, 255, 0, 8, 16),
    "xrgb_big_endian": (32, 24, 1, 1, 255, 255, 255, 16, 8, 0),
    "rgb565": (16, 16, 0, 1, 31, 63, 31, 11, 5, 0),
    "rgb555": (16, 15, 0, 1, 31, 31, 31, 10, 5, 0),
    "rgb565_big_endian": (16, 16, 1, 1, 31, 63, 31, 11, 5, 0),
    "bgr233": (8, 8, 0, 1, 7, 7, 3, 0, 3, 6),
}
RAW = 0
QUIET_SECONDS = 1.5  # a server that says nothing for so long has said all


class Server:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        version = self.take(12)
        self.socket.sendall(version)
        if version < b"RFB 003.007\n":
            security, = struct.unpack(">I", self.take(4))
            assert security == 1, f"security type {security}, expected none"
        else:
            assert 1 in self.take(self.take(1)[0]), "the server asks for a password"
            self.socket.sendall(b"\1")
            if version >= b"RFB 003.008\n":
                assert self.take(4) == bytes(4)
        self.socket.sendall(b"\1")
        self.width, self.height = struct.unpack(">HH", self.take(4))
        self.take(16)
        self.take(struct.unpack(">I", self.take(4))[0])

    def take(self, count):
        data = b""
        while len(data) < count:
            piece = self.socket.recv(count - len(data))
            assert piece, "the server has gone"
            data += piece
        return data

    def take_all(self):
        self.socket.settimeout(QUIET_SECONDS)
        data = b""
        try:
            while piece := self.socket.recv(65536):
                data += piece
        except TimeoutError:
            pass
        return data

    def set_format(self, pixel_format):
        self.socket.sendall(b"\0\0\0\0" + pixel_format)

    def set_encodings(self, encodings):
        self.socket.sendall(struct.pack(f">BxH{len(encodings)}i", 2, len(encodings), *encodings))

    def request(self):
        self.socket.sendall(struct.pack(">BBHHHH", 3, 0, 0, 0, self.width, self.height))

    def take_raw_screen(self, pixel_bytes):
        screen = bytearray(self.width * self.height * pixel_bytes)
        self.request()
        missing = self.width * self.height
        while missing > 0:
            message, rectangles = struct.unpack(">BxH", self.take(4))
            assert message == 0, f"message {message}"
            for _ in range(rectangles):
                x, y, width, height, encoding = struct.unpack(">HHHHi", self.take(12))
                assert encoding == RAW
                for row in range(y, y + height):
                    begin = (row * self.width + x) * pixel_bytes
                    screen[begin:begin + width * pixel_bytes] = self.take(width * pixel_bytes)
                missing -= width * height
        return bytes(screen)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("port", type=int)
    parser.add_argument("file")
    parser.add_argument("--encoding", choices=ENCODINGS, required=True)
    parser.add_argument("--format", choices=FORMATS, default="bgrx")
    parser.add_argument("--quality", type=int, help="of JPEG, 0 to 9; without it there is none")
    parser.add_argument("--compression", type=int, help="0 to 9")
    parser.add_argument("--times", type=int, default=2)
    options = parser.parse_args()

    server = Server(options.port)
    pixel_format = struct.pack(">BBBBHHHBBBxxx", *FORMATS[options.format])
    server.set_format(pixel_format)
    server.set_encodings([RAW])
    raw = zlib.compress(server.take_raw_screen(FORMATS[options.format][0] // 8), 9)

    encoding = ENCODINGS[options.encoding]
    encodings = [encoding]
    if options.quality is not None:
        encodings.append(-32 + options.quality)
    if options.compression is not None:
        encodings.append(-256 + options.compression)
    server.set_encodings(encodings)
    said = b""
    for _ in range(options.times):
        server.request()
        said += server.take_all()
    with open(options.file, "wb") as file:
        file.write(pixel_format + struct.pack(">HHiI", server.width, server.height, encoding, len(raw)) + raw + said)
    print(f"{options.file}: {len(said)} bytes of {server.width}x{server.height}", file=sys.stderr)


if __name__ == "__main__":
    main()
