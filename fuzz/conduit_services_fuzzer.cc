// What a peer calls and says of streams and files, in any order and form: the hub and the exchange
// answer or refuse, keep their limits, and let go of everything when the connection ends.
//
//   input := MessagePack, an array of arrays: [NAME, VALUE]
//   NAME  := of a method or a type of a message, or a number into their list
//
// A method whose body may block is run here at once, so that a run does not depend on threads.

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "fuzz/fuzzer.h"
#include "oriel/app/conduit/file_exchange.h"
#include "oriel/app/conduit/server.h"
#include "oriel/app/conduit/streams.h"
#include "oriel/base/check.h"
#include "oriel/core/conduit/message_pack.h"
#include "oriel/core/conduit/value.h"
#include "oriel/io/net/memory_stream.h"
#include "oriel/testing/temporary_folder.h"

namespace {

using namespace oriel;
using namespace oriel::conduit;

constexpr std::array<std::string_view, 18> kNames{"stream_list",         "stream_subscribe",
                                                  "stream_unsubscribe",  "stream_create",
                                                  "stream_data",         "stream_credit",
                                                  "stream_closed",       "file_upload_start",
                                                  "file_upload_chunk",   "file_upload_complete",
                                                  "file_download_start", "file_download_chunk",
                                                  "file_list",           "file_incoming",
                                                  "file_incoming_ack",   "file_chunk",
                                                  "file_complete",       "describe"};
constexpr std::size_t kSentBytesMax = 1 << 20;

// A folder for the files, with one that can be fetched. Removed at the end.
const std::string& folder() {
  static testing::TemporaryFolder root;
  static const std::string kFolder = [] {
    std::filesystem::create_directory(root.path("files"));
    root.write("files/hello", "hello");
    return root.path("files");
  }();
  return kFolder;
}

class Stage {
 public:
  Stage() : server_(loop_.get_executor(), options()) {
    hub_ = std::make_shared<StreamHub>(server_.executor());
    hub_->serve(server_.dispatcher());
    hub_->on_peer_stream("frames", [this](auto stream) { incoming_ = std::move(stream); }, 4);
    outgoing_ = hub_->create("sensors", {.buffer = 4});
    auto files = FileExchange::open({.folder = folder(), .file_bytes_max = 1 << 16});
    ORIEL_CHECK(files);
    (*files)->serve(server_.dispatcher());
    ORIEL_CHECK(server_.start());
    auto [ours, theirs] = net::make_memory_streams(server_.executor(), kSentBytesMax);
    theirs_ = std::move(theirs);
    server_.accept(std::move(ours), {.takes_bare_hash = true});
    const auto log_in =
        make_frame(FrameType::kAuthRequest, Map{{"password_hash", password_hash("secret")}}, {});
    const ByteSpan piece = log_in;
    ORIEL_CHECK(theirs_->try_write({&piece, 1}) == log_in.size());
    poll();
    ORIEL_CHECK(server_.connection_count() == 1);
  }

  ~Stage() {
    theirs_->close();
    poll();
    ORIEL_CHECK(server_.connection_count() == 0);
    ORIEL_CHECK(outgoing_->stats().consumers == 0);
  }

  void say(std::string_view name, const Value& value) {
    const auto connections = server_.connections();
    if (connections.empty()) return;
    const auto context = std::make_shared<Context>(connections.front(), data_, observe::Logger(),
                                                   std::nullopt, std::string(name));
    if (const auto method = server_.dispatcher().find_method(name)) call(*method, context, value);
    if (const auto handlers = server_.dispatcher().find_handlers(name))
      for (const auto& handler : *handlers) handle(*handler, context, value);
    outgoing_->push(value);
    if (incoming_) (void)incoming_->try_next();
    poll();
  }

 private:
  static ServerOptions options() {
    return {
        .password = "secret", .has_tcp = false, .has_other_doors = true, .scram_iterations = 4096};
  }

  void call(const Method& method, const ContextPointer& context, const Value& params) {
    if (const auto* plain = std::get_if<PlainMethod>(&method.body)) {
      check_answer((*plain)(*context, params));
    } else if (const auto* packed = std::get_if<PackedMethod>(&method.body)) {
      const auto answer = (*packed)(params);
      ORIEL_CHECK(answer || !answer.error().message.empty());
    } else {
      boost::asio::co_spawn(server_.executor(),
                            std::get<CoroutineMethod>(method.body)(context, params),
                            [](std::exception_ptr thrown, Answer answer) {
                              ORIEL_CHECK(!thrown);
                              check_answer(answer);
                            });
    }
  }

  void handle(const Handler& handler, const ContextPointer& context, const Value& data) {
    if (const auto* plain = std::get_if<PlainHandler>(&handler.body))
      (void)(*plain)(*context, data);
    else
      boost::asio::co_spawn(server_.executor(),
                            std::get<CoroutineHandler>(handler.body)(context, data),
                            boost::asio::detached);
  }

  static void check_answer(const Answer& answer) {
    ORIEL_CHECK(answer || !answer.error().message.empty());
  }

  // And takes what the server sends, so that it is never full.
  void poll() {
    loop_.restart();
    loop_.poll();
  }

  boost::asio::io_context loop_;
  UserData data_;
  Server server_;
  std::shared_ptr<StreamHub> hub_;
  std::shared_ptr<OutgoingStream> outgoing_;
  std::shared_ptr<IncomingStream> incoming_;
  net::StreamPointer theirs_;
};

std::string_view name_of(const Value& value) {
  if (const auto* text = value.if_text()) return *text;
  const auto* number = value.if_integer();
  const auto index = number != nullptr ? static_cast<std::uint64_t>(*number) : 0;
  return kNames[index % kNames.size()];
}

}  // namespace

ORIEL_FUZZER(conduit_services, bytes, size) {
  const auto value = unpack({bytes, size});
  if (!value || value->if_array() == nullptr) return 0;
  Stage stage;
  for (const auto& step : *value->if_array()) {
    const auto* pair = step.if_array();
    if (pair != nullptr && pair->size() == 2) stage.say(name_of(pair->front()), pair->back());
  }
  return 0;
}
