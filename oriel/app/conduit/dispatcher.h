#pragma once
// What a server or a client does when it is called or sent a message: the methods and handlers by
// name, whatever the C++ types behind them (binding.h). Any thread.

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "oriel/app/conduit/context.h"
#include "oriel/app/conduit/stream_table.h"
#include "oriel/base/result.h"
#include "oriel/core/conduit/parameters.h"
#include "oriel/core/conduit/response.h"
#include "oriel/core/conduit/value.h"

namespace oriel::conduit {

// Where a plain function runs. Coroutines always run on the connection's loop, and never block it.
enum class Run {
  kWorker,  // in a thread of its own: it may block; several run at once, so what they share is
            // locked
  kLoop,    // on the loop of the connections: the quickest, and nothing else happens meanwhile
};

// `ContextPointer` keeps the context alive as long as a coroutine runs.
using ContextPointer = std::shared_ptr<Context>;
using PlainMethod = std::function<Answer(Context&, Value params)>;
using CoroutineMethod = std::function<boost::asio::awaitable<Answer>(ContextPointer, Value params)>;
// Gives the envelope of the answer packed, on the loop: for what is kept from call to call.
using PackedMethod = std::function<CallResult<SharedBytes>(const Value& params)>;
using MethodBody = std::variant<PlainMethod, CoroutineMethod, PackedMethod>;

// What a handler returns goes back as a message; nothing: no message.
using Reply = std::optional<Value>;
using PlainHandler = std::function<Result<Reply>(Context&, const Value& data)>;
using CoroutineHandler =
    std::function<boost::asio::awaitable<Result<Reply>>(ContextPointer, Value data)>;
using HandlerBody = std::variant<PlainHandler, CoroutineHandler>;

struct Method {
  MethodDescription description;
  MethodBody body;
  Run run = Run::kWorker;
  std::string role;  // whoever calls needs it; empty: anybody who is logged in
};

struct Handler {
  HandlerBody body;
  Run run = Run::kWorker;
  int priority = 0;  // higher ones run first; of the same, in the order of their coming
  // Messages of one connection with the same order are handled one after the other, as they came;
  // empty: those of one type are.
  std::string order;
};

class Dispatcher {
 public:
  // With the built-in methods: `listall`, and `describe` with JSON Schemas.
  Dispatcher();

  // Replaces one of the same name. kInvalid: the name, which has 1 to kNameBytesMax bytes.
  Status add_method(Method method);
  bool remove_method(std::string_view name);
  // Null: there is none.
  std::shared_ptr<const Method> find_method(std::string_view name) const;

  // Of the type "*": for messages whose type has no handler of its own; Context::message_type()
  // says which it is. kInvalid: the type, likewise.
  Status add_handler(std::string type, Handler handler);
  using Handlers = std::vector<std::shared_ptr<const Handler>>;
  // In the order in which they run; null: there is none.
  std::shared_ptr<const Handlers> find_handlers(std::string_view type) const;

  // What `describe` tells of streams beside the methods.
  const StreamTablePointer& streams() const { return streams_; }

 private:
  void add_built_in_methods();
  SharedBytes list_all() const;
  SharedBytes describe_all() const;
  Array rows_of(Value (MethodDescription::*row)() const) const;

  mutable std::mutex mutex_;  // guards the next ones
  // What listall and a describe of all answer, which is long; null: to be made.
  mutable SharedBytes listing_;
  mutable SharedBytes schemas_;
  mutable std::uint64_t schemas_version_ = 0;  // of the streams in them
  std::map<std::string, std::shared_ptr<const Method>, std::less<>> methods_;
  std::map<std::string, std::shared_ptr<const Handlers>, std::less<>> handlers_;

  const StreamTablePointer streams_ = std::make_shared<StreamTable>();
};

}  // namespace oriel::conduit
