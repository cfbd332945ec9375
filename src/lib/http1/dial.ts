import { connect as connectTcp, isIP, type OnReadOpts, type Socket } from 'node:net';
import {
  connect as connectTls,
  createSecureContext,
  type ConnectionOptions,
  type SecureContextOptions,
} from 'node:tls';

/** What is read at once. */
const READ_BYTES = 64 * 1024;

/**
 * Opens a connection.
 *
 * @param onBytes gets what comes, in a buffer that is used again for what comes next
 * @param onReady is called when requests can go out
 */
export type Dial = (onBytes: (bytes: Buffer) => void, onReady: () => void) => Socket;

/** How connections to a server are opened: with TLS, its certificate is verified, unless `secure` says otherwise. */
export function dialTo(url: URL, secure: SecureContextOptions): Dial {
  // In URLs, IPv6 addresses stand in brackets (RFC 3986, 3.2.2).
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return url.protocol === 'https:'
    ? dialTls(host, Number(url.port || 443), secure)
    : dialTcp(host, Number(url.port || 80));
}

function dialTcp(host: string, port: number): Dial {
  return (onBytes, onReady) =>
    connectTcp({ host, port, noDelay: true, onread: into(onBytes) }).once('connect', onReady);
}

function dialTls(host: string, port: number, secure: SecureContextOptions): Dial {
  // A server is named by a name, never by an address (RFC 6066, 3).
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
    // Node's documentation of `tls.connect` has `onread`, its types have not.
    const all: ConnectionOptions & { onread: OnReadOpts } = { ...options, session, onread: into(onBytes) };
    const socket = connectTls(all);
    return socket.setNoDelay(true).once('secureConnect', () => {
      // Not earlier: to resume a session is to trust the server without looking at its certificate.
      socket.on('session', (ticket: Buffer) => (session = ticket));
      onReady();
    });
  };
}

/** Reading into one buffer costs a third less than a new one for each 'data' event. */
function into(onBytes: (bytes: Buffer) => void): OnReadOpts {
  const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
  return {
    buffer,
    callback(length) {
      onBytes(buffer.subarray(0, length));
      return true;
    },
  };
}
