#include "oriel/app/monitor/curl_library.h"

#include <dlfcn.h>
#include <fmt/format.h>

namespace oriel::monitor {
namespace {

constexpr const char* kName = "libcurl.so.4";

class Loading {
 public:
  Loading() : library_(::dlopen(kName, RTLD_NOW | RTLD_LOCAL)) {
    if (library_ == nullptr) missing_ = ::dlerror();
  }

  template <typename Function>
  void find(const char* name, Function& function) {
    if (!missing_.empty()) return;
    function = reinterpret_cast<Function>(::dlsym(library_, name));
    if (function == nullptr) missing_ = fmt::format("it has no {}", name);
  }
  const std::string& missing() const { return missing_; }

 private:
  void* library_;
  std::string missing_;
};

struct Loaded {
  CurlLibrary library{};
  std::string missing;  // empty: nothing
};

Loaded load() {
  Loaded loaded;
  auto& to = loaded.library;
  Loading from;
  from.find("curl_easy_cleanup", to.easy_cleanup);
  from.find("curl_easy_getinfo", to.easy_getinfo);
  from.find("curl_easy_init", to.easy_init);
  from.find("curl_easy_setopt", to.easy_setopt);
  from.find("curl_easy_strerror", to.easy_strerror);
  from.find("curl_free", to.free);
  from.find("curl_multi_add_handle", to.multi_add_handle);
  from.find("curl_multi_cleanup", to.multi_cleanup);
  from.find("curl_multi_info_read", to.multi_info_read);
  from.find("curl_multi_init", to.multi_init);
  from.find("curl_multi_perform", to.multi_perform);
  from.find("curl_multi_poll", to.multi_poll);
  from.find("curl_multi_remove_handle", to.multi_remove_handle);
  from.find("curl_multi_wakeup", to.multi_wakeup);
  from.find("curl_slist_append", to.slist_append);
  from.find("curl_slist_free_all", to.slist_free_all);
  from.find("curl_url", to.url);
  from.find("curl_url_cleanup", to.url_cleanup);
  from.find("curl_url_get", to.url_get);
  from.find("curl_url_set", to.url_set);
  decltype(&::curl_global_init) global_init = nullptr;
  from.find("curl_global_init", global_init);
  loaded.missing = from.missing();
  // Once for the process, before any other call.
  if (loaded.missing.empty() && global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
    loaded.missing = "it does not start";
  return loaded;
}

}  // namespace

Result<const CurlLibrary*> curl_library() {
  static const Loaded loaded = load();
  if (loaded.missing.empty()) return &loaded.library;
  return fail(ErrorCode::kUnavailable,
              fmt::format("alerts are sent by libcurl (the package libcurl4): {}", loaded.missing));
}

}  // namespace oriel::monitor
