import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** The most connections that wait for a worker to take them. More are cut. */
const MAX_WAITING = 10_000;

export interface Port {
  readonly address: AddressInfo;
  /** Without a path, e.g. `http://127.0.0.1:4000`. */
  readonly url: string;
  /** Stops listening; connections stay. */
  close(): void;
}

export interface PortOptions {
  /** `localhost` is all that it stands for. */
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  /** Called with each connection. Nothing has been read from it. */
  readonly onConnection: (socket: Socket) => void;
  /** Called with what fails afterwards, e.g. where no file descriptor is left. It goes on listening. */
  readonly onError: (error: Error) => void;
}

/** Listens. @throws Error where the port is taken, or the host is none of this machine */
export async function openPort({ host, port, onConnection, onError }: PortOptions): Promise<Port> {
  const listen = async (at: string, number: number): Promise<Server> => {
    // Options of sockets that an HTTP server accepts.
    const server = createServer({ pauseOnConnect: true, allowHalfOpen: true, noDelay: true });
    server.maxConnections = MAX_WAITING;
    server.on('connection', (socket) => {
      // Nobody reads from it here, and so there is nobody to tell; whoever takes it finds out.
      socket.on('error', () => undefined);
      onConnection(socket);
    });
    server.listen({ host: at, port: number });
    await once(server, 'listening');
    server.on('error', onError);
    return server;
  };
  const first = await listen(host, port);
  const address = first.address() as AddressInfo;
  const servers = [first];
  for (const other of host === 'localhost' ? await otherAddresses(host, address) : []) {
    await listen(other, address.port).then(
      (server) => servers.push(server),
      () => undefined,
    );
  }
  return {
    address,
    url: urlOf(address),
    close: () => {
      for (const server of servers) server.close();
    },
  };
}

async function otherAddresses(host: string, { address }: AddressInfo): Promise<string[]> {
  const found = await lookup(host, { all: true });
  return found.map((each) => each.address).filter((each) => each !== address);
}

function urlOf({ address, family, port }: AddressInfo): string {
  // Where it listens everywhere, this machine reaches it by its own address.
  if (address === '0.0.0.0') return `http://127.0.0.1:${port}`;
  return family === 'IPv6' ? `http://[${address}]:${port}` : `http://${address}:${port}`;
}
