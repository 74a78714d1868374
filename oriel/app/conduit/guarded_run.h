#pragma once
// Functions of an application, called so that their exceptions become what their peer or the log is
// told.

#include <exception>
#include <string>

#include "oriel/app/conduit/dispatcher.h"

namespace oriel::conduit {

// Those that are plain functions.
Answer run_plain(const Method& method, Context& context, Value params);
Result<Reply> run_plain(const Handler& handler, Context& context, const Value& data);

// What coroutines have thrown; as the real programs say it.
Answer answer_of_exception(const std::string& method, const std::exception_ptr& thrown);
Result<Reply> reply_of_exception(const std::exception_ptr& thrown);

}  // namespace oriel::conduit
