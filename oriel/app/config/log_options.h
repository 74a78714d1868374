#pragma once
// How much is logged and in which form. Apart from settings.h, so that app/observe needs nothing
// else of it.

namespace oriel::config {

enum class LogLevel { kDebug, kInfo, kWarning, kError };
enum class LogFormat { kText, kJson };

}  // namespace oriel::config
