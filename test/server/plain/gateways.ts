import { createServer } from 'node:http';
import { createHttpServer, type HttpServerFactory } from '../../../src/server/http/http-server.js';
import { startTestGateway, type TestGateway, type TestGatewayOptions } from '../../helpers/gateway.js';

/** A gateway all of whose requests Node.js' own server reads, and how many by the ports of the clients. Close it. */
export async function startReadByNode(
  options: TestGatewayOptions,
): Promise<{ readonly gateway: TestGateway; readonly requests: ReadonlyMap<number, number> }> {
  const requests = new Map<number, number>();
  const serverFactory: HttpServerFactory = ({ others }, { keepAliveTimeout }) => {
    const server = createServer((request, response) => {
      const port = request.socket.remotePort ?? 0;
      requests.set(port, (requests.get(port) ?? 0) + 1);
      others(request, response);
    });
    server.keepAliveTimeout = Number(keepAliveTimeout);
    return server;
  };
  return { gateway: await startTestGateway({ ...options, serverFactory }), requests };
}

/** How many requests were read in which way. */
export interface Read {
  plain: number;
  others: number;
}

/** A gateway, and how it reads. Close it. */
export async function startCounting(
  options: TestGatewayOptions,
): Promise<{ readonly gateway: TestGateway; readonly read: Read }> {
  const read: Read = { plain: 0, others: 0 };
  const serverFactory: HttpServerFactory = ({ plain, others }, times) =>
    createHttpServer(
      {
        plain: (exchange) => {
          read.plain += 1;
          plain(exchange);
        },
        others: (request, response) => {
          read.others += 1;
          others(request, response);
        },
      },
      times,
    );
  return { gateway: await startTestGateway({ ...options, serverFactory }), read };
}
