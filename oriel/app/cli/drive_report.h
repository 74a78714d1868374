#pragma once
// What the commands that drive a desktop print, and how they end.

#include <boost/json/object.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "oriel/app/agent/verb_table.h"
#include "oriel/app/client/server_facts.h"

namespace oriel::cli {

// What came of one verb: for people, for programs, and a picture for standard output.
struct VerbOutput {
  std::string text;  // whole lines; empty when there is nothing to say
  boost::json::object json;
  Bytes picture;
};

// What came of all that was to be done at one target.
struct DriveOutcome {
  std::string target;  // without secrets
  std::string name;    // of the configuration file; empty for an address
  std::vector<VerbOutput> outputs;
  std::optional<agent::AgentError> error;  // of the verb behind the last output, or of connecting
  std::string error_where;                 // "line 2, column 5"; empty for one verb
  bool has_connected = false;
  std::string under_way;  // the verb that has begun and not ended; its place is error_where

  // How the user knows it.
  const std::string& label() const { return name.empty() ? target : name; }
};

VerbOutput output_of(agent::VerbResult result, const std::optional<client::ServerFacts>& server);

// The time of the whole command (--time-limit) is over.
void set_timed_out(DriveOutcome& outcome, std::chrono::milliseconds time);

// The exit code of what went wrong.
int exit_code_of(const agent::AgentError& error, bool has_connected);
int exit_code_of(const DriveOutcome& outcome);

boost::json::object json_of(const DriveOutcome& outcome);
// {"error": {...}}, of what belongs to no target.
boost::json::object error_document(const agent::AgentError& error, bool has_connected);
// Says what is wrong with how the command was called, as a line on standard error, or with --json
// as the one document on standard output. Gives the exit code.
int say_usage_error(std::string_view message, bool is_json);
// "oriel: " and what went wrong, with the target where there are several.
std::string error_line(const DriveOutcome& outcome, bool names_target);

}  // namespace oriel::cli
