#include "oriel/app/conduit/dispatcher.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "oriel/core/conduit/limits.h"
#include "oriel/core/conduit/message_pack.h"

namespace oriel::conduit {
namespace {

constexpr std::string_view kAnyType = "*";

SharedBytes packed(Response response) {
  // Numbers are of errors only.
  return std::make_shared<const Bytes>(
      pack(write_answer(std::move(response), ErrorNumbers::kPrograms)));
}

// Nobody can send another one.
Status check_name(std::string_view what, std::string_view name) {
  if (!name.empty() && name.size() <= kNameBytesMax) return {};
  return fail(ErrorCode::kInvalid,
              fmt::format("{} has 1 to {} bytes, got {}", what, kNameBytesMax, name.size()));
}

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

struct DescribedStream {
  std::string name;
  std::string direction;  // "out": peers subscribe to it, "in": they send it
  Map element;            // schema of its values
  std::optional<std::string> role;
};
BOOST_DESCRIBE_STRUCT(DescribedStream, (), (name, direction, element, role))

struct DescribedMethods {
  std::vector<DescribedMethod> methods;
  std::optional<std::vector<DescribedStream>> streams;
};
BOOST_DESCRIBE_STRUCT(DescribedMethods, (), (methods, streams))

MethodDescription describe_listall() {
  return describe_method<MethodList>("listall",
                                     "Lists the methods, as the real programs ask for them.", {});
}

MethodDescription describe_describe(const Parameter& method) {
  auto description = describe_method<Value, std::optional<std::string>>(
      "describe", "Gives the JSON Schemas of one method, or of all and of the streams.",
      {&method, 1});
  description.result_schema["anyOf"] =
      boost::json::array{schema_of<DescribedMethod>(), schema_of<DescribedMethods>()};
  return description;
}

}  // namespace

Dispatcher::Dispatcher() { add_built_in_methods(); }

Status Dispatcher::add_method(Method method) {
  auto name = method.description.name;
  ORIEL_TRY_VOID(check_name("a method's name", name));
  method.description.role = method.role;
  auto shared = std::make_shared<const Method>(std::move(method));
  std::lock_guard lock(mutex_);
  methods_.insert_or_assign(std::move(name), std::move(shared));
  listing_ = schemas_ = nullptr;
  return {};
}

bool Dispatcher::remove_method(std::string_view name) {
  std::lock_guard lock(mutex_);
  const auto found = methods_.find(name);
  if (found == methods_.end()) return false;
  methods_.erase(found);
  listing_ = schemas_ = nullptr;
  return true;
}

std::shared_ptr<const Method> Dispatcher::find_method(std::string_view name) const {
  std::lock_guard lock(mutex_);
  const auto found = methods_.find(name);
  return found != methods_.end() ? found->second : nullptr;
}

Status Dispatcher::add_handler(std::string type, Handler handler) {
  ORIEL_TRY_VOID(check_name("a message's type", type));
  std::lock_guard lock(mutex_);
  auto& known = handlers_[std::move(type)];
  auto handlers = known != nullptr ? *known : Handlers();
  const auto lower = std::ranges::find_if(
      handlers, [&](const auto& other) { return other->priority < handler.priority; });
  handlers.insert(lower, std::make_shared<const Handler>(std::move(handler)));
  known = std::make_shared<const Handlers>(std::move(handlers));
  return {};
}

std::shared_ptr<const Dispatcher::Handlers> Dispatcher::find_handlers(std::string_view type) const {
  std::lock_guard lock(mutex_);
  auto found = handlers_.find(type);
  if (found == handlers_.end()) found = handlers_.find(kAnyType);
  return found != handlers_.end() ? found->second : nullptr;
}

Array Dispatcher::rows_of(Value (MethodDescription::*row)() const) const {
  Array rows;
  for (const auto& [name, method] : methods_) rows.push_back((method->description.*row)());
  return rows;
}

SharedBytes Dispatcher::list_all() const {
  std::lock_guard lock(mutex_);
  if (listing_) return listing_;
  Map data{{"methods", rows_of(&MethodDescription::to_listall_value)}, {"count", methods_.size()}};
  listing_ = packed(Response::of(std::move(data)));
  return listing_;
}

SharedBytes Dispatcher::describe_all() const {
  std::lock_guard lock(mutex_);
  if (schemas_ && schemas_version_ == streams_->version()) return schemas_;
  auto streams = streams_->list();
  Map data{{"methods", rows_of(&MethodDescription::to_schema_value)}};
  if (!streams.rows.empty()) data.append("streams", std::move(streams.rows));
  schemas_ = packed(Response::of(std::move(data)));
  schemas_version_ = streams.version;
  return schemas_;
}

void Dispatcher::add_built_in_methods() {
  (void)add_method({.description = describe_listall(),
                    .body = PackedMethod([this](const Value&) { return list_all(); }),
                    .run = Run::kLoop});
  const Parameter method("method");
  (void)add_method(
      {.description = describe_describe(method),
       .body = PackedMethod([this, method](const Value& params) -> CallResult<SharedBytes> {
         auto arguments =
             read_arguments<std::optional<std::string>>("describe", params, {&method, 1});
         if (!arguments) return std::unexpected(std::move(arguments.error()));
         const auto& name = std::get<0>(*arguments);
         if (!name) return describe_all();
         const auto found = find_method(*name);
         if (!found) return std::unexpected(CallError::not_found("RPC method", *name));
         return packed(Response::of(found->description.to_schema_value()));
       }),
       .run = Run::kLoop});
}

}  // namespace oriel::conduit
