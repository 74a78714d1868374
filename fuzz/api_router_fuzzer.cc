// Any request to the HTTP API, by somebody who may do everything: it is answered once, a refusal is
// JSON with a code and one sentence, and no field of an answer breaks its line.

#include <boost/json/parse.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "fuzz/fuzzer.h"
#include "oriel/app/api/router.h"
#include "oriel/base/check.h"
#include "oriel/testing/fake_backend.h"

namespace {

using namespace oriel;

void check_refusal(const net::HttpResponse& response) {
  ORIEL_CHECK(response.content_type == "application/json");
  const auto text = as_text(response.content());
  const auto error = boost::json::parse({text.data(), text.size()}).at("error");
  ORIEL_CHECK(!error.at("code").as_string().empty());
  ORIEL_CHECK(error.at("message").as_string().ends_with('.'));
}

}  // namespace

// The input is "METHOD path?query\nContent-Type\nbody"; the path follows /api/v1/.
ORIEL_FUZZER(api_router, data, size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto take = [&text](char end) {
    const auto part = text.substr(0, text.find(end));
    text.remove_prefix(part.size() < text.size() ? part.size() + 1 : part.size());
    return std::string(part);
  };
  net::HttpRequest request;
  request.method = take(' ');
  const auto target = take('\n');
  const auto question = target.find('?');
  request.path = std::string(api::kApiPrefix) + target.substr(0, question);
  if (question != std::string::npos) request.query = target.substr(question + 1);
  if (const auto type = take('\n'); !type.empty()) request.fields.push_back({"Content-Type", type});
  request.body = text;

  testing::FakeBackend backend;
  std::optional<net::HttpResponse> got;
  api::Router(backend).handle(std::move(request), {api::Roles::all(), "token"},
                              net::HttpAnswer([&](net::HttpResponse response) {
                                ORIEL_CHECK(!got);
                                got = std::move(response);
                              }));
  ORIEL_CHECK(got.has_value());
  ORIEL_CHECK(got->status >= 200 && got->status < 600);
  for (const auto& field : got->fields)
    ORIEL_CHECK(field.value.find_first_of("\r\n") == std::string::npos);
  if (got->status >= 400) check_refusal(*got);
  return 0;
}
