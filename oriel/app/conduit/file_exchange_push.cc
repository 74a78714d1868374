// Files that are sent by messages, as the real server sends to a client that it cannot call.
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <optional>
#include <utility>

#include "oriel/app/conduit/binding.h"
#include "oriel/app/conduit/file_answers.h"
#include "oriel/app/conduit/file_chunks.h"
#include "oriel/app/conduit/file_exchange.h"
#include "oriel/app/conduit/file_source.h"
#include "oriel/app/conduit/map_members.h"
#include "oriel/app/conduit/random_text.h"

namespace oriel::conduit {
namespace {

using boost::asio::awaitable;

constexpr std::chrono::seconds kReadyTimeout{10};  // for file_incoming_ack

CallError disconnected(const Error& error) {
  return {.code = CallCode::kDisconnected, .message = error.message};
}

// Of file_incoming_ack; empty: the peer is ready.
std::string refusal_in(const Value& data) {
  const auto* ready = data.find("ready");
  const bool is_refused = ready != nullptr && ready->if_bool() != nullptr && !*ready->if_bool();
  if (!is_refused) return "";
  const auto error = text_in(data, "error");
  return error.empty() ? "the peer does not take the file" : error;
}

// Peers make the ids of what they push: two may have the same.
std::string transfer_key(const Context& context, const Value& data) {
  return context.connection().id() + "/" + text_in(data, "transfer_id");
}

}  // namespace

void FileExchange::serve_pushes(Dispatcher& dispatcher) {
  const auto self = shared_from_this();
  // The parts of a transfer have types of their own, and must not overtake each other.
  const HandlerOptions in_order{.order = "file"};
  dispatcher.add_handler(
      "file_incoming",
      make_handler(
          [self](Context& context, Value data) -> Result<Reply> {
            auto begun = self->begin_receiving({.filename = text_in(data, "filename"),
                                                .size_bytes = number_in(data, "size", UINT64_MAX),
                                                .checksum = text_in(data, "checksum"),
                                                .chunk_bytes = kFileChunkBytes,
                                                .sender = context.connection().id()},
                                               transfer_key(context, data));
            Map ready{{"transfer_id", text_in(data, "transfer_id")}, {"ready", begun.has_value()}};
            if (!begun) ready.set("error", begun.error().message);
            ORIEL_TRY_VOID(context.connection().send_message("file_incoming_ack", ready));
            if (!begun) return fail(ErrorCode::kInvalid, begun.error().message);
            return Reply();
          },
          in_order));
  dispatcher.add_handler(
      "file_chunk",
      make_handler(
          [self](Context& context, Value data) -> Result<Reply> {
            const auto receiving = self->find_receiving(transfer_key(context, data));
            if (!receiving)
              return fail(ErrorCode::kInvalid, "a chunk of a transfer that was not begun");
            auto bytes = chunk_bytes(data);
            if (!bytes) return fail(ErrorCode::kInvalid, bytes.error().message);
            auto written = receiving->write(number_in(data, "chunk_index", UINT64_MAX), *bytes);
            if (!written) return fail(ErrorCode::kInvalid, written.error().message);
            return Reply();
          },
          in_order));
  dispatcher.add_handler(
      "file_complete",
      make_handler(
          [self](Context& context, Value data) -> Result<Reply> {
            const auto receiving = self->find_receiving(transfer_key(context, data));
            if (!receiving)
              return fail(ErrorCode::kInvalid, "the end of a transfer that was not begun");
            auto file = self->finish(receiving);
            if (!file) return fail(ErrorCode::kInvalid, file.error().message);
            if (self->on_received_) self->on_received_(context, *file);
            return Reply();
          },
          in_order));
  dispatcher.add_handler("file_incoming_ack", make_handler([self](Value data) {
                           std::function<void(std::string)> answered;
                           {
                             std::lock_guard lock(self->mutex_);
                             const auto found = self->awaited_.find(text_in(data, "transfer_id"));
                             if (found == self->awaited_.end()) return;
                             answered = std::move(found->second);
                             self->awaited_.erase(found);
                           }
                           answered(refusal_in(data));
                         }));
}

// Tells the peer of a file, and waits until it is ready.
awaitable<CallResult<void>> FileExchange::announce(std::shared_ptr<Connection> to, std::string id,
                                                   Map announcement) {
  const auto self = shared_from_this();
  const auto executor = to->executor();
  const auto timer = std::make_shared<boost::asio::steady_timer>(executor, kReadyTimeout);
  const auto refusal = std::make_shared<std::optional<std::string>>();
  {
    std::lock_guard lock(mutex_);
    awaited_.emplace(id, [executor, timer, refusal](const std::string& told) {
      boost::asio::dispatch(executor, [timer, refusal, told] {
        *refusal = told;
        timer->cancel();
      });
    });
  }
  // However this ends, also when the coroutine is cancelled.
  const std::shared_ptr<void> waiting(nullptr, [self, id](void*) {
    std::lock_guard lock(self->mutex_);
    self->awaited_.erase(id);
  });
  auto sent = co_await to->async_send_message("file_incoming", std::move(announcement));
  if (!sent) co_return std::unexpected(disconnected(sent.error()));
  if (!*refusal) co_await timer->async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
  if (!*refusal)
    co_return std::unexpected(CallError::timeout("the peer did not say that it is ready"));
  if (!(*refusal)->empty())
    co_return std::unexpected(CallError{.code = CallCode::kExecutionError, .message = **refusal});
  co_return CallResult<void>();
}

awaitable<CallResult<TransferResult>> FileExchange::push(std::shared_ptr<Connection> to,
                                                         std::string name, OnProgress on_progress) {
  const auto self = shared_from_this();
  const auto began = Clock::now();
  auto source = co_await open_source_on(to, folder_, name);
  if (!source) co_return std::unexpected(std::move(source.error()));
  const auto id = random_uuid();
  const auto total = chunks_of(source->size_bytes, kFileChunkBytes);
  Map announcement{{"transfer_id", id},
                   {"filename", name},
                   {"size", source->size_bytes},
                   {"checksum", source->checksum},
                   {"total_chunks", total}};
  const auto is_ready = co_await announce(to, id, std::move(announcement));
  if (!is_ready) co_return std::unexpected(is_ready.error());
  Status sent;
  TransferProgress progress{.filename = name, .total_bytes = source->size_bytes};
  for (std::uint64_t index = 0; sent && index < total; ++index) {
    auto bytes = co_await read_chunk_on(to, *source, index, kFileChunkBytes);
    if (!bytes) co_return std::unexpected(std::move(bytes.error()));
    progress.transferred_bytes += bytes->size();
    Map message{{"transfer_id", id}, {"chunk_index", index}};
    put_chunk(message, std::move(*bytes), to->program().is_oriel);
    sent = co_await to->async_send_message("file_chunk", std::move(message));
    progress.elapsed = Clock::now() - began;
    if (sent && on_progress) on_progress(progress);
  }
  Map end{{"transfer_id", id}, {"checksum", source->checksum}};
  if (sent) sent = co_await to->async_send_message("file_complete", std::move(end));
  if (!sent) co_return std::unexpected(disconnected(sent.error()));
  co_return TransferResult{.filename = name,
                           .size_bytes = source->size_bytes,
                           .checksum = source->checksum,
                           .elapsed = Clock::now() - began};
}

}  // namespace oriel::conduit
