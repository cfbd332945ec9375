import { createServer, request as httpRequest } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

export interface TestProxy {
  readonly port: number;
  /** All requests in order: `CONNECT host:port`, or a method and an absolute URL. */
  readonly requests: readonly string[];
  /** The `Proxy-Authorization` of each request. */
  readonly credentials: readonly (string | undefined)[];
  /** Responds to everything with this status instead of forwarding; 0 never responds, -1 closes connections. */
  refuse(status: number): void;
  /** The number of open connections. */
  connections(): number;
  close(): Promise<void>;
}

/** Starts an HTTP proxy on a free port, for tunnels and plain HTTP. Close it. */
export async function startTestProxy(): Promise<TestProxy> {
  const requests: string[] = [];
  const credentials: (string | undefined)[] = [];
  const clients = new Set<Socket>();
  const upstreams = new Set<Socket>();
  let refusalStatus: number | undefined;

  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    const { 'proxy-authorization': credential, ...headers } = request.headers;
    credentials.push(credential);
    if (refusalStatus === 0) return;
    if (refusalStatus === -1) {
      request.socket.destroy();
      return;
    }
    if (refusalStatus !== undefined) {
      response
        .writeHead(refusalStatus, { 'proxy-authenticate': 'Basic' })
        .end('<h1>Refused by the proxy</h1>');
      return;
    }
    const { method } = request;
    const upstreamRequest = httpRequest(request.url ?? '', {
      headers,
      ...(method && { method }),
      agent: false,
    });
    upstreamRequest.on('response', (upstreamResponse) => {
      response.writeHead(upstreamResponse.statusCode ?? 502, upstreamResponse.headers);
      upstreamResponse.pipe(response);
    });
    upstreamRequest.on('error', () => response.writeHead(502).end());
    request.pipe(upstreamRequest);
  });
  server.on('connect', (request, client: Socket, head: Buffer) => {
    requests.push(`CONNECT ${request.url}`);
    credentials.push(request.headers['proxy-authorization']);
    client.on('error', () => client.destroy());
    if (refusalStatus === 0) {
      client.resume().on('end', () => client.destroy());
      return;
    }
    if (refusalStatus === -1) {
      client.destroy();
      return;
    }
    if (refusalStatus !== undefined) {
      client.end(`HTTP/1.1 ${refusalStatus} No\r\nContent-Length: 2\r\n\r\n{}`);
      return;
    }
    const { hostname, port } = new URL(`http://${request.url}`);
    const upstream = connect(Number(port), hostname, () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.write(head);
      upstream.pipe(client).pipe(upstream);
    });
    upstreams.add(upstream);
    upstream.on('error', () => client.destroy());
    client.on('close', () => upstream.destroy());
  });
  server.on('connection', (client) => {
    clients.add(client);
    client.on('close', () => clients.delete(client));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    port: (server.address() as AddressInfo).port,
    requests,
    credentials,
    refuse: (status) => (refusalStatus = status),
    connections: () => clients.size,
    async close() {
      for (const socket of [...clients, ...upstreams]) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
