import type { EventEmitter } from 'node:events';
import { Agent as HttpAgent, type ClientRequest } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Socket } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import { HttpProxyAgent } from 'http-proxy-agent';
import { HttpsProxyAgent } from 'https-proxy-agent';
import type { ProxyConfig } from '../../config.js';
import { NO_TUNNEL } from './http-failure.js';

/** How long an idle connection is kept, in milliseconds; less if the server says so. */
const KEEP_MS = 4000;

export interface AgentOptions {
  /** Default: none. */
  readonly proxy?: ProxyConfig | undefined;
  /** TLS options besides Node's defaults, such as the certificate of an authority. */
  readonly secure?: SecureContextOptions;
}

/** Creates a connection pool for one server. Connections are reused last in, first out. */
export function agentFor({ protocol }: URL, maxSockets: number, options: AgentOptions): HttpAgent {
  const { proxy, secure = {} } = options;
  const pool = { keepAlive: true, maxSockets, scheduling: 'lifo' as const, timeout: KEEP_MS };
  const isSecure = protocol === 'https:';
  if (proxy === undefined) return isSecure ? new HttpsAgent({ ...pool, ...secure }) : new HttpAgent(pool);
  const { url, authorization } = proxy;
  const headers = authorization === undefined ? {} : { 'proxy-authorization': authorization };
  const agent = isSecure
    ? new TunnelAgent(url, { ...pool, headers })
    : new ForwardAgent(url, { ...pool, headers });
  // The tunnel agent drops these options, and both agents would derive the protocol from a stack trace at each request.
  agent.options = { ...agent.options, ...(isSecure && secure), timeout: KEEP_MS };
  agent.protocol = protocol;
  return agent;
}

type ConnectOptions = Parameters<HttpsProxyAgent<string>['connect']>[1];
type ForwardedRequest = Parameters<HttpProxyAgent<string>['connect']>[0];

/** Reaches an HTTPS server through a tunnel (RFC 9110, 9.3.6). */
class TunnelAgent extends HttpsProxyAgent<string> {
  override async connect(request: ClientRequest, options: ConnectOptions): Promise<Socket> {
    let status: number | undefined;
    request.once('proxyConnect', ({ statusCode }: { statusCode: number }) => (status = statusCode));
    return await connectThrough(this, request, async () => {
      const socket = await super.connect(request, options);
      if (status === 200) return socket;
      // Otherwise the proxy's response would be taken for the server's.
      socket.destroy();
      throw new Error(`The proxy refused the tunnel: ${String(status)}.`);
    });
  }
}

/** Reaches an HTTP server: the proxy receives the request with an absolute URL (RFC 9112, 3.2.2). */
class ForwardAgent extends HttpProxyAgent<string> {
  override async connect(request: ForwardedRequest, options: ConnectOptions): Promise<Socket> {
    return await connectThrough(this, request, () => super.connect(request, options));
  }
}

/**
 * Connects, and gives up if the request ends first. Nothing has been sent when this fails.
 *
 * @param agent reads its `connectOpts` synchronously in `connect`
 */
async function connectThrough(
  agent: { connectOpts: object },
  request: ClientRequest,
  connect: () => Promise<Socket>,
): Promise<Socket> {
  const { connectOpts } = agent;
  const end = new AbortController();
  const stop = () => {
    end.abort();
  };
  // A request without a socket emits no `close` when it is aborted.
  const events: EventEmitter = request;
  events.once('abort', stop).once('close', stop);
  try {
    agent.connectOpts = { ...connectOpts, signal: end.signal };
    const connecting = connect();
    agent.connectOpts = connectOpts;
    return await connecting;
  } catch (cause) {
    throw Object.assign(new Error('The proxy connection failed.', { cause }), { code: NO_TUNNEL });
  } finally {
    events.off('abort', stop).off('close', stop);
  }
}

/** The idle connections of an agent. */
export class IdleConnections {
  readonly #agent: HttpAgent;
  #onReuse: (() => void) | undefined;

  constructor(agent: HttpAgent) {
    this.#agent = agent;
    const reuseSocket = agent.reuseSocket.bind(agent);
    agent.reuseSocket = (socket, request) => {
      this.#onReuse?.();
      reuseSocket(socket, request);
    };
  }

  /**
   * Calls `onReuse` if the request takes an idle connection. This is decided before `send` returns: a queued request gets
   * a connection that has just delivered a response, and so cannot have died while idle.
   */
  watch<T>(onReuse: () => void, send: () => T): T {
    this.#onReuse = onReuse;
    try {
      return send();
    } finally {
      this.#onReuse = undefined;
    }
  }

  close(): void {
    for (const socket of Object.values(this.#agent.freeSockets).flatMap((sockets = []) => sockets)) {
      socket.destroy();
      // Otherwise the agent may hand it to a request before it closes.
      socket.emit('agentRemove');
    }
  }
}
