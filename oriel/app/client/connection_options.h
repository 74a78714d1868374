#pragma once
// Which server a client connects to, and how. Plain values; any thread.

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "oriel/app/client/url_template.h"
#include "oriel/app/net/reconnect_delay.h"
#include "oriel/app/net/tls_connect_options.h"
#include "oriel/io/net/http_message.h"

namespace oriel::client {

// Gets one line, without its end, for each message both ways and for each step of a connection.
// Passwords, tickets, what is typed and what is copied are never in it.
using LogSink = std::function<void(std::string_view line)>;

struct ConnectionOptions {
  // One of these three says where the server is. vnc_target.h, url_template.h, preset_table.h.
  std::string target = {};
  std::string url_template = {};
  std::string preset = {};
  // Of the template or the preset: host, port, ticket and the like.
  TemplateParameters parameters = {};

  // For the server's own question. The password may also stand in the target or in the parameters;
  // a ticket is a password where there is no other.
  std::string user = {};
  std::string password = {};

  // Of everything until the first picture is there: names, TCP, TLS, WebSocket, log-in.
  std::chrono::milliseconds timeout{10'000};

  // tls.verify = false lets anybody in between read and act along. ca_file and ca_pem are trusted
  // in place of the system's certificates.
  net::TlsConnectOptions tls = {};
  // Of servers that are reached without TLS only those that begin it themselves (VeNCrypt); for
  // others connecting fails with kInput before anything secret is said.
  bool requires_encryption = false;

  // Of WebSockets only: fields of the handshake, cookies among them, and what is offered.
  std::vector<net::HttpField> headers = {};
  std::vector<net::HttpField> cookies = {};
  std::vector<std::string> subprotocols = {"binary"};
  // http_proxy, https_proxy, all_proxy and no_proxy of the environment (app/net/proxy.h).
  bool uses_proxies = true;

  bool is_shared = true;  // other viewers may stay
  bool is_view_only = false;

  // Names of codec::encoding_table(), most wanted first; empty: all, Tight first.
  std::vector<std::string> encodings = {};
  // 0 (small) to 9 (good): lossy encodings are welcome; nothing: the picture is exact.
  std::optional<int> quality = {};
  // 0 (fast) to 9 (small); nothing: 2.
  std::optional<int> compression = {};

  // Nothing: a connection that is lost stays lost.
  std::optional<net::ReconnectPace> reconnect = {};

  LogSink log = nullptr;
};

}  // namespace oriel::client
