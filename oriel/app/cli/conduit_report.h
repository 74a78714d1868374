#pragma once
// What the commands of the conduit print, and how they end.

#include <boost/json/value.hpp>
#include <string>
#include <string_view>

#include "oriel/app/conduit/client_error.h"
#include "oriel/base/result.h"
#include "oriel/core/conduit/response.h"
#include "oriel/core/conduit/value.h"

namespace oriel::cli {

// Each says the error on standard error and gives the exit code.
int report_usage(std::string_view message);
int report_unconnected(const conduit::ClientError& error, bool had_no_password);
int report_sending(const conduit::ClientError& error);
int report_call(std::string_view method, const conduit::CallError& error);
// Of a write to standard output: 0 when nobody reads it any more.
int report_output(const Status& written);

// Writing to a pipe that nobody reads is an error, not the end of the program.
void ignore_broken_pipes();

// Indented by two; empty objects and arrays stay {} and [].
std::string indented_json(const boost::json::value& json);

// One document on standard output: a line, or indented when that is a terminal and `is_line` is
// false. Gives the exit code.
int print_json(const conduit::Value& value, bool is_line);
// Text that ends with a line end.
int print_text(std::string_view text);

}  // namespace oriel::cli
