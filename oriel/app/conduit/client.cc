#include "oriel/app/conduit/client.h"

#include <fmt/format.h>

#include <boost/asio/strand.hpp>
#include <utility>

#include "oriel/app/conduit/client_shared.h"
#include "oriel/app/conduit/own_loop.h"
#include "oriel/base/check.h"

namespace oriel::conduit {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using Strand = asio::strand<asio::any_io_executor>;

// Beyond the time that an end takes by its own limits.
constexpr milliseconds kEndGrace{2'000};

ClientError ended() { return {ClientErrorKind::kNotConnected, "the client has ended"}; }

ClientStatus start_thread(OwnLoop& loop) {
  const auto started = loop.start();
  if (started) return {};
  return client_failure(ClientErrorKind::kConnection, started.error().message);
}

}  // namespace

Client::Client(ClientOptions options) : loop_(std::make_shared<OwnLoop>()) {
  const auto executor = loop_->executor();
  shared_ = std::make_shared<Shared>(
      executor, [executor] { return executor.running_in_this_thread(); }, std::move(options),
      Shared::Hooks::kOnWorkers, loop_);
}

Client::Client(asio::any_io_executor executor, ClientOptions options) {
  const Strand strand = asio::make_strand(std::move(executor));
  shared_ = std::make_shared<Shared>(
      strand, [strand] { return strand.running_in_this_thread(); }, std::move(options),
      Shared::Hooks::kOnStrand);
}

Client::~Client() {
  shared_->detach();
  if (!loop_) {
    shared_->disconnect([] {});
    return;
  }
  ORIEL_CHECK(!shared_->is_inside());
  const auto timeout = shared_->options().stop_timeout;
  if (loop_->is_running()) {
    shared_->disconnect([] {});
    shared_->wait_for_end(timeout + kEndGrace);
  }
  shared_->common().end();
  shared_->common().workers.wait(timeout);
  loop_->stop();
  loop_->finish();
}

// ---- the connection

ClientStatus Client::may_wait(std::string_view what) const {
  if (!loop_)
    return client_failure(
        ClientErrorKind::kUsage,
        fmt::format("{0}() waits, which a client on the application's executor does not do: use "
                    "async_{0}()",
                    what));
  if (shared_->is_inside())
    return client_failure(
        ClientErrorKind::kUsage,
        fmt::format("{0}() would wait for the thread that it is called on, the client's own: use "
                    "async_{0}() in a coroutine, or a handler with Run::kWorker",
                    what));
  return {};
}

ClientStatus Client::connect() {
  if (auto status = may_wait("connect"); !status) return status;
  if (auto status = check(shared_->options()); !status) return status;
  if (auto status = start_thread(*loop_); !status) return status;
  auto connected = future_of<ClientStatus>(
      std::unexpected(ended()), [this](auto give) { shared_->connect(std::move(give)); });
  auto status = connected.get();
  if (status && !shared_->hooks().is_inside())
    shared_->hooks().wait(shared_->options().connect_timeout);
  return status;
}

void Client::disconnect() {
  if (!may_wait("disconnect")) return shared_->disconnect([] {});
  if (!loop_->is_running()) return;
  auto done = future_of<bool>(
      false, [this](auto give) { shared_->disconnect([give = std::move(give)] { give(true); }); });
  const auto timeout = shared_->options().stop_timeout;
  done.wait_for(timeout + kEndGrace);
  if (!shared_->hooks().is_inside()) shared_->hooks().wait(timeout);
}

asio::awaitable<ClientStatus> Client::async_connect() {
  ClientStatus may_connect;
  if (loop_) may_connect = start_thread(*loop_);
  return Shared::async_connect(shared_, std::move(may_connect));
}
asio::awaitable<void> Client::async_disconnect() { return Shared::async_disconnect(shared_); }

ClientStatus Client::wait(std::optional<milliseconds> duration) {
  if (auto status = may_wait("wait"); !status) return status;
  if (!shared_->wait_for_end(duration))
    return client_failure(ClientErrorKind::kTimeout,
                          fmt::format("the client is still at it after {} ms", duration->count()));
  if (auto given_up = failure()) return std::unexpected(std::move(*given_up));
  return {};
}

ClientStatus Client::wait_connected(milliseconds duration) {
  if (auto status = may_wait("wait_connected"); !status) return status;
  if (shared_->wait_connected(duration)) return {};
  if (auto given_up = failure()) return std::unexpected(std::move(*given_up));
  return client_failure(ClientErrorKind::kTimeout,
                        fmt::format("not connected within {} ms", duration.count()));
}

void Client::start_connect(std::function<void()> tell) {
  if (shared_->is_working()) return tell();
  on_state_change([tell](ClientState, ClientState now) {
    if (now == ClientState::kActive || now == ClientState::kFailed) tell();
  });
  shared_->connect([tell](const ClientStatus&) { tell(); });
}

ClientStatus Client::offer(std::string_view type, const Value& data) {
  if (shared_->is_inside()) return shared_->send_now(type, data);
  const auto connection = shared_->book().connection();
  if (!connection) return std::unexpected(ended());
  return shared_->taken(connection->send_message(type, data));
}

void Client::wait_ended() { shared_->wait_for_end(shared_->options().stop_timeout + kEndGrace); }

void Client::detach() { shared_->detach(); }

void Client::finish() {
  shared_->common().end();
  shared_->common().workers.wait(shared_->options().stop_timeout);
}

// ---- what it knows

ClientState Client::state() const { return shared_->book().state(); }
bool Client::is_connected() const { return shared_->book().connection() != nullptr; }
std::optional<ClientError> Client::failure() const { return shared_->book().failure(); }
ClientHealth Client::health() const { return shared_->book().health(); }
ClientStatistics Client::statistics() const { return shared_->book().statistics(); }
ProgramFacts Client::server_info() const { return shared_->book().server(); }
std::string Client::session_token() const { return shared_->book().session_token(); }
ConnectionPointer Client::connection() const { return shared_->book().connection(); }
const ClientOptions& Client::config() const { return shared_->options(); }

std::string Client::target() const {
  const auto target = target_of(shared_->options());
  return target ? target->shown() : std::string();
}

// ---- calls

void Client::start_call(std::string_view method, Value params, const ClientCallOptions& options,
                        std::function<void(Answer)> done) {
  shared_->start_request(std::string(method), std::move(params), options, std::move(done));
}

Answer Client::request(std::string_view method, Value params, const ClientCallOptions& options) {
  if (auto status = may_wait("call"); !status)
    return std::unexpected(CallError{.code = CallCode::kUsage, .message = status.error().message});
  auto answer = future_of<Answer>(std::unexpected(gone()), [&](auto give) {
    shared_->start_request(std::string(method), std::move(params), options, std::move(give));
  });
  return answer.get();
}

asio::awaitable<Answer> Client::async_request(std::string method, Value params,
                                              ClientCallOptions options) {
  return Shared::async_request(shared_, std::move(method), std::move(params), std::move(options));
}

ClientStatus Client::start_notify(std::string_view method, Value params) {
  const auto connection = shared_->book().connection();
  if (!connection)
    return client_failure(ClientErrorKind::kNotConnected, "not connected: nothing was sent");
  auto sent = connection->notify(std::string(method), std::move(params));
  if (sent) return {};
  return client_failure(ClientErrorKind::kNotConnected, sent.error().message);
}

CallError Client::unreadable(std::string_view method, const std::vector<FieldError>& errors) {
  auto error = validation_error(method, errors);
  error.code = CallCode::kInvalidType;
  error.message = fmt::format("the answer of {} is not of the type that is wanted", method);
  if (!errors.empty())
    error.message += fmt::format(": {}{}{}", errors.front().field,
                                 errors.front().field.empty() ? "" : ": ", errors.front().message);
  return error;
}

CallError Client::gone() {
  return {.code = CallCode::kDisconnected, .message = "the client has ended"};
}

namespace {

CallResult<Array> methods_of(Answer answer) {
  if (!answer) return std::unexpected(std::move(answer.error()));
  auto* data = answer->data ? &*answer->data : nullptr;
  auto* map = data != nullptr ? data->if_map() : nullptr;
  auto* methods = map != nullptr ? map->find("methods") : nullptr;
  auto* array = methods != nullptr ? methods->if_array()
                : data != nullptr  ? data->if_array()
                                   : nullptr;
  if (array != nullptr) return std::move(*array);
  return std::unexpected(CallError{.code = CallCode::kInvalidType,
                                   .message = "the answer of listall has no list of methods"});
}

asio::awaitable<CallResult<Array>> methods_when(asio::awaitable<Answer> asked) {
  auto answer = co_await std::move(asked);
  co_return methods_of(std::move(answer));
}

}  // namespace

CallResult<Array> Client::discover() { return methods_of(request("listall", Map{})); }

asio::awaitable<CallResult<Array>> Client::async_discover() {
  return methods_when(async_request("listall", Map{}));
}

CallResult<Value> Client::describe(std::string_view method) {
  return call<Value>("describe", Map{{"method", method}});
}

// ---- messages

ClientStatus Client::send_value(std::string_view type, Value data) {
  if (shared_->is_inside()) return shared_->send_now(type, data);
  if (auto status = may_wait("send"); !status) return status;
  auto sent = future_of<ClientStatus>(std::unexpected(ended()), [&](auto give) {
    shared_->start_send(std::string(type), std::move(data), {}, std::move(give));
  });
  return sent.get();
}

asio::awaitable<ClientStatus> Client::async_send_value(std::string type, Value data) {
  return Shared::async_send(shared_, std::move(type), std::move(data));
}

// ---- handlers and hooks

Dispatcher& Client::dispatcher() { return shared_->common().dispatcher; }
UserData& Client::user_data_of_all() const { return shared_->common().user_data; }

void Client::on_connect(std::function<void()> hook) { shared_->add_connect(std::move(hook)); }
void Client::on_reconnect(std::function<void()> hook) { shared_->add_reconnect(std::move(hook)); }
void Client::add_disconnect(std::function<void(const ClientError&)> hook) {
  shared_->add_disconnect(std::move(hook));
}
void Client::on_state_change(std::function<void(ClientState, ClientState)> hook) {
  shared_->add_state_change(std::move(hook));
}

}  // namespace oriel::conduit
