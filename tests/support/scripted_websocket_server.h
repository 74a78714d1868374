#pragma once
// A WebSocket server that does what a test says: what it answers to each request, which messages it
// sends, and whether it then hangs up. Keeps what clients say.

#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace oriel::support {

struct WebSocketScript {
  int status = 101;                   // of the answer; other than 101 it closes
  std::vector<std::string> messages;  // text messages, sent at once
  bool hangs_up = false;              // after the messages, without a goodbye
};

class ScriptedWebSocketServer {
 public:
  // `script` is asked for each connection, with its number from 0, on the server's thread. On a
  // free port of 127.0.0.1.
  explicit ScriptedWebSocketServer(std::function<WebSocketScript(int)> script);
  explicit ScriptedWebSocketServer(WebSocketScript script)
      : ScriptedWebSocketServer([script](int) { return script; }) {}
  ~ScriptedWebSocketServer();  // hangs up
  ScriptedWebSocketServer(const ScriptedWebSocketServer&) = delete;
  ScriptedWebSocketServer& operator=(const ScriptedWebSocketServer&) = delete;

  int port() const { return port_; }
  std::string uri() const { return "ws://127.0.0.1:" + std::to_string(port_); }
  // The heads of the requests so far.
  std::vector<std::string> requests() const;
  // The text messages of clients so far; those that came in several pieces are missing.
  std::vector<std::string> messages() const;

 private:
  void serve();
  void answer(int connection);
  bool hear(int connection);

  std::function<WebSocketScript(int)> script_;
  int listener_ = -1;
  int wake_ = -1;
  int port_ = 0;
  std::vector<int> open_;  // of the thread
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  std::vector<std::string> messages_;
  std::thread thread_;
};

}  // namespace oriel::support
