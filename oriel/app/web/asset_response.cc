#include "oriel/app/web/asset_response.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

#include "oriel/app/web/header_value.h"

namespace oriel::web {
namespace {

// Takes what is before the next `separator` off the front of `text`, which must not be empty.
std::string_view take_until(std::string_view& text, char separator) {
  const auto end = std::min(text.find(separator), text.size());
  const auto part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return trimmed(part);
}

bool is_same_word(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

// A weight is "q=" and 0, or 1, with up to three digits behind the point (RFC 9110, 12.4.2); all
// that matters here is whether it is zero.
bool is_refused(std::string_view parameters) {
  while (!parameters.empty()) {
    const auto parameter = take_until(parameters, ';');
    if (parameter.size() < 3 || !is_same_word(parameter.substr(0, 2), "q=")) continue;
    return parameter.substr(2).find_first_not_of("0.") == std::string_view::npos;
  }
  return false;
}

// Whether an Accept-Encoding list takes `coding` (RFC 9110, 12.5.3).
bool takes_coding(std::string_view list, std::string_view coding) {
  bool takes_any = false;
  while (!list.empty()) {
    auto entry = take_until(list, ',');
    if (entry.empty()) continue;
    const auto name = take_until(entry, ';');
    if (is_same_word(name, coding)) return !is_refused(entry);
    if (name == "*") takes_any = !is_refused(entry);
  }
  return takes_any;
}

// What is sent: the file, or a compressed variant.
struct Representation {
  std::string_view coding;  // empty: as it is
  std::string_view etag;
  ByteSpan body;
};

Representation select(const WebAsset& asset, const std::string* accepted) {
  if (accepted != nullptr) {
    for (const auto& variant : asset.variants) {
      if (takes_coding(*accepted, variant.coding))
        return {variant.coding, variant.etag, variant.body};
    }
  }
  return {{}, asset.etag, asset.body};
}

std::optional<std::uint64_t> parse_number(std::string_view digits) {
  std::uint64_t number = 0;
  const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const bool is_whole = stop == digits.data() + digits.size();
  if (error == std::errc::result_out_of_range && is_whole) return UINT64_MAX;
  if (error != std::errc{} || !is_whole) return std::nullopt;
  return number;
}

struct ByteRange {
  std::uint64_t begin;
  std::uint64_t end;  // behind the last byte

  bool is_empty() const { return begin >= end; }
};

// One range of a body of `size` bytes: "bytes=0-99", "bytes=100-", "bytes=-100". Nothing when it is
// not a single well-formed one; an empty one when no byte is in it.
std::optional<ByteRange> parse_range(std::string_view value, std::uint64_t size) {
  constexpr std::string_view kUnit = "bytes=";
  if (!value.starts_with(kUnit)) return std::nullopt;
  auto rest = trimmed(value.substr(kUnit.size()));
  const auto dash = rest.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto last_digits = rest.substr(dash + 1);
  if (dash == 0) {
    const auto length = parse_number(last_digits);
    if (!length) return std::nullopt;
    return ByteRange{size - std::min(*length, size), size};
  }
  const auto first = parse_number(rest.substr(0, dash));
  if (!first) return std::nullopt;
  if (last_digits.empty()) return ByteRange{*first, size};
  const auto last = parse_number(last_digits);
  if (!last || *last < *first) return std::nullopt;
  return ByteRange{*first, *last < size ? *last + 1 : size};
}

// The range that the request asks for, if it is to be obeyed (RFC 9110, 13.1.5 and 14.2).
std::optional<ByteRange> wanted_range(const net::HttpRequest& request,
                                      const Representation& chosen) {
  const auto* range = request.find("Range");
  if (range == nullptr || request.is_head) return std::nullopt;
  const auto* condition = request.find("If-Range");
  if (condition != nullptr && trimmed(*condition) != chosen.etag) return std::nullopt;
  return parse_range(*range, chosen.body.size());
}

net::HttpResponse range_refused(std::size_t size) {
  auto response = net::http_sentence(416, "the file has no such bytes");
  response.fields.push_back({"Content-Range", fmt::format("bytes */{}", size)});
  return response;
}

}  // namespace

bool names_etag(std::string_view list, std::string_view etag) {
  while (!list.empty()) {
    auto entry = take_until(list, ',');
    if (entry.starts_with("W/")) entry.remove_prefix(2);
    if (entry == etag || entry == "*") return true;
  }
  return false;
}

net::HttpResponse asset_response(const WebAsset& asset, const net::HttpRequest& request) {
  const auto chosen = select(asset, request.find("Accept-Encoding"));
  net::HttpResponse response;
  response.content_type = asset.content_type;
  response.fields = {{"ETag", std::string(chosen.etag)},
                     {"Cache-Control", "no-cache"},
                     {"Accept-Ranges", "bytes"}};
  if (!asset.variants.empty()) response.fields.push_back({"Vary", "Accept-Encoding"});
  if (const auto* known = request.find("If-None-Match");
      known != nullptr && names_etag(*known, chosen.etag)) {
    response.status = 304;
    return response;
  }
  if (!chosen.coding.empty())
    response.fields.push_back({"Content-Encoding", std::string(chosen.coding)});
  response.static_body = chosen.body;
  if (const auto range = wanted_range(request, chosen)) {
    if (range->is_empty()) return range_refused(chosen.body.size());
    response.status = 206;
    response.static_body = chosen.body.subspan(range->begin, range->end - range->begin);
    response.fields.push_back({"Content-Range", fmt::format("bytes {}-{}/{}", range->begin,
                                                            range->end - 1, chosen.body.size())});
  }
  return response;
}

}  // namespace oriel::web
