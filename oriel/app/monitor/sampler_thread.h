#pragma once
// The thread that samples, because reading the host may block. It begins with the first sample that
// is asked for and sleeps between them.

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "oriel/app/monitor/sample_source.h"

namespace oriel::monitor {

struct TakenSample {
  SharedSnapshot snapshot;
  TimePoint taken;
  std::vector<std::string> notices;  // what could not be read
};

// One strand owns it.
class SamplerThread {
 public:
  using Done = std::function<void(TakenSample)>;

  // `done` runs on `executor`, the owner's strand.
  SamplerThread(boost::asio::any_io_executor executor, std::unique_ptr<SampleSource> source);
  // Afterwards no `done` comes. A sample that does not end, because a file system does not answer,
  // is left alone with its thread.
  ~SamplerThread();
  SamplerThread(const SamplerThread&) = delete;
  SamplerThread& operator=(const SamplerThread&) = delete;

  struct Order {
    host::SampleRequest request;
    bool restarts = false;  // earlier readings do not count
    Done done;
  };
  // Not while it is busy.
  void ask(Order order);
  bool is_busy() const;

 private:
  struct Shared;  // outlives the object as long as the thread holds it
  static void run(const std::shared_ptr<Shared>& shared);

  std::shared_ptr<Shared> shared_;
  std::thread thread_;
};

}  // namespace oriel::monitor
