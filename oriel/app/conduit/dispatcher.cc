#include "oriel/app/conduit/dispatcher.h"

#include <algorithm>
#include <utility>

#include "oriel/base/check.h"
#include "oriel/core/conduit/limits.h"

namespace oriel::conduit {
namespace {

constexpr std::string_view kAnyType = "*";

// What the built-in methods give, for their schemas.
struct ListedMethod {
  std::string name, description;
  std::map<std::string, std::string> parameters;  // their types
  std::string return_type;
  bool requires_auth = true;
};
BOOST_DESCRIBE_STRUCT(ListedMethod, (), (name, description, parameters, return_type, requires_auth))

struct MethodList {
  std::vector<ListedMethod> methods;
  std::uint64_t count = 0;
};
BOOST_DESCRIBE_STRUCT(MethodList, (), (methods, count))

struct DescribedMethod {
  std::string name, description;
  Map params, result;  // schemas
  bool requires_auth = true;
  std::optional<std::string> role;
};
BOOST_DESCRIBE_STRUCT(DescribedMethod, (), (name, description, params, result, requires_auth, role))

struct DescribedMethods {
  std::vector<DescribedMethod> methods;
};
BOOST_DESCRIBE_STRUCT(DescribedMethods, (), (methods))

MethodDescription describe_listall() {
  return describe_method<MethodList>("listall",
                                     "Lists the methods, as the real programs ask for them.", {});
}

MethodDescription describe_describe(const Parameter& method) {
  auto description = describe_method<Value, std::optional<std::string>>(
      "describe", "Gives the JSON Schemas of one method, or of all.", {&method, 1});
  description.result_schema["anyOf"] =
      boost::json::array{schema_of<DescribedMethod>(), schema_of<DescribedMethods>()};
  return description;
}

}  // namespace

Dispatcher::Dispatcher() { add_built_in_methods(); }

void Dispatcher::add_method(Method method) {
  auto name = method.description.name;
  ORIEL_CHECK(!name.empty() && name.size() <= kNameBytesMax);
  method.description.role = method.role;
  auto shared = std::make_shared<const Method>(std::move(method));
  std::lock_guard lock(mutex_);
  methods_.insert_or_assign(std::move(name), std::move(shared));
}

bool Dispatcher::remove_method(std::string_view name) {
  std::lock_guard lock(mutex_);
  const auto found = methods_.find(name);
  if (found == methods_.end()) return false;
  methods_.erase(found);
  return true;
}

std::shared_ptr<const Method> Dispatcher::find_method(std::string_view name) const {
  std::lock_guard lock(mutex_);
  const auto found = methods_.find(name);
  return found != methods_.end() ? found->second : nullptr;
}

std::vector<MethodDescription> Dispatcher::methods() const {
  std::lock_guard lock(mutex_);
  std::vector<MethodDescription> descriptions;
  for (const auto& [name, method] : methods_) descriptions.push_back(method->description);
  return descriptions;
}

void Dispatcher::add_handler(std::string type, Handler handler) {
  ORIEL_CHECK(!type.empty() && type.size() <= kNameBytesMax);
  std::lock_guard lock(mutex_);
  auto& known = handlers_[std::move(type)];
  auto handlers = known != nullptr ? *known : Handlers();
  const auto lower = std::ranges::find_if(
      handlers, [&](const auto& other) { return other->priority < handler.priority; });
  handlers.insert(lower, std::make_shared<const Handler>(std::move(handler)));
  known = std::make_shared<const Handlers>(std::move(handlers));
}

std::shared_ptr<const Dispatcher::Handlers> Dispatcher::find_handlers(std::string_view type) const {
  std::lock_guard lock(mutex_);
  auto found = handlers_.find(type);
  if (found == handlers_.end()) found = handlers_.find(kAnyType);
  return found != handlers_.end() ? found->second : nullptr;
}

void Dispatcher::add_built_in_methods() {
  add_method({.description = describe_listall(),
              .body = PlainMethod([this](Context&, const Value&) -> Answer {
                Array rows;
                for (const auto& method : methods()) rows.push_back(method.to_listall_value());
                const auto count = rows.size();
                return Response::of(Map{{"methods", std::move(rows)}, {"count", count}});
              }),
              .run = Run::kLoop});
  const Parameter method("method");
  add_method({.description = describe_describe(method),
              .body = PlainMethod([this, method](Context&, const Value& params) -> Answer {
                auto arguments =
                    read_arguments<std::optional<std::string>>("describe", params, {&method, 1});
                if (!arguments) return std::unexpected(std::move(arguments.error()));
                const auto& name = std::get<0>(*arguments);
                if (name) {
                  const auto found = find_method(*name);
                  if (!found) return std::unexpected(CallError::not_found("RPC method", *name));
                  return Response::of(found->description.to_schema_value());
                }
                Array rows;
                for (const auto& description : methods())
                  rows.push_back(description.to_schema_value());
                return Response::of(Map{{"methods", std::move(rows)}});
              }),
              .run = Run::kLoop});
}

}  // namespace oriel::conduit
