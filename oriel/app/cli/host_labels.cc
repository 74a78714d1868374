#include "oriel/app/cli/host_labels.h"

#include <fmt/format.h>

#include <set>
#include <string_view>

#include "oriel/app/observe/escape.h"

namespace oriel::cli {
namespace {

// "HOST:PORT/PATH".
std::string_view address_of(std::string_view uri) {
  if (const auto scheme = uri.find("://"); scheme != uri.npos) uri.remove_prefix(scheme + 3);
  const auto authority = uri.substr(0, uri.find('/'));
  if (const auto at = authority.rfind('@'); at != authority.npos) uri.remove_prefix(at + 1);
  return uri;
}

std::string_view authority_of(std::string_view uri) {
  const auto address = address_of(uri);
  return address.substr(0, address.find('/'));
}

std::string_view host_of(std::string_view uri) {
  const auto authority = authority_of(uri);
  if (authority.ends_with(']')) return authority;
  return authority.substr(0, authority.rfind(':'));
}

}  // namespace

std::vector<std::string> host_labels(std::span<const std::string> uris) {
  std::vector<std::string> labels;
  std::set<std::string_view> different;
  for (const auto label_of : {host_of, authority_of, address_of}) {
    labels.clear();
    different.clear();
    for (const auto& uri : uris) {
      labels.push_back(observe::text_line(label_of(uri)));
      different.insert(label_of(uri));
    }
    if (different.size() == uris.size()) break;
  }
  if (different.size() < uris.size())  // by the scheme, or by the user
    for (std::size_t i = 0; i < labels.size(); ++i) labels[i] += fmt::format("#{}", i + 1);
  return labels;
}

}  // namespace oriel::cli
