#include "oriel/app/conduit/file_exchange.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <utility>

#include "oriel/app/conduit/binding.h"
#include "oriel/app/conduit/random_text.h"
#include "oriel/core/conduit/login.h"
#include "oriel/core/crypto/base64.h"
#include "oriel/io/net/wake_event.h"

namespace oriel::conduit {
namespace {

using boost::asio::awaitable;

constexpr std::chrono::seconds kReadyTimeout{10};  // for file_incoming_ack
constexpr std::size_t kChecksumBytes = 64;

std::uint64_t chunks_of(std::uint64_t size_bytes, std::uint64_t chunk_bytes) {
  return (size_bytes + chunk_bytes - 1) / chunk_bytes;
}

CallError refused(const Error& error) {
  // Not kMethodNotFound: whoever asks can tell a file from a method.
  return {.code = error.code == ErrorCode::kUnavailable ? CallCode::kExecutionError
                                                        : CallCode::kValidation,
          .message = error.message};
}

CallError no_transfer(const std::string& id) {
  return {.code = CallCode::kExecutionError, .message = "Transfer not found: " + id};
}

CallError failed(const Error& error) { return CallError::internal(error.message); }

bool is_checksum(std::string_view text) {
  return text.size() == kChecksumBytes &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// What the methods give, for their schemas.
struct UploadStart {
  std::string transfer_id;
  std::uint64_t chunk_size = 0, total_chunks = 0;
  std::uint64_t next_chunk = 0;  // those before are there already
};
BOOST_DESCRIBE_STRUCT(UploadStart, (), (transfer_id, chunk_size, total_chunks, next_chunk))

struct UploadChunk {
  bool received = true;
  std::uint64_t chunk_index = 0, chunks_received = 0, total_chunks = 0;
};
BOOST_DESCRIBE_STRUCT(UploadChunk, (), (received, chunk_index, chunks_received, total_chunks))

struct UploadEnd {
  bool success = true;
  std::string filename;  // as it was stored
  std::uint64_t size = 0;
  std::string path;  // in the folder: the rest of it is none of the peer's business
  std::string checksum;
  double elapsed = 0;  // seconds
};
BOOST_DESCRIBE_STRUCT(UploadEnd, (), (success, filename, size, path, checksum, elapsed))

struct DownloadStart {
  std::string transfer_id;
  std::uint64_t size = 0, total_chunks = 0, chunk_size = 0;
  std::string checksum;
};
BOOST_DESCRIBE_STRUCT(DownloadStart, (), (transfer_id, size, total_chunks, chunk_size, checksum))

// Written as a map: one of the data is left out.
struct DownloadChunk {
  std::uint64_t chunk_index = 0;
  std::optional<std::string> data_b64;
  std::optional<Bytes> data;
  std::uint64_t size = 0;
};
BOOST_DESCRIBE_STRUCT(DownloadChunk, (), (chunk_index, data_b64, data, size))

struct FileRow {
  std::string name;
  std::uint64_t size = 0;
};
BOOST_DESCRIBE_STRUCT(FileRow, (), (name, size))

struct FileList {
  std::vector<FileRow> files;
};
BOOST_DESCRIBE_STRUCT(FileList, (), (files))

// The bytes of a chunk: as text in base64, or as they are between our own programs.
CallResult<Bytes> chunk_bytes(const std::string* text, const Bytes* data) {
  if (data != nullptr) return *data;
  if (text == nullptr)
    return std::unexpected(
        CallError::validation("a chunk needs \"data_b64\" or \"data\"", "data_b64", "base64 text"));
  auto bytes = crypto::from_base64(*text);
  if (!bytes) return std::unexpected(CallError::validation(bytes.error().message, "data_b64"));
  return std::move(*bytes);
}

// Of a map that a peer made.
CallResult<Bytes> chunk_bytes(const Value& map) {
  const auto* text = map.find("data_b64");
  const auto* data = map.find("data");
  return chunk_bytes(text != nullptr ? text->if_text() : nullptr,
                     data != nullptr ? data->if_bytes() : nullptr);
}

std::uint64_t number_in(const Value& map, std::string_view key, std::uint64_t otherwise) {
  const auto* value = map.find(key);
  const auto* number = value != nullptr ? value->if_integer() : nullptr;
  return number != nullptr && *number >= 0 ? static_cast<std::uint64_t>(*number) : otherwise;
}

std::string text_in(const Value& map, std::string_view key) {
  const auto* value = map.find(key);
  const auto* text = value != nullptr ? value->if_text() : nullptr;
  return text != nullptr ? *text : std::string();
}

// For co_await, inside of which g++ 12 takes no braces (GCC bug 102489 and its kin).
Value one_member(std::string_view key, Value value) {
  Map map;
  map.set(key, std::move(value));
  return map;
}

// The real programs answer {"error": TEXT} as a success.
CallResult<Value> without_hidden_error(CallResult<Value> answer) {
  if (!answer) return answer;
  if (const auto error = text_in(*answer, "error"); !error.empty())
    return std::unexpected(CallError{.code = CallCode::kExecutionError, .message = error});
  return answer;
}

}  // namespace

Result<std::string> file_checksum(const files::File& file) {
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> digest(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  ORIEL_CHECK(digest && EVP_DigestInit_ex(digest.get(), EVP_sha256(), nullptr) == 1);
  Bytes buffer(256 * 1024);
  for (std::uint64_t offset = 0;;) {
    ORIEL_TRY(const auto count, file.read_at(offset, buffer));
    if (count == 0) break;
    ORIEL_CHECK(EVP_DigestUpdate(digest.get(), buffer.data(), count) == 1);
    offset += count;
  }
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> hash{};
  unsigned size = 0;
  ORIEL_CHECK(EVP_DigestFinal_ex(digest.get(), hash.data(), &size) == 1);
  return fmt::format("{:02x}", fmt::join(hash.begin(), hash.begin() + size, ""));
}

double TransferProgress::percent() const {
  if (total_bytes == 0) return 100;
  return 100.0 * static_cast<double>(transferred_bytes) / static_cast<double>(total_bytes);
}

double TransferProgress::bytes_per_second() const {
  const auto seconds = std::chrono::duration<double>(elapsed).count();
  return seconds > 0 ? static_cast<double>(transferred_bytes) / seconds : 0;
}

std::optional<Duration> TransferProgress::remaining() const {
  const auto speed = bytes_per_second();
  if (speed <= 0) return std::nullopt;
  return std::chrono::duration_cast<Duration>(
      std::chrono::duration<double>(static_cast<double>(total_bytes - transferred_bytes) / speed));
}

// One file that is coming in. Its lock is never held while a file is written.
struct FileExchange::Receiving {
  std::string id;
  Announcement announced;
  std::string partial;
  files::FilePointer file;
  std::uint64_t total_chunks = 0;
  TimePoint began = Clock::now();

  std::mutex mutex;  // guards the next ones
  std::vector<bool> has_chunk;
  std::uint64_t chunks = 0;  // that are there
  TimePoint heard_at = Clock::now();

  // How many of the first chunks are there without a gap.
  std::uint64_t next_chunk() {
    std::lock_guard lock(mutex);
    return static_cast<std::uint64_t>(
        std::distance(has_chunk.begin(), std::ranges::find(has_chunk, false)));
  }
  void mark(std::uint64_t index) {
    std::lock_guard lock(mutex);
    heard_at = Clock::now();
    if (has_chunk[index]) return;
    has_chunk[index] = true;
    ++chunks;
  }
  std::uint64_t received() {
    std::lock_guard lock(mutex);
    return chunks;
  }

  CallResult<void> write(std::uint64_t index, ByteSpan bytes) {
    if (index >= total_chunks)
      return std::unexpected(
          CallError::validation(fmt::format("the file has {} chunks, from 0", total_chunks),
                                "chunk_index", {}, Value(index)));
    const auto offset = index * announced.chunk_bytes;
    const auto expected = std::min(announced.chunk_bytes, announced.size_bytes - offset);
    if (bytes.size() != expected)
      return std::unexpected(CallError::validation(
          fmt::format("chunk {} has {} bytes, got {}", index, expected, bytes.size()), "data_b64"));
    if (auto written = file->write_at(offset, bytes); !written)
      return std::unexpected(failed(written.error()));
    mark(index);
    return {};
  }
};

struct FileExchange::Sending {
  files::FilePointer file;
  std::uint64_t size_bytes = 0;
  std::uint64_t chunk_bytes = 0;
  std::atomic<TimePoint> heard_at = Clock::now();

  CallResult<Bytes> chunk(std::uint64_t index) const {
    const auto total = chunks_of(size_bytes, chunk_bytes);
    if (index >= total)
      return std::unexpected(CallError::validation(
          fmt::format("the file has {} chunks, from 0", total), "chunk_index", {}, Value(index)));
    Bytes bytes(std::min(chunk_bytes, size_bytes - index * chunk_bytes));
    const auto count = file->read_at(index * chunk_bytes, bytes);
    if (!count) return std::unexpected(failed(count.error()));
    if (*count != bytes.size())
      return std::unexpected(CallError::internal("the file was cut short meanwhile"));
    return bytes;
  }
};

FileExchange::FileExchange(FileExchangeOptions options) : options_(std::move(options)) {}

Result<std::shared_ptr<FileExchange>> FileExchange::open(FileExchangeOptions options) {
  if (options.chunk_bytes < kFileChunkBytesMin || options.chunk_bytes > kFileChunkBytesMax)
    return fail(ErrorCode::kInvalid,
                fmt::format("a chunk has {} to {} bytes, got {}", kFileChunkBytesMin,
                            kFileChunkBytesMax, options.chunk_bytes));
  std::shared_ptr<FileExchange> exchange(new FileExchange(std::move(options)));
  ORIEL_TRY(exchange->folder_, files::ConfinedFolder::open(exchange->options_.folder));
  exchange->folder_->remove_partials_older_than(
      std::chrono::duration_cast<std::chrono::seconds>(kPartialFileAge).count());
  return exchange;
}

// ---- receiving

CallResult<std::shared_ptr<FileExchange::Receiving>> FileExchange::begin_receiving(
    Announcement announced, std::string id) {
  if (auto place = folder_->check_place(announced.filename); !place)
    return std::unexpected(CallError::validation(place.error().message, "filename"));
  if (announced.size_bytes > options_.file_bytes_max)
    return std::unexpected(CallError::validation(
        fmt::format("a file has at most {} bytes here", options_.file_bytes_max), "size", {},
        Value(announced.size_bytes)));
  if (!is_checksum(announced.checksum))
    return std::unexpected(CallError::validation(
        "expected the SHA-256 of the file as 64 lower-case hex characters", "checksum"));
  forget_idle();
  // The same file of the same sender goes on where it ended, also after a restart.
  const auto partial = fmt::format(
      ".{}.part",
      password_hash(fmt::format("{}\n{}\n{}\n{}\n{}", announced.sender, announced.filename,
                                announced.size_bytes, announced.checksum, announced.chunk_bytes))
          .substr(0, 32));
  std::lock_guard lock(mutex_);
  for (const auto& [known_id, known] : receiving_)
    if (known->partial == partial) return known;
  if (receiving_.size() >= kFileTransfersMax) return std::unexpected(CallError::rate_limited());
  auto file = folder_->open_partial(partial);
  if (!file) return std::unexpected(failed(file.error()));
  const auto there = (*file)->size_bytes();
  if (!there) return std::unexpected(failed(there.error()));

  auto receiving = std::make_shared<Receiving>();
  receiving->id = std::move(id);
  receiving->partial = partial;
  receiving->file = std::move(*file);
  receiving->total_chunks = chunks_of(announced.size_bytes, announced.chunk_bytes);
  receiving->has_chunk.resize(receiving->total_chunks);
  // Chunks are written as they come, a few at a time in any order: the last ones of a file that was
  // cut off may be holes.
  const auto whole = std::min(*there / announced.chunk_bytes, receiving->total_chunks);
  const auto sure = whole > kFileChunksAhead ? whole - kFileChunksAhead : 0;
  for (std::uint64_t index = 0; index < sure; ++index) receiving->mark(index);
  receiving->announced = std::move(announced);
  receiving_.emplace(receiving->id, receiving);
  return receiving;
}

std::shared_ptr<FileExchange::Receiving> FileExchange::find_receiving(const std::string& id) const {
  std::lock_guard lock(mutex_);
  const auto found = receiving_.find(id);
  return found != receiving_.end() ? found->second : nullptr;
}

CallResult<ReceivedFile> FileExchange::finish(const std::shared_ptr<Receiving>& receiving) {
  const auto& announced = receiving->announced;
  if (const auto received = receiving->received(); received != receiving->total_chunks)
    return std::unexpected(
        CallError::validation(fmt::format("{} of {} chunks have come; the next is {}", received,
                                          receiving->total_chunks, receiving->next_chunk()),
                              "transfer_id"));
  {
    // Whoever finishes it has it for itself.
    std::lock_guard lock(mutex_);
    if (receiving_.erase(receiving->id) == 0) return std::unexpected(no_transfer(receiving->id));
  }
  if (auto cut = receiving->file->truncate(announced.size_bytes); !cut)
    return std::unexpected(failed(cut.error()));
  auto checksum = file_checksum(*receiving->file);
  if (!checksum) return std::unexpected(failed(checksum.error()));
  if (*checksum != announced.checksum) {
    folder_->remove_partial(receiving->partial);
    return std::unexpected(CallError{
        .code = CallCode::kValidation,
        .message = "Checksum mismatch: the file was not stored; send it again from its beginning",
        .details = Map{{"expected", announced.checksum}, {"got", *checksum}}});
  }
  if (auto safe = receiving->file->sync(); !safe) return std::unexpected(failed(safe.error()));
  std::string name = announced.filename;
  if (options_.replaces) {
    if (auto done = folder_->publish_over(receiving->partial, name); !done)
      return std::unexpected(failed(done.error()));
  } else {
    auto published = folder_->publish(receiving->partial, name);
    if (!published) return std::unexpected(failed(published.error()));
    name = std::move(*published);
  }
  return ReceivedFile{.filename = name,
                      .path = folder_->path() + "/" + name,
                      .size_bytes = announced.size_bytes,
                      .checksum = *checksum};
}

void FileExchange::forget_idle() {
  const auto now = Clock::now();
  std::lock_guard lock(mutex_);
  std::erase_if(receiving_, [&](const auto& one) {
    std::lock_guard also(one.second->mutex);
    return now - one.second->heard_at > kFileTransferIdle;
  });
  std::erase_if(sending_, [&](const auto& one) {
    return now - one.second->heard_at.load() > kFileTransferIdle;
  });
}

// ---- what peers call

void FileExchange::serve(Dispatcher& dispatcher) {
  serve_uploads(dispatcher);
  serve_downloads(dispatcher);
  serve_pushes(dispatcher);
}

void FileExchange::serve_uploads(Dispatcher& dispatcher) {
  const auto self = shared_from_this();
  dispatcher.add_method(make_method(
      "file_upload_start",
      [self](Context& context, std::string filename, std::uint64_t size, std::string checksum,
             std::optional<std::uint64_t> chunk_size) -> CallResult<UploadStart> {
        const auto chunk = std::clamp(chunk_size.value_or(self->options_.chunk_bytes),
                                      kFileChunkBytesMin, kFileChunkBytesMax);
        auto begun = self->begin_receiving({.filename = std::move(filename),
                                            .size_bytes = size,
                                            .checksum = std::move(checksum),
                                            .chunk_bytes = chunk,
                                            .sender = context.identity()},
                                           random_uuid());
        if (!begun) return std::unexpected(std::move(begun.error()));
        return UploadStart{.transfer_id = (*begun)->id,
                           .chunk_size = chunk,
                           .total_chunks = (*begun)->total_chunks,
                           .next_chunk = (*begun)->next_chunk()};
      },
      {.parameters = {"filename", "size", "checksum", "chunk_size"},
       .description = "Begins to send a file here, or goes on with one that was cut off.",
       .role = options_.role}));
  dispatcher.add_method(make_method(
      "file_upload_chunk",
      [self](std::string transfer_id, std::uint64_t chunk_index,
             std::optional<std::string> data_b64,
             std::optional<Bytes> data) -> CallResult<UploadChunk> {
        const auto receiving = self->find_receiving(transfer_id);
        if (!receiving) return std::unexpected(no_transfer(transfer_id));
        auto bytes = chunk_bytes(data_b64 ? &*data_b64 : nullptr, data ? &*data : nullptr);
        if (!bytes) return std::unexpected(std::move(bytes.error()));
        if (auto written = receiving->write(chunk_index, *bytes); !written)
          return std::unexpected(std::move(written.error()));
        return UploadChunk{.chunk_index = chunk_index,
                           .chunks_received = receiving->received(),
                           .total_chunks = receiving->total_chunks};
      },
      {.parameters = {"transfer_id", "chunk_index", "data_b64", "data"},
       .description = "One chunk of a file that is sent here, as base64 text or as bytes.",
       .role = options_.role}));
  dispatcher.add_method(
      make_method("file_upload_complete",
                  [self](Context& context, std::string transfer_id) -> CallResult<UploadEnd> {
                    const auto receiving = self->find_receiving(transfer_id);
                    if (!receiving) return std::unexpected(no_transfer(transfer_id));
                    auto file = self->finish(receiving);
                    if (!file) return std::unexpected(std::move(file.error()));
                    if (self->on_received_) self->on_received_(context, *file);
                    const std::chrono::duration<double> elapsed = Clock::now() - receiving->began;
                    return UploadEnd{.filename = file->filename,
                                     .size = file->size_bytes,
                                     .path = file->filename,
                                     .checksum = file->checksum,
                                     .elapsed = elapsed.count()};
                  },
                  {.parameters = {"transfer_id"},
                   .description = "Checks the file that was sent here, and gives it its name.",
                   .role = options_.role}));
}

void FileExchange::serve_downloads(Dispatcher& dispatcher) {
  const auto self = shared_from_this();
  dispatcher.add_method(make_method(
      "file_download_start",
      [self](std::string filename) -> CallResult<DownloadStart> {
        self->forget_idle();
        auto file = self->folder_->open_file(filename);
        if (!file) return std::unexpected(refused(file.error()));
        const auto size = (*file)->size_bytes();
        auto checksum = file_checksum(**file);
        if (!size || !checksum)
          return std::unexpected(failed(size ? checksum.error() : size.error()));
        auto sending = std::make_shared<Sending>();
        sending->file = std::move(*file);
        sending->size_bytes = *size;
        sending->chunk_bytes = self->options_.chunk_bytes;
        const auto id = random_uuid();
        {
          std::lock_guard lock(self->mutex_);
          if (self->sending_.size() >= kFileTransfersMax) {
            const auto oldest = std::ranges::min_element(
                self->sending_, {}, [](const auto& one) { return one.second->heard_at.load(); });
            self->sending_.erase(oldest);
          }
          self->sending_.emplace(id, sending);
        }
        return DownloadStart{.transfer_id = id,
                             .size = sending->size_bytes,
                             .total_chunks = chunks_of(sending->size_bytes, sending->chunk_bytes),
                             .chunk_size = sending->chunk_bytes,
                             .checksum = *checksum};
      },
      {.parameters = {"filename"},
       .description = "Begins to fetch a file from here.",
       .role = options_.role}));
  dispatcher.add_method(
      make_method("file_download_chunk",
                  [self](std::string transfer_id, std::uint64_t chunk_index,
                         std::optional<bool> as_bytes) -> CallResult<Value> {
                    const auto sending = self->find_sending(transfer_id);
                    if (!sending) return std::unexpected(no_transfer(transfer_id));
                    sending->heard_at = Clock::now();
                    auto bytes = sending->chunk(chunk_index);
                    if (!bytes) return std::unexpected(std::move(bytes.error()));
                    const auto size = bytes->size();
                    Map chunk{{"chunk_index", chunk_index}};
                    if (as_bytes.value_or(false))
                      chunk.set("data", std::move(*bytes));
                    else
                      chunk.set("data_b64", crypto::base64(*bytes));
                    chunk.set("size", size);
                    return Value(std::move(chunk));
                  },
                  {.parameters = {"transfer_id", "chunk_index", "as_bytes"},
                   .description = "One chunk of a file that is fetched from here.",
                   .role = options_.role,
                   .result = describe_result<DownloadChunk>()}));
  dispatcher.add_method(make_method(
      "file_list",
      [self]() -> CallResult<FileList> {
        const auto listed = self->folder_->list();
        if (!listed) return std::unexpected(failed(listed.error()));
        FileList list;
        for (const auto& file : *listed) list.files.push_back({file.name, file.size_bytes});
        return list;
      },
      {.description = "Lists the files that can be fetched from here.", .role = options_.role}));
}

std::shared_ptr<FileExchange::Sending> FileExchange::find_sending(const std::string& id) const {
  std::lock_guard lock(mutex_);
  const auto found = sending_.find(id);
  return found != sending_.end() ? found->second : nullptr;
}

// ---- files that a peer sends by messages

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
                                               text_in(data, "transfer_id"));
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
          [self](Value data) -> Result<Reply> {
            const auto receiving = self->find_receiving(text_in(data, "transfer_id"));
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
            const auto receiving = self->find_receiving(text_in(data, "transfer_id"));
            if (!receiving)
              return fail(ErrorCode::kInvalid, "the end of a transfer that was not begun");
            auto file = self->finish(receiving);
            if (!file) return fail(ErrorCode::kInvalid, file.error().message);
            if (self->on_received_) self->on_received_(context, *file);
            return Reply();
          },
          in_order));
  dispatcher.add_handler("file_incoming_ack", make_handler([self](Value data) {
                           std::function<void()> ready;
                           {
                             std::lock_guard lock(self->mutex_);
                             const auto found = self->awaited_.find(text_in(data, "transfer_id"));
                             if (found == self->awaited_.end()) return;
                             ready = std::move(found->second);
                             self->awaited_.erase(found);
                           }
                           ready();
                         }));
}

// ---- what we call

namespace {

// Calls under way, so many at a time, and the first thing that went wrong. One strand owns it.
class Window {
 public:
  explicit Window(std::shared_ptr<Connection> connection)
      : connection_(std::move(connection)),
        state_(std::make_shared<State>(connection_->executor())) {}

  awaitable<void> room(std::size_t most) {
    while (state_->under_way >= most) co_await state_->changed.wait();
  }
  // `done` is called with the data of each answer.
  void call(std::string method, Value params, std::function<CallResult<void>(const Value&)> done) {
    ++state_->under_way;
    connection_->start_call(
        std::move(method), std::move(params), {},
        [state = state_, done = std::move(done)](Answer answer) {
          --state->under_way;
          state->changed.notify();
          auto data = without_hidden_error(
              answer ? CallResult<Value>(answer->data.value_or(Value()))
                     : CallResult<Value>(std::unexpected(std::move(answer.error()))));
          if (state->failure) return;
          if (!data) {
            state->failure = std::move(data.error());
          } else if (auto taken = done(*data); !taken) {
            state->failure = std::move(taken.error());
          }
        });
  }
  const std::optional<CallError>& failure() const { return state_->failure; }
  void fail(CallError failure) {
    if (!state_->failure) state_->failure = std::move(failure);
  }

 private:
  struct State {
    explicit State(const boost::asio::any_io_executor& executor) : changed(executor) {}
    std::size_t under_way = 0;
    std::optional<CallError> failure;
    net::WakeEvent changed;
  };

  std::shared_ptr<Connection> connection_;
  std::shared_ptr<State> state_;
};

struct Source {
  files::FilePointer file;
  std::uint64_t size_bytes = 0;
  std::string checksum;
};

// What may wait for the disk, off the connection's strand.
template <typename T>
awaitable<CallResult<T>> on_disk(std::shared_ptr<Connection> connection,
                                 std::function<CallResult<T>()> work) {
  const auto result = std::make_shared<std::optional<CallResult<T>>>();
  auto done = co_await connection->async_work([result, work] { result->emplace(work()); });
  if (!done)
    co_return std::unexpected(
        CallError{.code = CallCode::kDisconnected, .message = done.error().message});
  co_return std::move(**result);
}

CallResult<Source> open_source(const files::ConfinedFolder& folder, const std::string& name) {
  auto file = folder.open_file(name);
  if (!file) return std::unexpected(refused(file.error()));
  const auto size = (*file)->size_bytes();
  auto checksum = file_checksum(**file);
  if (!size || !checksum) return std::unexpected(failed(size ? checksum.error() : size.error()));
  return Source{std::move(*file), *size, std::move(*checksum)};
}

awaitable<CallResult<Source>> read_source(std::shared_ptr<Connection> connection,
                                          std::shared_ptr<files::ConfinedFolder> folder,
                                          std::string name) {
  return on_disk<Source>(
      std::move(connection),
      [folder = std::move(folder), name = std::move(name)] { return open_source(*folder, name); });
}

awaitable<CallResult<Bytes>> read_chunk(std::shared_ptr<Connection> connection, Source source,
                                        std::uint64_t index, std::uint64_t chunk_bytes) {
  return on_disk<Bytes>(
      std::move(connection),
      [source = std::move(source), index, chunk_bytes]() -> CallResult<Bytes> {
        Bytes bytes(std::min(chunk_bytes, source.size_bytes - index * chunk_bytes));
        const auto count = source.file->read_at(index * chunk_bytes, bytes);
        if (!count) return std::unexpected(failed(count.error()));
        if (*count != bytes.size())
          return std::unexpected(CallError::internal("the file was cut short meanwhile"));
        return bytes;
      });
}

void put_chunk(Map& into, Bytes bytes, bool is_oriel) {
  if (is_oriel)
    into.set("data", std::move(bytes));
  else
    into.set("data_b64", crypto::base64(bytes));
}

}  // namespace

awaitable<CallResult<TransferResult>> FileExchange::upload(std::shared_ptr<Connection> to,
                                                           std::string name,
                                                           OnProgress on_progress) {
  const auto self = shared_from_this();
  const auto began = Clock::now();
  auto source = co_await read_source(to, folder_, name);
  if (!source) co_return std::unexpected(std::move(source.error()));
  const bool is_oriel = to->program().is_oriel;
  Map request{{"filename", name}, {"size", source->size_bytes}, {"checksum", source->checksum}};
  if (is_oriel) request.set("chunk_size", options_.chunk_bytes);
  auto start = without_hidden_error(co_await to->async_call("file_upload_start", request));
  if (!start) co_return std::unexpected(std::move(start.error()));
  const auto id = text_in(*start, "transfer_id");
  const auto chunk = number_in(*start, "chunk_size", kFileChunkBytes);
  if (id.empty() || chunk == 0 || chunk > kFileChunkBytesMax)
    co_return std::unexpected(CallError{
        .code = CallCode::kInvalidValue,
        .message =
            "the peer's answer to file_upload_start has no usable transfer_id or chunk_size"});
  const auto total = chunks_of(source->size_bytes, chunk);
  const auto first = std::min(number_in(*start, "next_chunk", 0), total);

  TransferProgress progress{.filename = name,
                            .total_bytes = source->size_bytes,
                            .transferred_bytes = std::min(first * chunk, source->size_bytes)};
  // The real programs write chunks in the order in which they come, so there is one at a time.
  Window window(to);
  std::optional<CallError> broken;
  for (auto index = first; index < total && !window.failure(); ++index) {
    auto bytes = co_await read_chunk(to, *source, index, chunk);
    if (!bytes) {
      broken = std::move(bytes.error());
      break;
    }
    const auto size = bytes->size();
    Map params{{"transfer_id", id}, {"chunk_index", index}};
    put_chunk(params, std::move(*bytes), is_oriel);
    window.call("file_upload_chunk", std::move(params),
                [&, size](const Value&) -> CallResult<void> {
                  progress.transferred_bytes += size;
                  progress.elapsed = Clock::now() - began;
                  if (on_progress) on_progress(progress);
                  return {};
                });
    co_await window.room(is_oriel ? kFileChunksAhead : 1);
  }
  co_await window.room(1);  // the answers refer to what is here
  if (window.failure()) broken = window.failure();
  if (broken) co_return std::unexpected(std::move(*broken));
  auto end = without_hidden_error(co_await to->async_call("file_upload_complete",
                                                          one_member("transfer_id", id),
                                                          {.timeout = std::chrono::minutes(10)}));
  if (!end) co_return std::unexpected(std::move(end.error()));
  const auto stored = text_in(*end, "filename");
  co_return TransferResult{.filename = stored.empty() ? name : stored,
                           .size_bytes = source->size_bytes,
                           .resumed_at_bytes = std::min(first * chunk, source->size_bytes),
                           .checksum = source->checksum,
                           .elapsed = Clock::now() - began};
}

awaitable<CallResult<TransferResult>> FileExchange::download(std::shared_ptr<Connection> from,
                                                             std::string name,
                                                             OnProgress on_progress) {
  const auto self = shared_from_this();
  const auto began = Clock::now();
  auto start = without_hidden_error(co_await from->async_call(
      "file_download_start", one_member("filename", name), {.timeout = std::chrono::minutes(10)}));
  if (!start) co_return std::unexpected(std::move(start.error()));
  const auto id = text_in(*start, "transfer_id");
  const auto chunk = number_in(*start, "chunk_size", kFileChunkBytes);
  if (id.empty() || chunk == 0 || chunk > kWirePayloadBytesMax)
    co_return std::unexpected(CallError{
        .code = CallCode::kInvalidValue,
        .message =
            "the peer's answer to file_download_start has no usable transfer_id or chunk_size"});
  // A real server says no checksum: then one cannot go on where another ended, nor check.
  const auto told = text_in(*start, "checksum");
  const Announcement announced{.filename = name,
                               .size_bytes = number_in(*start, "size", UINT64_MAX),
                               .checksum = is_checksum(told) ? told : std::string(64, '0'),
                               .chunk_bytes = chunk,
                               .sender = is_checksum(told) ? "" : id};
  // Locals of their own, here and below: g++ 12 would destroy temporaries of a co_await twice.
  std::function<CallResult<std::shared_ptr<Receiving>>()> begin = [self, announced] {
    return self->begin_receiving(announced, random_uuid());
  };
  auto begun = co_await on_disk(from, begin);
  if (!begun) co_return std::unexpected(std::move(begun.error()));
  const auto receiving = *begun;
  const auto first = receiving->next_chunk();
  TransferProgress progress{
      .filename = name,
      .total_bytes = receiving->announced.size_bytes,
      .transferred_bytes = std::min(first * chunk, receiving->announced.size_bytes)};
  const bool is_oriel = from->program().is_oriel;
  // Chunks that have come, until they are written.
  std::deque<std::pair<std::uint64_t, Bytes>> landed;
  Window window(from);
  for (auto index = first; index < receiving->total_chunks && !window.failure(); ++index) {
    Map params{{"transfer_id", id}, {"chunk_index", index}};
    if (is_oriel) params.set("as_bytes", true);
    window.call("file_download_chunk", std::move(params),
                [&, index](const Value& data) -> CallResult<void> {
                  auto bytes = chunk_bytes(data);
                  if (!bytes) return std::unexpected(std::move(bytes.error()));
                  landed.emplace_back(index, std::move(*bytes));
                  return {};
                });
    co_await window.room(index + 1 < receiving->total_chunks ? kFileChunksAhead : 1);
    while (!landed.empty() && !window.failure()) {
      auto chunk_at = std::move(landed.front());
      landed.pop_front();
      const auto size = chunk_at.second.size();
      std::function<CallResult<void>()> write = [receiving, landing = std::move(chunk_at)] {
        return receiving->write(landing.first, landing.second);
      };
      auto written = co_await on_disk(from, write);
      if (!written) window.fail(std::move(written.error()));
      progress.transferred_bytes += size;
      progress.elapsed = Clock::now() - began;
      if (written && on_progress) on_progress(progress);
    }
  }
  co_await window.room(1);
  if (window.failure()) co_return std::unexpected(*window.failure());
  const bool can_check = is_checksum(told);
  std::function<CallResult<ReceivedFile>()> end = [self, receiving,
                                                   can_check]() -> CallResult<ReceivedFile> {
    if (!can_check) {
      auto checksum = file_checksum(*receiving->file);
      if (!checksum) return std::unexpected(failed(checksum.error()));
      receiving->announced.checksum = std::move(*checksum);
    }
    return self->finish(receiving);
  };
  auto file = co_await on_disk(from, end);
  if (!file) co_return std::unexpected(std::move(file.error()));
  co_return TransferResult{.filename = file->filename,
                           .size_bytes = file->size_bytes,
                           .resumed_at_bytes = std::min(first * chunk, file->size_bytes),
                           .checksum = file->checksum,
                           .elapsed = Clock::now() - began};
}

awaitable<CallResult<TransferResult>> FileExchange::push(std::shared_ptr<Connection> to,
                                                         std::string name, OnProgress on_progress) {
  const auto self = shared_from_this();
  const auto began = Clock::now();
  auto source = co_await read_source(to, folder_, name);
  if (!source) co_return std::unexpected(std::move(source.error()));
  const auto id = random_uuid();
  const auto total = chunks_of(source->size_bytes, kFileChunkBytes);
  const auto executor = to->executor();
  const auto timer = std::make_shared<boost::asio::steady_timer>(executor, kReadyTimeout);
  const auto is_ready = std::make_shared<bool>(false);
  {
    std::lock_guard lock(mutex_);
    awaited_.emplace(id, [executor, timer, is_ready] {
      boost::asio::dispatch(executor, [timer, is_ready] {
        *is_ready = true;
        timer->cancel();
      });
    });
  }
  Map announcement{{"transfer_id", id},
                   {"filename", name},
                   {"size", source->size_bytes},
                   {"checksum", source->checksum},
                   {"total_chunks", total}};
  auto sent = co_await to->async_send_message("file_incoming", std::move(announcement));
  if (sent && !*is_ready)
    co_await timer->async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
  {
    std::lock_guard lock(mutex_);
    awaited_.erase(id);
  }
  if (sent && !*is_ready)
    co_return std::unexpected(CallError::timeout("the peer did not say that it is ready"));
  TransferProgress progress{.filename = name, .total_bytes = source->size_bytes};
  for (std::uint64_t index = 0; sent && index < total; ++index) {
    auto bytes = co_await read_chunk(to, *source, index, kFileChunkBytes);
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
  if (!sent)
    co_return std::unexpected(
        CallError{.code = CallCode::kDisconnected, .message = sent.error().message});
  co_return TransferResult{.filename = name,
                           .size_bytes = source->size_bytes,
                           .checksum = source->checksum,
                           .elapsed = Clock::now() - began};
}

awaitable<CallResult<std::vector<files::ListedFile>>> FileExchange::list(
    std::shared_ptr<Connection> of) {
  auto answer = without_hidden_error(co_await of->async_call("file_list"));
  if (!answer) co_return std::unexpected(std::move(answer.error()));
  std::vector<files::ListedFile> listed;
  const auto* rows = answer->find("files");
  if (rows != nullptr && rows->if_array() != nullptr)
    for (const auto& row : *rows->if_array())
      listed.push_back({text_in(row, "name"), number_in(row, "size", 0)});
  co_return listed;
}

}  // namespace oriel::conduit
