#!/usr/bin/env python3
"""Keeps what a monitoring server sends, byte for byte, for tests (tests/golden/monitor/).

  tools/capture_monitor_stream.py ws://localhost:8765 --program "monitoring-websocket-server 1.0" \\
      --seconds 5 --talk > stream.jsonl

The first line says when, from where and which program; then one line for each message:
  {"captured": "2026-11-20T13:47:50Z", "program": "…", "uri": "…"}
  {"at": 0.0012, "from": "server", "text": "…"}     text: the message, exactly
  {"at": 5.0, "from": "server", "close": 1008}
Needs Python's standard library alone, so that nothing of ours is between. One connection, bounded
by --seconds; a message over 16 MiB ends it.
"""
import argparse
import base64
import datetime
import hashlib
import json
import os
import socket
import ssl
import struct
import sys
import time
import urllib.parse

MESSAGE_BYTES_MAX = 16 << 20
TALK = ['{"type": "ping"}', '{"type": "get_status"}', "not JSON", '{"type": "nosuch"}']
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


class Closed(Exception):
    pass


class WebSocket:
    """A client of RFC 6455 without extensions."""

    def __init__(self, uri, headers, ca_file):
        url = urllib.parse.urlsplit(uri)
        if url.scheme not in ("ws", "wss"):
            sys.exit(f"{uri}: expected ws://HOST:PORT or wss://HOST:PORT")
        port = url.port or (443 if url.scheme == "wss" else 80)
        self.socket = socket.create_connection((url.hostname, port), timeout=10)
        if url.scheme == "wss":
            context = ssl.create_default_context(cafile=ca_file)
            self.socket = context.wrap_socket(self.socket, server_hostname=url.hostname)
        self.buffer = b""
        self.shake_hands(url, headers)

    def shake_hands(self, url, headers):
        key = base64.b64encode(os.urandom(16)).decode()
        target = (url.path or "/") + (f"?{url.query}" if url.query else "")
        lines = [f"GET {target} HTTP/1.1", f"Host: {url.netloc}", "Upgrade: websocket",
                 "Connection: Upgrade", f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13"]
        self.socket.sendall("\r\n".join(lines + headers + ["", ""]).encode())
        while b"\r\n\r\n" not in self.buffer:
            self.read_more()
        head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
        wanted = hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()
        if not head.startswith(b"HTTP/1.1 101") or base64.b64encode(wanted) not in head:
            sys.exit("the server did not agree to a WebSocket:\n" + head.decode(errors="replace"))

    def read_more(self):
        got = self.socket.recv(65536)
        if not got:
            raise Closed("the connection ended without a close frame")
        self.buffer += got

    def take(self, size):
        while len(self.buffer) < size:
            self.read_more()
        taken, self.buffer = self.buffer[:size], self.buffer[size:]
        return taken

    def has(self, size):
        return len(self.buffer) >= size

    def frame(self):
        """(is last, opcode, payload)"""
        first, second = self.take(2)
        size = second & 127
        if size == 126:
            size, = struct.unpack("!H", self.take(2))
        elif size == 127:
            size, = struct.unpack("!Q", self.take(8))
        if size > MESSAGE_BYTES_MAX:
            sys.exit(f"a frame of {size} bytes, expected at most {MESSAGE_BYTES_MAX}")
        return first >> 7, first & 15, self.take(size)

    def send(self, opcode, payload):
        mask = os.urandom(4)
        size = len(payload)
        head = bytes([128 | opcode]) + (
            bytes([128 | size]) if size < 126 else bytes([128 | 126]) + struct.pack("!H", size))
        self.socket.sendall(head + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(payload)))


def capture(options):
    web_socket = WebSocket(options.uri, options.header, options.ca)
    start = time.monotonic()

    def keep(**document):
        print(json.dumps({"at": round(time.monotonic() - start, 4), **document}), flush=True)

    now = datetime.datetime.now(datetime.timezone.utc)
    print(json.dumps({"captured": now.strftime("%Y-%m-%dT%H:%M:%SZ"), "program": options.program,
                      "uri": options.uri}), flush=True)
    # What is said goes out one by one, each a fifth of the time after the one before.
    to_say = (TALK if options.talk else []) + options.say
    gap = options.seconds / (len(to_say) + 1)
    said, message = 0, b""
    while (passed := time.monotonic() - start) < options.seconds:
        if said < len(to_say) and passed >= gap * (said + 1):
            web_socket.send(TEXT, to_say[said].encode())
            keep(**{"from": "client", "text": to_say[said]})
            said += 1
        web_socket.socket.settimeout(0.05)
        try:
            if not web_socket.has(2):
                web_socket.read_more()
            web_socket.socket.settimeout(10)
            is_last, opcode, payload = web_socket.frame()
        except TimeoutError:
            continue
        except Closed as reason:
            keep(**{"from": "server", "end": str(reason)})
            return
        if opcode == PING:
            web_socket.send(PONG, payload)
        elif opcode == CLOSE:
            code = struct.unpack("!H", payload[:2])[0] if len(payload) >= 2 else None
            keep(**{"from": "server", "close": code, "reason": payload[2:].decode()})
            return
        elif opcode in (0, TEXT, BINARY):
            message += payload
            if len(message) > MESSAGE_BYTES_MAX:
                sys.exit(f"a message of more than {MESSAGE_BYTES_MAX} bytes")
            if is_last:
                keep(**{"from": "server", "text": message.decode()})
                message = b""
    web_socket.send(CLOSE, struct.pack("!H", 1000))


parser = argparse.ArgumentParser(description=__doc__,
                                 formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("uri")
parser.add_argument("--program", required=True, help="name and version of the server")
parser.add_argument("--seconds", type=float, default=5)
parser.add_argument("--talk", action="store_true", help="send ping, get_status and two bad messages")
parser.add_argument("--say", action="append", default=[], help="send this text too")
parser.add_argument("--header", action="append", default=[], help="a header, such as 'A: b'")
parser.add_argument("--ca", help="certificates in PEM form that a wss server is checked against")
capture(parser.parse_args())
