// What a SessionDriver costs: bulk uploads over loopback TCP, question and answer, and the memory
// of a connection on which nothing happens.

#include <benchmark/benchmark.h>
#include <malloc.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <thread>
#include <utility>
#include <vector>

#include "oriel/base/check.h"
#include "oriel/io/net/session_driver.h"
#include "oriel/io/net/tcp_stream.h"

namespace oriel::net {
namespace {

using boost::asio::ip::tcp;

// Takes messages of one size and may answer each with 16 bytes.
class BenchSession : public Session {
 public:
  BenchSession(std::size_t message_bytes, bool answers)
      : message_bytes_(message_bytes), answers_(answers) {}

  Result<Need> receive(ByteSpan bytes, TimePoint) override {
    const auto count = bytes.size() / message_bytes_;
    taken += count * message_bytes_;
    for (std::size_t i = 0; answers_ && i < count; ++i) output_.append(answer_);
    return Need{count * message_bytes_, message_bytes_};
  }
  OutputQueue& output() override { return output_; }
  void writable(TimePoint, std::size_t) override {}
  // As a heartbeat would have.
  std::optional<TimePoint> deadline() const override { return due_; }
  Status deadline_passed(TimePoint) override { return {}; }
  Transition transition() const override { return Transition::kNone; }

  std::size_t taken = 0;

 private:
  std::size_t message_bytes_;
  bool answers_;
  OutputQueue output_;
  std::array<std::uint8_t, 16> answer_{};
  TimePoint due_ = Clock::now() + std::chrono::hours(1);
};

class BenchHost : public SessionHost {
 public:
  void session_progressed() override {}
  void session_writable() override {}
  void session_ended(const Error&) override {}
};

std::pair<tcp::socket, tcp::socket> connected_pair(boost::asio::io_context& loop) {
  tcp::acceptor acceptor(loop, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
  tcp::socket near(loop), far(loop);
  far.connect(acceptor.local_endpoint());
  acceptor.accept(near);
  return {std::move(near), std::move(far)};
}

void BM_SessionDriverUpload(benchmark::State& state) {
  const auto message_bytes = static_cast<std::size_t>(state.range(0));
  const auto messages = std::max<std::size_t>(1, (64u << 20) / message_bytes);
  boost::asio::io_context loop{1};
  auto [near, far] = connected_pair(loop);
  BenchSession session(message_bytes, false);
  BenchHost host;
  auto driver = std::make_shared<SessionDriver>(loop.get_executor(),
                                                make_socket_stream(std::move(near)), session, host);
  driver->start();
  const Bytes data(std::max<std::size_t>(message_bytes, 1u << 20) / message_bytes * message_bytes);
  for (auto _ : state) {
    const auto until = session.taken + messages * message_bytes;
    std::thread client([&] {
      for (auto left = messages * message_bytes; left > 0;)
        left -=
            boost::asio::write(far, boost::asio::buffer(data.data(), std::min(left, data.size())));
    });
    while (session.taken < until) loop.run_one();
    client.join();
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(messages * message_bytes));
  driver->close_now({ErrorCode::kClosed, "done"});
  loop.poll();
}
BENCHMARK(BM_SessionDriverUpload)->Arg(8)->Arg(1000)->Arg(64 << 10)->Arg(1 << 20)->UseRealTime();

void BM_SessionDriverQuestion(benchmark::State& state) {
  const auto message_bytes = static_cast<std::size_t>(state.range(0));
  boost::asio::io_context loop{1};
  auto [near, far] = connected_pair(loop);
  BenchSession session(message_bytes, true);
  BenchHost host;
  auto driver = std::make_shared<SessionDriver>(loop.get_executor(),
                                                make_socket_stream(std::move(near)), session, host);
  driver->start();
  const Bytes question(message_bytes);
  std::array<std::uint8_t, 16> answer;
  for (auto _ : state) {
    boost::asio::write(far, boost::asio::buffer(question));
    const auto until = session.taken + message_bytes;
    while (session.taken < until) loop.run_one();
    boost::asio::read(far, boost::asio::buffer(answer));
  }
  driver->close_now({ErrorCode::kClosed, "done"});
  loop.poll();
}
BENCHMARK(BM_SessionDriverQuestion)->Arg(64)->Arg(16 << 10);

// Counter bytes: of the heap, for one connection that has said something once.
void BM_SessionDriverIdle(benchmark::State& state) {
  constexpr std::size_t kConnections = 400;
  for (auto _ : state) {
    boost::asio::io_context loop{1};
    BenchHost host;
    std::vector<int> peers;  // descriptors, which take no memory of ours
    peers.reserve(kConnections);
    std::vector<std::unique_ptr<BenchSession>> sessions(kConnections);
    const auto before = ::mallinfo2().uordblks;
    for (auto& session : sessions) {
      auto [near, far] = connected_pair(loop);
      session = std::make_unique<BenchSession>(8, true);
      auto driver = std::make_shared<SessionDriver>(
          loop.get_executor(), make_socket_stream(std::move(near)), *session, host);
      driver->start();
      boost::asio::write(far, boost::asio::buffer("question", 8));
      loop.poll();
      peers.push_back(far.release());
    }
    state.counters["bytes"] = static_cast<double>(::mallinfo2().uordblks - before) / kConnections;
    for (const int peer : peers) ::close(peer);
  }
}
BENCHMARK(BM_SessionDriverIdle)->Iterations(1);

}  // namespace
}  // namespace oriel::net
