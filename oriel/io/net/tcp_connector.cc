#include "oriel/io/net/tcp_connector.h"

#include <fmt/format.h>
#include <netdb.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "oriel/base/time.h"
#include "oriel/io/net/limits.h"
#include "oriel/io/net/no_throw.h"
#include "oriel/io/net/tcp_stream.h"

namespace oriel::net {
namespace {

using boost::asio::awaitable;
using boost::asio::ip::tcp;
using boost::system::error_code;
using std::chrono::milliseconds;

struct Found {
  std::vector<tcp::endpoint> endpoints;
  std::string problem;  // why there are none
};

// Of all threads that look up names, also of those that nobody waits for any more.
std::atomic<int> lookups_running{0};

Found look_up(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  const int failure = ::getaddrinfo(host.c_str(), nullptr, &hints, &list);
  const int system_error = errno;
  Found found;
  if (failure != 0) {
    found.problem = failure == EAI_SYSTEM ? std::strerror(system_error) : ::gai_strerror(failure);
    return found;
  }
  for (const auto* at = list; at != nullptr && found.endpoints.size() < kConnectAddressesMax;
       at = at->ai_next) {
    tcp::endpoint endpoint;
    if (at->ai_addrlen > endpoint.capacity()) continue;
    std::memcpy(endpoint.data(), at->ai_addr, at->ai_addrlen);
    endpoint.resize(at->ai_addrlen);
    endpoint.port(port);
    found.endpoints.push_back(endpoint);
  }
  ::freeaddrinfo(list);
  if (found.endpoints.empty()) found.problem = "it has no address";
  return found;
}

// Between the one that waits and the thread that looks up. `timer` is the waiting one's, and null
// when it waits no more: then the thread touches nothing of the io_context, which may be gone.
struct Lookup {
  std::mutex mutex;
  boost::asio::steady_timer* timer = nullptr;
  Found found;
  bool is_done = false;  // of the strand; set before the timer is cancelled
};
using SharedLookup = std::shared_ptr<Lookup>;

void run_lookup(const SharedLookup& lookup, const std::string& host, std::uint16_t port) {
  auto found = look_up(host, port);
  const std::lock_guard lock(lookup->mutex);
  if (lookup->timer == nullptr) return;
  boost::asio::post(lookup->timer->get_executor(), [lookup, found = std::move(found)]() mutable {
    const std::lock_guard again(lookup->mutex);
    if (lookup->timer == nullptr) return;
    lookup->found = std::move(found);
    lookup->is_done = true;
    lookup->timer->cancel();
  });
}

bool start_lookup(const SharedLookup& lookup, const std::string& host, std::uint16_t port) {
  if (lookups_running.fetch_add(1) >= kLookupsMax) {
    --lookups_running;
    return false;
  }
  try {
    std::thread([lookup, host, port] {
      run_lookup(lookup, host, port);
      --lookups_running;
    }).detach();
  } catch (const std::system_error&) {
    --lookups_running;
    return false;
  }
  return true;
}

// For a scope that may end with the whole io_context.
class WaitingForLookup {
 public:
  WaitingForLookup(SharedLookup lookup, boost::asio::steady_timer& timer)
      : lookup_(std::move(lookup)) {
    lookup_->timer = &timer;
  }
  ~WaitingForLookup() {
    const std::lock_guard lock(lookup_->mutex);
    lookup_->timer = nullptr;
  }
  WaitingForLookup(const WaitingForLookup&) = delete;
  WaitingForLookup& operator=(const WaitingForLookup&) = delete;

 private:
  SharedLookup lookup_;
};

void leave_ipv6(Found& found) {
  std::erase_if(found.endpoints,
                [](const tcp::endpoint& endpoint) { return !endpoint.address().is_v6(); });
  if (found.endpoints.empty() && found.problem.empty()) found.problem = "it has no IPv6 address";
}

std::string show(const std::string& host, std::uint16_t port) {
  return host.find(':') == std::string::npos ? fmt::format("{}:{}", host, port)
                                             : fmt::format("[{}]:{}", host, port);
}

std::unexpected<Error> lookup_took_too_long(const std::string& host) {
  return fail(ErrorCode::kTimeout, fmt::format("looking up the name {} took too long", host));
}

std::unexpected<Error> cannot_connect(const std::string& host, std::uint16_t port,
                                      const Error& why) {
  return fail(why.code, fmt::format("cannot connect to {}: {}", show(host, port), why.message));
}

}  // namespace

struct TcpConnector::Attempt {
  explicit Attempt(const boost::asio::any_io_executor& executor)
      : timer(executor), socket(executor) {}

  awaitable<Result<Found>> find(const std::string& host, std::uint16_t port, TimePoint until);
  awaitable<Status> try_one(const tcp::endpoint& endpoint, Duration share);

  boost::asio::steady_timer timer;
  tcp::socket socket;
  bool is_cancelled = false;
};

TcpConnector::TcpConnector(boost::asio::any_io_executor executor)
    : attempt_(std::make_unique<Attempt>(executor)) {}

TcpConnector::~TcpConnector() = default;

void TcpConnector::cancel() {
  attempt_->is_cancelled = true;
  attempt_->timer.cancel();
  error_code ignored;
  attempt_->socket.close(ignored);
}

awaitable<Result<Found>> TcpConnector::Attempt::find(const std::string& host, std::uint16_t port,
                                                     TimePoint until) {
  error_code not_numeric;
  const auto address = boost::asio::ip::make_address(host, not_numeric);
  if (!not_numeric) co_return Found{{tcp::endpoint(address, port)}, {}};
  auto lookup = std::make_shared<Lookup>();
  timer.expires_at(until);
  const WaitingForLookup waiting(lookup, timer);
  if (!start_lookup(lookup, host, port)) {
    co_return fail(ErrorCode::kUnavailable, "too many names are being looked up at once");
  }
  co_await timer.async_wait(kNoThrow);
  if (is_cancelled) co_return fail(ErrorCode::kClosed, "connecting was given up");
  if (!lookup->is_done) {
    co_return lookup_took_too_long(host);
  }
  co_return std::move(lookup->found);
}

awaitable<Status> TcpConnector::Attempt::try_one(const tcp::endpoint& endpoint, Duration share) {
  // Shared: a timer that expired just when the connection came runs its handler afterwards.
  struct Race {
    bool is_over = false;
    bool is_late = false;
  };
  auto race = std::make_shared<Race>();
  timer.expires_after(share);
  timer.async_wait([this, race](error_code error) {
    if (error || race->is_over) return;
    race->is_late = true;
    error_code ignored;
    socket.close(ignored);
  });
  auto [error] = co_await socket.async_connect(endpoint, kNoThrow);
  race->is_over = true;
  timer.cancel();
  if (is_cancelled) co_return fail(ErrorCode::kClosed, "connecting was given up");
  if (race->is_late) co_return fail(ErrorCode::kTimeout, "no answer in time");
  if (error) co_return fail(ErrorCode::kUnavailable, error.message());
  co_return Status{};
}

awaitable<Result<StreamPointer>> TcpConnector::connect(std::string host, std::uint16_t port,
                                                       milliseconds timeout, AddressFamily family) {
  const auto until = Clock::now() + timeout;
  attempt_->is_cancelled = false;
  auto found = co_await attempt_->find(host, port, until);
  if (!found) co_return std::unexpected(found.error());
  if (family == AddressFamily::kIpv6) leave_ipv6(*found);
  Error last{ErrorCode::kUnavailable, found->problem};
  auto left = static_cast<std::ptrdiff_t>(found->endpoints.size());
  for (const auto& endpoint : found->endpoints) {
    const auto share = std::max(until - Clock::now(), Duration(0)) / left--;
    auto status = co_await attempt_->try_one(endpoint, share);
    if (status) co_return make_socket_stream(std::move(attempt_->socket));
    if (attempt_->is_cancelled) co_return std::unexpected(status.error());
    last = status.error();
    error_code ignored;
    attempt_->socket.close(ignored);
  }
  co_return cannot_connect(host, port, last);
}

}  // namespace oriel::net
