import { connect as connectTcp, isIP, type OnReadOpts, type Socket } from 'node:net';
import {
  connect as connectTls,
  createSecureContext,
  type ConnectionOptions,
  type SecureContextOptions,
} from 'node:tls';

const READ_BYTES = 64 * 1024;

/**
 * Opens a connection.
 *
 * @param onBytes receives incoming bytes in a buffer that is reused for the next ones
 * @param onReady is called when the connection can send requests
 */
export type Connector = (onBytes: (bytes: Buffer) => void, onReady: () => void) => Socket;

/** With TLS, the server's certificate is verified unless `secure` says otherwise. */
export function createConnector(url: URL, secure: SecureContextOptions): Connector {
  // URLs have IPv6 addresses in brackets (RFC 3986, 3.2.2).
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return url.protocol === 'https:'
    ? tlsConnector(host, Number(url.port || 443), secure)
    : tcpConnector(host, Number(url.port || 80));
}

function tcpConnector(host: string, port: number): Connector {
  return (onBytes, onReady) =>
    connectTcp({ host, port, noDelay: true, onread: reusedReadBuffer(onBytes) }).once('connect', onReady);
}

function tlsConnector(host: string, port: number, secure: SecureContextOptions): Connector {
  // SNI must not contain an address (RFC 6066, 3).
  const name = isIP(host) === 0 ? { servername: host } : {};
  const options = {
    ...name,
    host,
    port,
    ALPNProtocols: ['http/1.1'],
    secureContext: createSecureContext(secure),
  };
  let session: Buffer | undefined;
  return (onBytes, onReady) => {
    // Documented for `tls.connect`, but missing from its types.
    const all: ConnectionOptions & { onread: OnReadOpts } = {
      ...options,
      session,
      onread: reusedReadBuffer(onBytes),
    };
    const socket = connectTls(all);
    return socket.setNoDelay(true).once('secureConnect', () => {
      // Only after verification: a resumed session skips the check of the certificate.
      socket.on('session', (ticket: Buffer) => (session = ticket));
      onReady();
    });
  };
}

/** Reading into one buffer takes a third less CPU time than a new buffer for each 'data' event. */
function reusedReadBuffer(onBytes: (bytes: Buffer) => void): OnReadOpts {
  const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
  return {
    buffer,
    callback(length) {
      onBytes(buffer.subarray(0, length));
      return true;
    },
  };
}
