#pragma once
// How the parameters of a C++ function are named, described and read from what a call brings: a
// map by name, an array by position, or nothing. A function with one parameter that is a described
// struct, or that has no name, takes what was brought as a whole.

#include <array>
#include <boost/json/object.hpp>
#include <concepts>
#include <cstddef>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "oriel/base/check.h"
#include "oriel/core/conduit/convert.h"
#include "oriel/core/conduit/response.h"
#include "oriel/core/conduit/value.h"

namespace oriel::conduit {

struct Parameter {
  Parameter(std::string name_of, std::optional<Value> fallback_of = {})
      : name(std::move(name_of)), fallback(std::move(fallback_of)) {}
  Parameter(const char* name_of) : name(name_of) {}

  std::string name;
  std::optional<Value> fallback;  // what it is when it is left out
};

template <typename T>
Parameter optional(std::string name, T fallback) {
  return {std::move(name), to_value(std::move(fallback))};
}

// Parameters("a", "b", optional("limit", 10)), in the order of the function's. Immutable.
class Parameters {
 public:
  Parameters() = default;
  template <typename... P>
    requires(sizeof...(P) > 0 && (std::constructible_from<Parameter, P> && ...))
  explicit Parameters(P&&... parameters) : list_{Parameter(std::forward<P>(parameters))...} {}

  operator std::span<const Parameter>() const { return list_; }
  std::size_t size() const { return list_.size(); }

 private:
  std::vector<Parameter> list_;
};

namespace detail {

template <typename... Args>
struct Whole : std::false_type {};
template <typename T>
struct Whole<T> : std::bool_constant<DescribedStruct<T>> {
  using Type = T;
};

template <typename T>
constexpr bool is_array_like = std::same_as<T, Value>;
template <typename T>
constexpr bool is_array_like<std::vector<T>> = true;
template <typename T, std::size_t N>
constexpr bool is_array_like<std::array<T, N>> = true;

// Which values of `params` are meant for which parameter; null where there is none.
template <typename V>
class ArgumentFinder {
 public:
  ArgumentFinder(V& params, std::span<const Parameter> names, Reading& reading);

  V* find(std::size_t i) const;

 private:
  V& params_;
  std::span<const Parameter> names_;
};
extern template class ArgumentFinder<Value>;
extern template class ArgumentFinder<const Value>;

// What is meant by a map for a parameter that takes it as a whole: itself, or the map that it wraps
// as its only member, {"request": {...}}, when that has the parameter's name, if it has one, and
// none of `members`. An array by position has one element then.
template <typename V>
V& whole_of(V& params, std::span<const Parameter> names, std::span<const std::string_view> members);
extern template Value& whole_of(Value&, std::span<const Parameter>,
                                std::span<const std::string_view>);
extern template const Value& whole_of(const Value&, std::span<const Parameter>,
                                      std::span<const std::string_view>);

// Reads one argument into `out`, whose value it keeps when it is std::optional and missing.
template <typename T, typename V>
void read_argument(V* value, const Parameter& parameter, T& out, Reading& reading) {
  if (value == nullptr && parameter.fallback) {
    Conversion<T>::read(*parameter.fallback, out, reading);
  } else if (value == nullptr) {
    if (!is_optional<T>) reading.refuse_missing(parameter.name);
  } else {
    const Reading::Inside inside(reading, parameter.name);
    Conversion<T>::read(*value, out, reading);
  }
}

template <typename T, typename V>
void read_whole(V& params, std::span<const Parameter> names, T& out, Reading& reading) {
  if constexpr (DescribedStruct<T>) {
    const auto members = []<typename... D>(boost::mp11::mp_list<D...>) {
      return std::array<std::string_view, sizeof...(D)>{D::name...};
    }(boost::mp11::mp_rename<DescribedMembers<T>, boost::mp11::mp_list>());
    Conversion<T>::read(whole_of(params, names, members), out, reading);
  } else if constexpr (is_array_like<T>) {
    Conversion<T>::read(params, out, reading);
  } else {
    auto* array = params.if_array();
    Conversion<T>::read(array != nullptr && array->size() == 1 ? array->front() : params, out,
                        reading);
  }
}

// Aborts when the function has another number of parameters than names, unless it has one that
// needs none: the program that registers it is wrong.
void check_names(std::size_t arguments, bool takes_whole, std::span<const Parameter> names);

// What is wrong with all of what was brought gets the name "params".
void name_whole(std::vector<FieldError>& errors);

template <typename... Args>
bool takes_whole(std::span<const Parameter> names) {
  return sizeof...(Args) == 1 && (names.empty() || Whole<Args...>::value);
}

template <typename V, typename... Args>
CallResult<std::tuple<Args...>> read_arguments_of(std::string_view method, V& params,
                                                  std::span<const Parameter> names) {
  check_names(sizeof...(Args), takes_whole<Args...>(names), names);
  Reading reading;
  std::tuple<Args...> arguments{};
  if (takes_whole<Args...>(names)) {
    if constexpr (sizeof...(Args) == 1) {
      if (params.is_null()) {
        Value none = Map();
        read_whole(none, names, std::get<0>(arguments), reading);
      } else {
        read_whole(params, names, std::get<0>(arguments), reading);
      }
    }
  } else {
    const ArgumentFinder<V> finder(params, names, reading);
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (read_argument(finder.find(I), names[I], std::get<I>(arguments), reading), ...);
    }(std::index_sequence_for<Args...>());
  }
  if (!reading.errors().empty()) {
    name_whole(reading.errors());
    return std::unexpected(validation_error(method, reading.errors()));
  }
  return arguments;
}

}  // namespace detail

// The arguments of a call of `method`. Args: without references and const. Errors: kValidation,
// with everything that is wrong, also names that no parameter has. A std::optional may be missing.
template <typename... Args>
CallResult<std::tuple<Args...>> read_arguments(std::string_view method, const Value& params,
                                               std::span<const Parameter> names) {
  return detail::read_arguments_of<const Value, Args...>(method, params, names);
}
// Moves text and bytes out of `params`.
template <typename... Args>
CallResult<std::tuple<Args...>> read_arguments(std::string_view method, Value&& params,
                                               std::span<const Parameter> names) {
  return detail::read_arguments_of<Value, Args...>(method, params, names);
}

// The type of what a method gives, for others to know.
struct ResultDescription {
  std::string type_name;
  boost::json::object schema;
};
template <typename T>
ResultDescription describe_result() {
  return {type_name<T>(), schema_of<T>()};
}

// A schema as it is sent.
Value schema_value(const boost::json::object& schema);

// What others can know of a method.
struct MethodDescription {
  std::string name;
  std::string description;
  std::vector<MemberDescription> parameters;
  boost::json::object params_schema;  // of what a call brings
  std::string return_type;
  boost::json::object result_schema;
  bool requires_auth = true;
  std::string role = {};  // that callers need; empty: none

  // As the real `listall` shows a method: {name, description, parameters: {name: type},
  // return_type, requires_auth}.
  Value to_listall_value() const;
  // {"$schema", name, description, params: schema, result: schema, requires_auth [, role]}.
  Value to_schema_value() const;
};

namespace detail {

// What a function that returns R gives to its caller.
template <typename R>
struct Returned {
  using Type = R;
};
template <>
struct Returned<Response> {
  using Type = Value;
};
template <typename T>
struct Returned<ResponseOf<T>> {
  using Type = T;
};
template <typename T, typename E>
struct Returned<std::expected<T, E>> : Returned<T> {};

template <typename T>
MemberDescription describe_parameter(const Parameter& parameter) {
  if (parameter.fallback) ORIEL_CHECK(from_value<T>(*parameter.fallback).has_value());
  MemberDescription member{.name = parameter.name,
                           .type_name = type_name<T>(),
                           .schema = schema_of<T>(),
                           .is_required = !parameter.fallback && !is_optional<T>};
  if (parameter.fallback) member.schema["default"] = to_json(*parameter.fallback);
  return member;
}

// By name alone: what no parameter has is refused.
boost::json::object params_schema(const std::vector<MemberDescription>& parameters);

}  // namespace detail

// R and Args: without references and const. Aborts when `params` does not fit Args, or a fallback
// does not fit its parameter.
template <typename R, typename... Args>
MethodDescription describe_method(std::string name, std::string description,
                                  std::span<const Parameter> params) {
  using Result = typename detail::Returned<R>::Type;
  const bool takes_whole = detail::takes_whole<Args...>(params);
  detail::check_names(sizeof...(Args), takes_whole, params);
  MethodDescription method{.name = std::move(name),
                           .description = std::move(description),
                           .return_type = type_name<Result>(),
                           .result_schema = schema_of<Result>()};
  if (!takes_whole) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (method.parameters.push_back(detail::describe_parameter<Args>(params[I])), ...);
    }(std::index_sequence_for<Args...>());
    method.params_schema = detail::params_schema(method.parameters);
  } else if constexpr (detail::Whole<Args...>::value) {
    using Whole = typename detail::Whole<Args...>::Type;
    SchemaNesting nesting;
    nesting.enter(typeid(Whole));
    method.parameters = describe_members_of<Whole>(nesting);
    method.params_schema = object_schema(method.parameters);
  } else if constexpr (sizeof...(Args) == 1) {
    method.params_schema = schema_of<Args...>();
  }
  return method;
}

}  // namespace oriel::conduit
