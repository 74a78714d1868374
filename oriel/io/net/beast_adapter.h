#pragma once
// A Stream as what Asio calls an AsyncStream, for Beast's WebSocket in websocket_stream.cc. Only
// there it is included: Beast's templates are compiled once. One strand owns it.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/buffer_traits.hpp>
#include <boost/beast/core/role.hpp>
#include <exception>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "oriel/base/bytes.h"
#include "oriel/base/result.h"
#include "oriel/io/net/stream.h"
#include "oriel/io/net/wake_event.h"

namespace oriel::net {

// The Stream below, shared with operations that Beast has outstanding, so that it outlives them.
// Lines are written past Beast when nothing of Beast's is under way, which saves most of their cost
// (half of it at 1000 readers); the rest of a frame that the stream did not take is kept here and
// goes before anything else.
struct StreamBelow {
  StreamBelow(const boost::asio::any_io_executor& executor, StreamPointer the_stream,
              Bytes the_already_read)
      : stream(std::move(the_stream)),
        already_read(std::move(the_already_read)),
        flushed(executor) {}

  StreamPointer stream;
  Bytes already_read;  // comes before what the stream reads
  std::size_t already_taken = 0;

  Bytes rest;  // of a frame that was written past Beast
  bool is_flushing = false;
  WakeEvent flushed;
  int writes = 0;             // of Beast, outstanding
  bool is_mid_frame = false;  // Beast has more to write of what it began

  bool is_between_frames() const { return rest.empty() && writes == 0 && !is_mid_frame; }
  // Beast has written `done` of what it wanted to.
  void end_write(std::size_t wanted, const Result<std::size_t>& done) {
    --writes;
    is_mid_frame = done.value_or(0) < wanted;
  }
  // Keeps what the stream did not take.
  void keep_rest(std::span<const ByteSpan> pieces, std::size_t written);

  Result<std::size_t> try_read(std::span<std::uint8_t> into);
};
using SharedBelow = std::shared_ptr<StreamBelow>;
using Pieces = std::vector<ByteSpan>;

boost::asio::awaitable<Result<std::size_t>> read_below(SharedBelow below,
                                                       std::span<std::uint8_t> into);
// Behind what is left of a frame that was written past Beast.
boost::asio::awaitable<Result<std::size_t>> write_below(SharedBelow below, Pieces pieces);
boost::asio::awaitable<Status> wait_below(SharedBelow below);

// What can be done at once costs no coroutine.
class StreamAdapter {
 public:
  using executor_type = boost::asio::any_io_executor;

  StreamAdapter(executor_type executor, SharedBelow below)
      : executor_(std::move(executor)), below_(std::move(below)) {}

  executor_type get_executor() { return executor_; }
  const SharedBelow& below() const { return below_; }

  template <typename Buffers, typename Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
        [this](auto handler, std::span<std::uint8_t> into) {
          auto done = into.empty() ? Result<std::size_t>(0) : below_->try_read(into);
          if (into.empty() || !done || *done > 0) return complete(std::move(handler), done);
          boost::asio::co_spawn(executor_, read_below(below_, into), finish(std::move(handler)));
        },
        token, first_of(buffers));
  }

  template <typename Buffers, typename Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
        [this](auto handler, Pieces pieces, std::size_t wanted) {
          ++below_->writes;
          const bool can_try = !pieces.empty() && below_->rest.empty();
          auto done = can_try ? below_->stream->try_write(pieces) : Result<std::size_t>(0);
          if (pieces.empty() || !done || *done > 0) {
            below_->end_write(wanted, done);
            return complete(std::move(handler), done);
          }
          boost::asio::co_spawn(executor_, write_below(below_, std::move(pieces)),
                                [below = below_, wanted, finish = finish(std::move(handler))](
                                    std::exception_ptr error, Result<std::size_t> result) mutable {
                                  below->end_write(wanted, result);
                                  finish(error, std::move(result));
                                });
        },
        token, pieces_of(buffers), boost::beast::buffer_bytes(buffers));
  }

  // Beast's way to shut down what is below, found by argument-dependent lookup.
  template <typename Token>
  friend void async_teardown(boost::beast::role_type, StreamAdapter& adapter, Token&& token) {
    boost::asio::co_spawn(
        adapter.executor_,
        [](SharedBelow below) -> boost::asio::awaitable<void> {
          co_await below->stream->shutdown_send();
        }(adapter.below_),
        [token = std::forward<Token>(token)](std::exception_ptr) mutable {
          std::move(token)(boost::system::error_code{});
        });
  }
  friend void teardown(boost::beast::role_type, StreamAdapter& adapter,
                       boost::system::error_code& error) {
    error = {};
    adapter.below_->stream->close();
  }
  friend void beast_close_socket(StreamAdapter& adapter) { adapter.below_->stream->close(); }

 private:
  static boost::system::error_code code_of(const Result<std::size_t>& result) {
    return result ? boost::system::error_code{} : make_error_code(boost::asio::error::eof);
  }

  template <typename Handler>
  void complete(Handler handler, const Result<std::size_t>& result) {
    boost::asio::post(executor_, boost::beast::bind_handler(std::move(handler), code_of(result),
                                                            result.value_or(0)));
  }

  template <typename Handler>
  static auto finish(Handler handler) {
    return [handler = std::move(handler)](std::exception_ptr, Result<std::size_t> result) mutable {
      std::move(handler)(code_of(result), result.value_or(0));
    };
  }

  template <typename Buffers>
  static std::span<std::uint8_t> first_of(const Buffers& buffers) {
    for (auto at = boost::asio::buffer_sequence_begin(buffers);
         at != boost::asio::buffer_sequence_end(buffers); ++at) {
      boost::asio::mutable_buffer buffer(*at);
      if (buffer.size() > 0) return {static_cast<std::uint8_t*>(buffer.data()), buffer.size()};
    }
    return {};
  }

  template <typename Buffers>
  static Pieces pieces_of(const Buffers& buffers) {
    Pieces pieces;
    for (auto at = boost::asio::buffer_sequence_begin(buffers);
         at != boost::asio::buffer_sequence_end(buffers) && pieces.size() < kMaxWritePieces; ++at) {
      boost::asio::const_buffer buffer(*at);
      if (buffer.size() == 0) continue;
      pieces.emplace_back(static_cast<const std::uint8_t*>(buffer.data()), buffer.size());
    }
    return pieces;
  }

  executor_type executor_;
  SharedBelow below_;
};

}  // namespace oriel::net
