import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/**
 * Listens briefly to find a free port.
 *
 * @param port 0 for any free port
 * @returns the port
 * @throws Error if the port is taken, or the host is not one of this machine
 */
export async function freePort(port: number, host: string): Promise<number> {
  const server = createServer().listen({ port, host });
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return address.port;
}
