#!/usr/bin/env python3
"""A web server or mail server on loopback that says what it got, for tests of alerts.

  alert_receiver.py http [--status N[,N...]] [--hang] [--location URL] [--cert PEM]
  alert_receiver.py smtp [--starttls|--implicit-tls] [--cert PEM] [--password P] [--hang]

Prints "port N", then one JSON document for each request or mail. --cert has key and certificate.
"""
import argparse
import base64
import http.server
import json
import socketserver
import ssl
import threading
import time

OUTPUT = threading.Lock()


def say(document):
    with OUTPUT:
        print(document if isinstance(document, str) else json.dumps(document), flush=True)


def tls_context(path):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


class WebHook(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        say({"path": self.path, "headers": dict(self.headers), "body": json.loads(body)})
        if OPTIONS.hang:
            time.sleep(3600)
        status = STATUSES.pop(0) if len(STATUSES) > 1 else STATUSES[0]
        self.send_response(status)
        if OPTIONS.location:
            self.send_header("Location", OPTIONS.location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self):
        say({"path": self.path, "method": "GET"})
        self.send_error(404)

    def log_message(self, *_):
        pass


class MailServer(socketserver.StreamRequestHandler):
    """RFC 5321 as far as a client that sends a mail needs it."""

    def reply(self, text):
        self.wfile.write(text.encode() + b"\r\n")

    def line(self):
        return self.rfile.readline().decode().rstrip("\r\n")

    def start_tls(self):
        self.request = tls_context(OPTIONS.cert).wrap_socket(self.request, server_side=True)
        self.rfile = self.request.makefile("rb")
        self.wfile = self.request.makefile("wb", 0)
        self.is_secret = True

    def greet(self):
        extensions = ["localhost"]
        if OPTIONS.starttls and not self.is_secret:
            extensions.append("STARTTLS")
        if OPTIONS.password:
            extensions.append("AUTH PLAIN")
        for name in extensions[:-1]:
            self.reply("250-" + name)
        self.reply("250 " + extensions[-1])

    def log_in(self, arguments):
        words = arguments.split()
        if len(words) < 2:
            self.reply("334 ")
            words.append(self.line())
        _, user, password = base64.b64decode(words[1]).decode().split("\0")
        self.user = user
        self.reply("235 ok" if password == OPTIONS.password else "535 no")

    def take_mail(self):
        self.reply("354 go on")
        lines = []
        while (line := self.line()) != ".":
            lines.append(line[1:] if line.startswith(".") else line)
        say({"from": self.sender, "to": self.recipients, "user": self.user, "tls": self.is_secret,
             "text": "\n".join(lines)})
        self.reply("250 kept")

    def handle(self):
        self.is_secret, self.user, self.sender, self.recipients = False, None, None, []
        if OPTIONS.hang:
            say({"connected": True})
            time.sleep(3600)
        if OPTIONS.implicit_tls:
            self.start_tls()
        self.reply("220 test")
        while line := self.line():
            verb, _, arguments = line.partition(" ")
            verb = verb.upper()
            if verb == "EHLO":
                self.greet()
            elif verb == "STARTTLS":
                self.reply("220 go on")
                self.start_tls()
            elif verb == "AUTH":
                self.log_in(arguments)
            elif verb == "MAIL":
                self.sender, self.recipients = arguments, []
                self.reply("250 ok")
            elif verb == "RCPT":
                self.recipients.append(arguments)
                self.reply("250 ok")
            elif verb == "DATA":
                self.take_mail()
            elif verb == "QUIT":
                self.reply("221 bye")
                return
            else:
                self.reply("502 not here")


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request, client_address):
        pass  # a client that goes away is no news


parser = argparse.ArgumentParser()
parser.add_argument("kind", choices=["http", "smtp"])
parser.add_argument("--status", default="200")
parser.add_argument("--hang", action="store_true")
parser.add_argument("--location")
parser.add_argument("--cert")
parser.add_argument("--starttls", action="store_true")
parser.add_argument("--implicit-tls", action="store_true")
parser.add_argument("--password")
OPTIONS = parser.parse_args()
STATUSES = [int(status) for status in OPTIONS.status.split(",")]

server = Server(("127.0.0.1", 0), WebHook if OPTIONS.kind == "http" else MailServer)
if OPTIONS.kind == "http" and OPTIONS.cert:
    server.socket = tls_context(OPTIONS.cert).wrap_socket(server.socket, server_side=True)
say(f"port {server.server_address[1]}")
server.serve_forever()
