#pragma once
// Many subscribers of a monitoring server in one thread: bare WebSocket clients on epoll that do no
// more than count what they get and how long it was under way, so that they take little from the
// cores that the server runs on.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace oriel::support {

struct ReaderCounts {
  std::uint64_t documents = 0;  // of the type monitoring_data
  std::uint64_t messages = 0;   // of any type
  std::uint64_t bytes = 0;      // of messages
  std::uint64_t ended = 0;      // connections that the server ended
  // From the time that stands in each document to its arrival, microseconds; when asked for.
  std::vector<std::uint32_t> delays_us;
};

// Owned by one thread.
class MonitorReaders {
 public:
  MonitorReaders(int port, bool keeps_delays);
  ~MonitorReaders();
  MonitorReaders(const MonitorReaders&) = delete;
  MonitorReaders& operator=(const MonitorReaders&) = delete;

  // Offers permessage-deflate (RFC 7692) in what is opened from now on, as browsers and Python's
  // clients do. What is compressed then is counted, not read.
  void offer_compression() { offers_compression_ = true; }

  // Connects one more, and sends `request` unless it is empty. Throws std::runtime_error when the
  // server does not take it.
  void open(std::string_view request);
  // Ends the oldest: politely with a close frame, or by just going away.
  void close_oldest(bool is_polite);
  std::size_t size() const { return readers_.size(); }

  // Reads what comes until then.
  void read_until(std::chrono::steady_clock::time_point until);

  const ReaderCounts& counts() const { return counts_; }
  void forget_counts() { counts_ = {}; }

 private:
  struct Reader {
    int fd = -1;
    std::string partial;  // a frame that is not all there
    bool is_open = true;
  };

  void read(Reader& reader);
  std::size_t take_frames(Reader& reader, std::string_view bytes);
  void take_message(std::string_view text);

  int port_;
  bool keeps_delays_;
  bool offers_compression_ = false;
  int epoll_;
  std::string buffer_;
  std::deque<std::unique_ptr<Reader>> readers_;
  ReaderCounts counts_;
};

// CPU seconds that a process has used so far, all its threads.
double process_cpu_seconds(int pid);

}  // namespace oriel::support
