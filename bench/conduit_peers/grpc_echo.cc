// gRPC C++: unary calls of an asynchronous client to an asynchronous server with one thread, one
// after the other and 64 at a time on one channel. grpc_echo [SECONDS]
//
// The server gets its process by running this program again as "grpc_echo serve": gRPC's threads do
// not survive a fork.

#include <fmt/format.h>
#include <grpcpp/grpcpp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "bench/conduit_load.h"
#include "bench/conduit_peers/grpc_echo.grpc.pb.h"

namespace oriel::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kRequestBytes = 26;
constexpr std::size_t kResponseBytes = 33;

// One call at the server, from the wait for it to its end; then it waits for the next one.
class ServedCall {
 public:
  ServedCall(Echo::AsyncService& service, grpc::ServerCompletionQueue& queue)
      : service_(service), queue_(queue) {
    wait();
  }

  void advance() {
    if (is_answered_) {
      wait();
      return;
    }
    is_answered_ = true;
    Payload response;
    // The same payload for the same sizes; a long one goes back as it came.
    if (request_.data().size() == kRequestBytes) {
      response.set_data(std::string(kResponseBytes, 'x'));
    } else {
      response.Swap(&request_);
    }
    writer_->Finish(response, grpc::Status::OK, this);
  }

 private:
  void wait() {
    is_answered_ = false;
    writer_.reset();
    context_ = std::make_unique<grpc::ServerContext>();
    writer_ = std::make_unique<grpc::ServerAsyncResponseWriter<Payload>>(context_.get());
    service_.RequestCall(context_.get(), &request_, writer_.get(), &queue_, &queue_, this);
  }

  Echo::AsyncService& service_;
  grpc::ServerCompletionQueue& queue_;
  std::unique_ptr<grpc::ServerContext> context_;
  std::unique_ptr<grpc::ServerAsyncResponseWriter<Payload>> writer_;
  Payload request_;
  bool is_answered_ = false;
};

// Writes its port to standard output, one line.
void serve() {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  Echo::AsyncService service;
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  const auto queue = builder.AddCompletionQueue();
  const auto server = builder.BuildAndStart();
  if (!server) throw std::runtime_error("gRPC does not listen");
  fmt::print("{}\n", port);
  std::fflush(stdout);
  std::vector<std::unique_ptr<ServedCall>> calls;
  for (int i = 0; i < 128; ++i) calls.push_back(std::make_unique<ServedCall>(service, *queue));
  void* tag = nullptr;
  bool is_ok = false;
  while (queue->Next(&tag, &is_ok)) static_cast<ServedCall*>(tag)->advance();
}

struct CallUnderWay {
  std::unique_ptr<grpc::ClientContext> context;
  std::unique_ptr<grpc::ClientAsyncResponseReader<Payload>> reader;
  Payload response;
  grpc::Status status;
};

Load run(Echo::Stub& stub, std::size_t payload_bytes, std::size_t in_flight,
         std::chrono::duration<double> time, pid_t server) {
  Payload request;
  request.set_data(std::string(payload_bytes, 'x'));
  grpc::CompletionQueue queue;
  std::vector<CallUnderWay> calls(in_flight);
  const auto begin = [&](CallUnderWay& call) {
    call.reader.reset();
    call.context = std::make_unique<grpc::ClientContext>();
    call.reader = stub.AsyncCall(call.context.get(), request, &queue);
    call.reader->Finish(&call.response, &call.status, &call);
  };
  Load load{.client_cpu_s = -cpu_seconds(0), .server_cpu_s = -cpu_seconds(server)};
  const auto start = Clock::now();
  for (auto& call : calls) begin(call);
  void* tag = nullptr;
  bool is_ok = false;
  for (auto under_way = in_flight; under_way > 0 && queue.Next(&tag, &is_ok);) {
    auto& call = *static_cast<CallUnderWay*>(tag);
    if (!is_ok || !call.status.ok()) throw std::runtime_error(call.status.error_message());
    ++load.done;
    if (Clock::now() < start + time) {
      begin(call);
    } else {
      --under_way;
    }
  }
  load.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  load.client_cpu_s += cpu_seconds(0);
  load.server_cpu_s += cpu_seconds(server);
  return load;
}

// This program again, as the server; its standard output is `out`.
pid_t start_server(const char* program, int out) {
  const pid_t pid = fork();
  if (pid != 0) return pid;
  dup2(out, STDOUT_FILENO);
  execl("/proc/self/exe", program, "serve", nullptr);
  _exit(127);
}

void measure(const char* program, std::chrono::duration<double> time) {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) throw std::runtime_error("no pipe");
  const pid_t pid = start_server(program, ends[1]);
  close(ends[1]);
  std::array<char, 16> port{};
  if (read(ends[0], port.data(), port.size() - 1) <= 0)
    throw std::runtime_error("the server did not start");
  grpc::ChannelArguments arguments;
  const auto stub =
      Echo::NewStub(grpc::CreateCustomChannel(fmt::format("127.0.0.1:{}", std::atoi(port.data())),
                                              grpc::InsecureChannelCredentials(), arguments));
  run(*stub, kRequestBytes, 1, std::chrono::milliseconds(100), pid);  // connects
  print_load("grpc/sequential", run(*stub, kRequestBytes, 1, time, pid), 1, "calls/s");
  print_load("grpc/in-flight-64", run(*stub, kRequestBytes, 64, time, pid), 1, "calls/s");
  print_load("grpc/echo-1MiB", run(*stub, 1 << 20, 1, time, pid), 2 * (1 << 20) / 1e6, "MB/s");
  kill(pid, SIGKILL);
  waitpid(pid, nullptr, 0);
}

}  // namespace
}  // namespace oriel::bench

int main(int argc, char** argv) {
  try {
    if (argc > 1 && std::string_view(argv[1]) == "serve") {
      oriel::bench::serve();
    } else {
      oriel::bench::measure(argv[0],
                            std::chrono::duration<double>(argc > 1 ? std::atof(argv[1]) : 3));
    }
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
