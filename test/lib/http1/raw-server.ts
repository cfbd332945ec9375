import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';

export interface RawServer {
  readonly port: number;
  /** The requests in order, each with its final empty line. */
  readonly requests: readonly string[];
  /** The number of connections that were opened. */
  opened(): number;
  /** The number of connections that are open. */
  open(): number;
  close(): Promise<void>;
}

/** Writes any bytes in response. `nth` counts the requests of one connection from 0. */
export type RawResponder = (socket: Socket, nth: number, request: string) => void;

/** Starts a server on a free port that knows only where a request ends. With `tls`, it speaks TLS. */
export async function startRawServer(
  respond: RawResponder,
  { host = '127.0.0.1', tls }: { host?: string; tls?: TlsOptions } = {},
): Promise<RawServer> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  let opened = 0;

  const serve = (socket: Socket) => {
    let text = '';
    let nth = 0;
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1');
      for (let end = text.indexOf('\r\n\r\n'); end !== -1; end = text.indexOf('\r\n\r\n')) {
        const request = text.slice(0, end + 4);
        text = text.slice(end + 4);
        requests.push(request);
        respond(socket, nth++, request);
      }
    });
  };
  const server: Server = tls === undefined ? createServer(serve) : createTlsServer(tls, serve);
  server.on('connection', (socket: Socket) => {
    opened += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));

  return {
    port: (server.address() as AddressInfo).port,
    requests,
    opened: () => opened,
    open: () => sockets.size,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export { until } from '../../helpers/until.js';
