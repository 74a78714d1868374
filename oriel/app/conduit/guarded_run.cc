#include "oriel/app/conduit/guarded_run.h"

#include <fmt/format.h>

#include <utility>
#include <variant>

#include "oriel/app/conduit/failed_call.h"

namespace oriel::conduit {

Answer answer_of_exception(const std::string& method, const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& exception) {
    return failed_call(CallCode::kInternal,
                       fmt::format("Error in {}: {}", method, exception.what()));
  } catch (...) {
    return failed_call(CallCode::kInternal, fmt::format("Error in {}", method));
  }
}

Answer run_plain(const Method& method, Context& context, Value params) {
  try {
    return std::get<PlainMethod>(method.body)(context, std::move(params));
  } catch (...) {
    return answer_of_exception(method.description.name, std::current_exception());
  }
}

Result<Reply> reply_of_exception(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& exception) {
    return fail(ErrorCode::kUnavailable, exception.what());
  } catch (...) {
    return fail(ErrorCode::kUnavailable, "it threw what is no exception");
  }
}

Result<Reply> run_plain(const Handler& handler, Context& context, const Value& data) {
  try {
    return std::get<PlainHandler>(handler.body)(context, data);
  } catch (...) {
    return reply_of_exception(std::current_exception());
  }
}

}  // namespace oriel::conduit
