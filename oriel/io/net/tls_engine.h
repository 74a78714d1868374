#pragma once
// One TLS conversation as a state machine without I/O: ciphertext in, ciphertext out, plaintext on
// our side. TlsStream moves its bytes. Made by a TlsServerContext or TlsClientContext. One strand
// owns it.

#include <cstddef>
#include <span>
#include <string>

#include "oriel/base/bytes.h"
#include "oriel/base/result.h"
#include "oriel/io/net/openssl_pointers.h"

namespace oriel::net {

class TlsEngine {
 public:
  // A connection in its role, not begun. peer_name: whose certificate a client expects, for errors.
  explicit TlsEngine(SslPointer ssl, std::string peer_name = {});

  // What the peer sent; copied. Put no more while handshake() or read() can still go on, so that
  // what is kept stays below one record and what was put.
  void put_input(ByteSpan ciphertext);
  bool has_output() const { return output_bytes() > 0; }
  std::size_t output_bytes() const;
  // Moves all that is to be sent to the end of `out`. After an error too: the alert that tells it.
  void take_output(Bytes& out);

  // One step: true when it is done, false when the peer must say more first. kRefused when the
  // peer's certificate is not trusted, or ours is not by the peer; kInvalid when it does not speak
  // our TLS.
  Result<bool> handshake();
  bool is_established() const { return is_established_; }

  // After the handshake. 0: the peer must say more first. kClosed: the peer has said that it is
  // done (close_notify). kRefused: a server does not take our certificate; with TLS 1.3 a client
  // hears of it only now. kInvalid: broken or forged.
  Result<std::size_t> read(std::span<std::uint8_t> into);
  // Encrypts as much of `pieces` as makes one record (16 KB), at least a byte of it.
  Result<std::size_t> write_record(std::span<const ByteSpan> pieces);
  // Says close_notify, once; reading goes on.
  void shut_down();

  // The peer's certificate as a SHA-256 fingerprint "AB:CD:..."; empty when it has shown none.
  std::string peer_fingerprint() const;
  // Whether the peer has proven to own a certificate that is trusted and, for a client, names whom
  // we asked for.
  bool is_peer_verified() const;
  // The common name of the certificate that the peer has proven to own and that is trusted; empty
  // when it has shown none or we take anybody's.
  std::string peer_common_name() const;
  // Whether nobody in between can be the one we speak with: a client that has verified the server,
  // and every server, whose client has to see to it.
  bool is_private() const;
  // "http/1.1", or empty.
  std::string application_protocol() const;

 private:
  std::unexpected<Error> failure() const;

  SslPointer ssl_;
  std::string peer_name_;
  Bytes record_;  // gathers small pieces
  bool is_established_ = false;
  bool is_shut_down_ = false;
};

}  // namespace oriel::net
