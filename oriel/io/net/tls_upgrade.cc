#include "oriel/io/net/tls_upgrade.h"

#include <utility>

namespace oriel::net {

TlsEngineMaker make_client_upgrade(TlsClientOptions options, std::string host) {
  return
      [options = std::move(options), host = std::move(host)](Transition kind) -> Result<TlsEngine> {
        if (kind == Transition::kStartTlsServer)
          return fail(ErrorCode::kUnsupported, "a client cannot be the server of TLS");
        auto wanted = options;
        if (kind == Transition::kStartTlsClientAnonymous) wanted = {.trust = TlsTrust::kAnonymous};
        ORIEL_TRY(const auto context, TlsClientContext::make(wanted));
        return context->make_engine(host);  // which keeps the context alive
      };
}

}  // namespace oriel::net
