import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/**
 * Ports of each worker of Jest, below those that Linux gives to whoever asks for any (32768 and up): no other server takes such a port
 * between two programs that use it, and gets the requests that were meant for the first.
 */
const FIRST_PORT = 20_000;
const PORTS_PER_WORKER = 1_000;
const workersFirstPort = FIRST_PORT + (Number(process.env['JEST_WORKER_ID'] ?? 0) % 12) * PORTS_PER_WORKER;
let nextPort = Math.floor(Math.random() * PORTS_PER_WORKER);

/** A port that is free at the moment, and that this worker has not got lately. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listenOnFreePort(server);
  await once(server.close(), 'close');
  return port;
}

/** Lets a server listen on such a port. Nobody else gets it after the server has been closed. */
export async function listenOnFreePort(server: Server): Promise<number> {
  for (;;) {
    const port = workersFirstPort + nextPort;
    nextPort = (nextPort + 1) % PORTS_PER_WORKER;
    try {
      await once(server.listen(port, '127.0.0.1'), 'listening');
      return port;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    }
  }
}
