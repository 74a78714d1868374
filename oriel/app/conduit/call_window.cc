#include "oriel/app/conduit/call_window.h"

#include "oriel/app/conduit/file_answers.h"

namespace oriel::conduit {

CallWindow::CallWindow(std::shared_ptr<Connection> connection)
    : connection_(std::move(connection)),
      state_(std::make_shared<State>(connection_->executor())) {}

boost::asio::awaitable<void> CallWindow::room(std::size_t most) {
  while (state_->under_way >= most) co_await state_->changed.wait();
}

void CallWindow::call(std::string method, Value params,
                      std::function<CallResult<void>(const Value&)> done) {
  ++state_->under_way;
  connection_->start_call(
      std::move(method), std::move(params), {},
      [state = state_, done = std::move(done)](Answer answer) {
        --state->under_way;
        state->changed.notify();
        auto data = without_hidden_error(
            answer ? CallResult<Value>(answer->data.value_or(Value()))
                   : CallResult<Value>(std::unexpected(std::move(answer.error()))));
        if (state->failure || state->is_over) return;
        if (!data) {
          state->failure = std::move(data.error());
        } else if (auto taken = done(*data); !taken) {
          state->failure = std::move(taken.error());
        }
      });
}

void CallWindow::fail(CallError failure) {
  if (!state_->failure) state_->failure = std::move(failure);
}

}  // namespace oriel::conduit
