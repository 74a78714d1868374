#!/usr/bin/env python3
"""Keeps what a netconduit client and server say to each other, byte for byte, for tests
(tests/golden/conduit/). It stands between the two, on loopback:

  python3 YOUR_SERVER.py                                    # real, listens on 127.0.0.1:9001
  tools/capture_conduit.py --listen 127.0.0.1:9002 --server 127.0.0.1:9001 \\
      --program "netconduit 5.0.0" > calls.txt
  python3 YOUR_CLIENT.py                                    # real, connects to 127.0.0.1:9002

netconduit has to be installed for the two; this program needs Python's standard library alone, so
that nothing of ours is between. One connection, from its begin to its end, or to --seconds. Bytes
are passed on as they come. The first line says when and which program; then one line for each
frame, "<" from the server, ">" from the client, in hexadecimal: header, payload, and behind "#"
the seconds since the connection began and the type:

  # captured 2026-11-20T13:47:50Z, netconduit 5.0.0
  > 434e44540100000700000000… 82ad70617373776f72645f68617368…  # 0.0012 AUTH_REQUEST
  < end                                                        # 5.0003

"end": that side sent no more. What begins no frame is kept as it came, with the type "not a frame".
"""
import argparse
import datetime
import selectors
import socket
import struct
import sys
import time

HEADER_BYTES = 32
PAYLOAD_BYTES_MAX = 100 << 20
TYPES = ["", "MESSAGE", "RPC_REQUEST", "RPC_RESPONSE", "RPC_ERROR", "HEARTBEAT_PING",
         "HEARTBEAT_PONG", "AUTH_REQUEST", "AUTH_SUCCESS", "AUTH_FAILURE", "PAUSE", "RESUME", "ACK",
         "NACK", "CLOSE", "CLOSE_ACK", "RPC_LIST"]


class Side:
    """What comes from one of the two, cut into frames."""

    def __init__(self, mark, connection):
        self.mark, self.connection, self.buffer = mark, connection, b""

    def frames(self, got):
        """(words in hexadecimal, type) of each frame that is whole now."""
        self.buffer += got
        while len(self.buffer) >= HEADER_BYTES:
            magic, _, kind, flags, _, size = struct.unpack_from(">4sHHHHI", self.buffer)
            if magic != b"CNDT" or size > PAYLOAD_BYTES_MAX:
                yield from self.rest()
                return
            if len(self.buffer) < HEADER_BYTES + size:
                return
            header, payload = self.buffer[:HEADER_BYTES], self.buffer[HEADER_BYTES:][:size]
            self.buffer = self.buffer[HEADER_BYTES + size:]
            name = TYPES[kind] if 0 < kind < len(TYPES) else f"type {kind}"
            yield f"{header.hex()} {payload.hex()}".rstrip(), name + (" compressed" if flags & 1 else "")

    def rest(self):
        if self.buffer:
            yield self.buffer.hex(), "not a frame"
        self.buffer = b""


def address(text):
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit():
        raise argparse.ArgumentTypeError(f"{text}: expected HOST:PORT")
    return host.strip("[]"), int(port)


def capture(options):
    with socket.create_server(options.listen) as listener:
        client, _ = listener.accept()
    server = socket.create_connection(options.server, timeout=10)
    start = time.monotonic()
    now = datetime.datetime.now(datetime.timezone.utc)
    print(f"# captured {now:%Y-%m-%dT%H:%M:%SZ}, {options.program}")

    def keep(mark, words, name=""):
        print(f"{mark} {words}  # {time.monotonic() - start:.4f} {name}".rstrip(), flush=True)

    sides = {client: Side(">", server), server: Side("<", client)}
    selector = selectors.DefaultSelector()
    for one in sides:
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        one.setblocking(True)
        selector.register(one, selectors.EVENT_READ)
    while selector.get_map() and (left := start + options.seconds - time.monotonic()) > 0:
        for key, _ in selector.select(left):
            side = sides[key.fileobj]
            try:
                got = key.fileobj.recv(65536)
                if got:
                    side.connection.sendall(got)
                else:
                    side.connection.shutdown(socket.SHUT_WR)
            except OSError as error:
                got, end = b"", f"end ({error.strerror})"
            else:
                end = "end"
            for words, name in side.frames(got):
                keep(side.mark, words, name)
            if not got:
                for words, name in side.rest():
                    keep(side.mark, words, name)
                keep(side.mark, end)
                selector.unregister(key.fileobj)


parser = argparse.ArgumentParser(description=__doc__,
                                 formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--listen", type=address, required=True, help="HOST:PORT for the client")
parser.add_argument("--server", type=address, required=True, help="HOST:PORT of the server")
parser.add_argument("--program", required=True, help="name, version and commit of the programs")
parser.add_argument("--seconds", type=float, default=60)
try:
    capture(parser.parse_args())
except KeyboardInterrupt:
    sys.exit(130)
