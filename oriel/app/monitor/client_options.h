#pragma once
// What a monitoring client is told, with the seed's names and defaults (rows M016, M025, M037).

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "oriel/app/monitor/client_statistics.h"
#include "oriel/app/monitor/formatter.h"
#include "oriel/core/monitor/messages.h"
#include "oriel/core/monitor/server_message.h"
#include "oriel/io/net/http_message.h"

namespace oriel::monitor {

inline constexpr std::string_view kDefaultUri = "ws://localhost:8765";

// One message as text to be shown, several lines perhaps, without a final line end; empty: it is
// not shown. formatter_of makes one of a Formatter.
using MessageFormatter = std::function<std::string(const Value& document)>;

struct ClientOptions {
  // ws:// or wss://, [USER[:PASSWORD]@]HOST[:PORT][/PATH].
  std::string uri{kDefaultUri};

  bool reconnect = true;
  // The first wait before trying again; each further one is twice as long, up to
  // reconnect_interval_max, and up to a fifth longer or shorter by chance.
  std::chrono::milliseconds reconnect_interval{5'000};
  std::chrono::milliseconds reconnect_interval_max{60'000};
  // In a row: a connection that held for reconnect_interval ends the count. Nothing: unlimited.
  std::optional<unsigned> max_reconnect_attempts;

  std::chrono::milliseconds ping_interval{30'000};     // zero: no pings
  std::chrono::milliseconds ping_timeout{10'000};      // then the connection is given up
  std::chrono::milliseconds operation_timeout{5'000};  // for connecting with all handshakes
  std::chrono::milliseconds send_timeout{5'000};       // for one message to be taken
  std::chrono::milliseconds stop_timeout{5'000};       // at most so long takes stop()

  bool store_history = false;
  std::size_t history_size = 1000;

  std::vector<net::HttpField> headers;  // added to the handshake, such as Authorization
  std::string ca_file;                  // PEM; trusted in place of the system's certificates
  bool verify = true;  // false: encrypted, but with anybody; each connection says so in on_error
  // What to ask for. Nothing: take what the server sends unasked, as the seed's clients do.
  std::optional<Subscribe> subscribe;

  // Whether monitoring data are taken: those that are not reach neither history, last data nor
  // handlers. Called on the client's own thread.
  std::function<bool(const ServerMessage&)> data_filter;

  // Callbacks; Client says in which thread they run. Any may be empty.
  std::function<void(const ServerMessage&)> on_message;  // monitoring data
  std::function<void(const ClientError&)> on_error;      // also error messages of the server
  std::function<void()> on_connect;
  std::function<void()> on_disconnect;  // a connection that was there has ended, whoever ended it

  // Every message is kept in this file as a line of JSON (save_file.h). Empty: none.
  std::string save_data;

  // With a formatter each message is shown by `print` (standard output when it is empty).
  MessageFormatter formatter;
  std::function<void(std::string_view text)> print;
};

// Shows monitoring data, connection and error messages as `formatter` does; other messages are not
// shown.
MessageFormatter formatter_of(std::shared_ptr<const Formatter> formatter);

// Nothing, or what is wrong with an option, and what is allowed.
Status check_client_options(const ClientOptions& options);

}  // namespace oriel::monitor
