#pragma once
// C++ functions as methods and handlers: what is called, with which types, is taken from the
// signature. A function may take `Context&` first; then its parameters, which the options name.
// Method: lambdas, functions and function objects without overloads, returning
//   T, void, Response, ResponseOf<T>, CallError, Answer, Result<T>, CallResult<T>, or an awaitable
//   of any of them.
// Coroutines take their parameters by value (they outlive the call).
// Handler: (data), (Context&, data) or (Connection&, data), where data is Value or any type of
// convert.h; what it returns goes back as a message, void and an empty optional as none.

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "oriel/app/conduit/awaited.h"
#include "oriel/app/conduit/connection.h"
#include "oriel/app/conduit/dispatcher.h"
#include "oriel/core/conduit/convert.h"
#include "oriel/core/conduit/parameters.h"

namespace oriel::conduit {

struct MethodOptions {
  std::vector<Parameter> parameters;  // names, in the order of the signature
  std::string description;
  Run run = Run::kWorker;
  std::string role;
  // What is in the Value or Response that the function returns: describe_result<T>(). Nothing: what
  // the signature says.
  std::optional<ResultDescription> result = {};
};

struct HandlerOptions {
  int priority = 0;
  Run run = Run::kWorker;
  std::string order;  // Handler::order
};

namespace binding {

// What an Answer is made of: its data's type, for the schema.
template <typename T>
struct DataOf {
  using type = std::remove_cvref_t<T>;
};
template <>
struct DataOf<Response> {
  using type = Value;
};
template <typename T>
struct DataOf<ResponseOf<T>> {
  using type = T;
};
template <>
struct DataOf<CallError> {
  using type = Value;
};
template <typename T, typename E>
struct DataOf<std::expected<T, E>> : DataOf<T> {};

template <typename... Args>
struct Types {
  template <typename R>
  static MethodDescription describe(const MethodOptions& options, std::string name) {
    auto method =
        describe_method<R, Args...>(std::move(name), options.description, options.parameters);
    if (options.result) {
      method.return_type = options.result->type_name;
      method.result_schema = options.result->schema;
    }
    return method;
  }
  static CallResult<std::tuple<Args...>> read(const std::string& method, Value&& params,
                                              const std::vector<Parameter>& names) {
    return read_arguments<Args...>(method, std::move(params), names);
  }
};

// Result type, parameters without the Context, and whether there is one.
template <typename R, typename... Args>
struct Plain {
  using Returned = R;
  using Arguments = Types<std::remove_cvref_t<Args>...>;
  static constexpr bool takes_context = false;
};
template <typename R, typename... Args>
struct Plain<R, Context&, Args...> {
  using Returned = R;
  using Arguments = Types<std::remove_cvref_t<Args>...>;
  static constexpr bool takes_context = true;
};

template <typename F>
struct Signature : Signature<decltype(&F::operator())> {};
template <typename R, typename... Args>
struct Signature<R (*)(Args...)> : Plain<R, Args...> {};
template <typename R, typename... Args>
struct Signature<R(Args...)> : Plain<R, Args...> {};
template <typename C, typename R, typename... Args>
struct Signature<R (C::*)(Args...)> : Plain<R, Args...> {};
template <typename C, typename R, typename... Args>
struct Signature<R (C::*)(Args...) const> : Plain<R, Args...> {};
template <typename C, typename R, typename... Args>
struct Signature<R (C::*)(Args...) noexcept> : Plain<R, Args...> {};
template <typename C, typename R, typename... Args>
struct Signature<R (C::*)(Args...) const noexcept> : Plain<R, Args...> {};

inline Answer answer_of(Answer answer) { return answer; }
inline Answer answer_of(Response response) { return response; }
template <typename T>
Answer answer_of(ResponseOf<T> response) {
  return Response(std::move(response));
}
inline Answer answer_of(CallError error) { return std::unexpected(std::move(error)); }
template <typename T>
Answer answer_of(T value) {
  return Response::of(to_value(std::move(value)));
}
template <typename T>
Answer answer_of(CallResult<T> result) {
  if (!result) return std::unexpected(std::move(result.error()));
  if constexpr (std::is_void_v<T>)
    return Response::of(nullptr);
  else
    return answer_of(std::move(*result));
}
template <typename T>
Answer answer_of(Result<T> result) {
  if (!result) return std::unexpected(CallError::internal(std::move(result.error().message)));
  if constexpr (std::is_void_v<T>)
    return Response::of(nullptr);
  else
    return answer_of(std::move(*result));
}

template <typename F, typename Tuple>
auto call_with(F& function, Context& context, Tuple&& arguments) {
  return std::apply(
      [&]<typename... A>(A&&... each) {
        if constexpr (Signature<F>::takes_context)
          return function(context, std::forward<A>(each)...);
        else
          return function(std::forward<A>(each)...);
      },
      std::forward<Tuple>(arguments));
}

template <typename F>
PlainMethod plain_method(F function, std::string name, std::vector<Parameter> names) {
  return [function = std::move(function), name = std::move(name), names = std::move(names)](
             Context& context, Value params) mutable -> Answer {
    auto arguments = Signature<F>::Arguments::read(name, std::move(params), names);
    if (!arguments) return std::unexpected(std::move(arguments.error()));
    if constexpr (std::is_void_v<typename Signature<F>::Returned>) {
      call_with(function, context, std::move(*arguments));
      return Response::of(nullptr);
    } else {
      return answer_of(call_with(function, context, std::move(*arguments)));
    }
  };
}

// The function object is shared: a lambda's captures must outlive its coroutine.
template <typename F>
boost::asio::awaitable<Answer> run_coroutine(std::shared_ptr<F> function, std::string name,
                                             std::shared_ptr<const std::vector<Parameter>> names,
                                             ContextPointer context, Value params) {
  auto arguments = Signature<F>::Arguments::read(name, std::move(params), *names);
  if (!arguments) co_return std::unexpected(std::move(arguments.error()));
  if constexpr (std::is_void_v<typename Awaited<typename Signature<F>::Returned>::type>) {
    co_await call_with(*function, *context, std::move(*arguments));
    co_return Response::of(nullptr);
  } else {
    co_return answer_of(co_await call_with(*function, *context, std::move(*arguments)));
  }
}

template <typename F>
CoroutineMethod coroutine_method(F function, std::string name, std::vector<Parameter> names) {
  return [function = std::make_shared<F>(std::move(function)), name = std::move(name),
          names = std::make_shared<const std::vector<Parameter>>(std::move(names))](
             ContextPointer context, Value params) {
    return run_coroutine(function, name, names, std::move(context), std::move(params));
  };
}

// ---- handlers

template <typename R, typename First, typename... Rest>
struct HandlerPlain {
  using Returned = R;
  using Data = std::remove_cvref_t<First>;
  static constexpr bool takes_context = false;
  static constexpr bool takes_connection = false;
};
template <typename R, typename T>
struct HandlerPlain<R, Context&, T> : HandlerPlain<R, T> {
  static constexpr bool takes_context = true;
};
template <typename R, typename T>
struct HandlerPlain<R, Connection&, T> : HandlerPlain<R, T> {
  static constexpr bool takes_connection = true;
};

template <typename F>
struct HandlerSignature : HandlerSignature<decltype(&F::operator())> {};
template <typename R, typename... Args>
struct HandlerSignature<R (*)(Args...)> : HandlerPlain<R, Args...> {};
template <typename C, typename R, typename... Args>
struct HandlerSignature<R (C::*)(Args...)> : HandlerPlain<R, Args...> {};
template <typename C, typename R, typename... Args>
struct HandlerSignature<R (C::*)(Args...) const> : HandlerPlain<R, Args...> {};

template <typename T>
Result<Reply> reply_of(const T& value) {
  return Reply(to_value(value));
}
inline Result<Reply> reply_of(Result<Reply> reply) { return reply; }
inline Result<Reply> reply_of(Value value) { return Reply(std::move(value)); }
template <typename T>
Result<Reply> reply_of(const std::optional<T>& value) {
  if (!value) return Reply();
  return Reply(to_value(*value));
}

// The data as T, or what is wrong with it.
template <typename T>
Result<T> read_data(const Value& data) {
  auto read = from_value<T>(data);
  if (read) return std::move(*read);
  const auto& wrong = read.error().front();
  return fail(ErrorCode::kInvalid,
              wrong.field.empty() ? wrong.message : wrong.field + ": " + wrong.message);
}

template <typename F>
auto call_handler(F& function, Context& context, typename HandlerSignature<F>::Data data) {
  if constexpr (HandlerSignature<F>::takes_context)
    return function(context, std::move(data));
  else if constexpr (HandlerSignature<F>::takes_connection)
    return function(context.connection(), std::move(data));
  else
    return function(std::move(data));
}

template <typename F>
PlainHandler plain_handler(F function) {
  return [function = std::move(function)](Context& context,
                                          const Value& data) mutable -> Result<Reply> {
    ORIEL_TRY(auto read, read_data<typename HandlerSignature<F>::Data>(data));
    if constexpr (std::is_void_v<typename HandlerSignature<F>::Returned>) {
      call_handler(function, context, std::move(read));
      return Reply();
    } else {
      return reply_of(call_handler(function, context, std::move(read)));
    }
  };
}

template <typename F>
boost::asio::awaitable<Result<Reply>> run_handler(std::shared_ptr<F> function,
                                                  ContextPointer context, Value data) {
  auto read = read_data<typename HandlerSignature<F>::Data>(data);
  if (!read) co_return std::unexpected(std::move(read.error()));
  if constexpr (std::is_void_v<typename Awaited<typename HandlerSignature<F>::Returned>::type>) {
    co_await call_handler(*function, *context, std::move(*read));
    co_return Reply();
  } else {
    co_return reply_of(co_await call_handler(*function, *context, std::move(*read)));
  }
}

template <typename F>
CoroutineHandler coroutine_handler(F function) {
  return [function = std::make_shared<F>(std::move(function))](ContextPointer context, Value data) {
    return run_handler(function, std::move(context), std::move(data));
  };
}

}  // namespace binding

// ---- what Server and Client register

template <typename F>
Method make_method(std::string name, F function, MethodOptions options = {}) {
  using Returned = typename binding::Signature<F>::Returned;
  using Data = typename binding::DataOf<typename Awaited<Returned>::type>::type;
  Method method{
      .description = binding::Signature<F>::Arguments::template describe<Data>(options, name),
      .run = options.run,
      .role = options.role};
  if constexpr (Awaited<Returned>::is_coroutine)
    method.body = binding::coroutine_method(std::move(function), std::move(name),
                                            std::move(options.parameters));
  else
    method.body =
        binding::plain_method(std::move(function), std::move(name), std::move(options.parameters));
  return method;
}

template <typename F>
Handler make_handler(F function, HandlerOptions options = {}) {
  using Returned = typename binding::HandlerSignature<F>::Returned;
  Handler handler{
      .run = options.run, .priority = options.priority, .order = std::move(options.order)};
  if constexpr (Awaited<Returned>::is_coroutine)
    handler.body = binding::coroutine_handler(std::move(function));
  else
    handler.body = binding::plain_handler(std::move(function));
  return handler;
}

}  // namespace oriel::conduit
