import { once } from 'node:events';
import { createServer } from 'node:net';

/** Listens, and stops again. @throws Error where that cannot be: the port is taken, or the host is none of this machine */
export async function probePort(port: number, host: string): Promise<void> {
  const server = createServer().listen({ port, host });
  await once(server, 'listening');
  server.close();
  await once(server, 'close');
}
