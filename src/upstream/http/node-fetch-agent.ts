import type { EventEmitter } from 'node:events';
import { Agent as HttpAgent, type ClientRequest } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Socket } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import { HttpProxyAgent } from 'http-proxy-agent';
import { HttpsProxyAgent } from 'https-proxy-agent';
import type { ProxyConfig } from '../../config.js';
import { NO_TUNNEL } from './http-failure.js';

/** How long a connection is kept without a request, in milliseconds; less where the server says so. */
const KEEP_MS = 4000;

export interface AgentOptions {
  /** Default: none, connections lead to the server itself. */
  readonly proxy?: ProxyConfig | undefined;
  /** What TLS needs besides Node's defaults, such as the certificate of an authority. */
  readonly secure?: SecureContextOptions;
}

/** The agent for the requests to one server: a pool of at most so many connections, used last in, first out. */
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
  // The first forgets what it has been given; both would find out the protocol from a stack trace, at each request.
  agent.options = { ...agent.options, ...(isSecure && secure), timeout: KEEP_MS };
  agent.protocol = protocol;
  return agent;
}

type ConnectOptions = Parameters<HttpsProxyAgent<string>['connect']>[1];
type ForwardedRequest = Parameters<HttpProxyAgent<string>['connect']>[0];

/** To a server of HTTPS: through a tunnel (RFC 9110, 9.3.6). */
class TunnelAgent extends HttpsProxyAgent<string> {
  override async connect(request: ClientRequest, options: ConnectOptions): Promise<Socket> {
    let status: number | undefined;
    request.once('proxyConnect', ({ statusCode }: { statusCode: number }) => (status = statusCode));
    return await connectThrough(this, request, async () => {
      const socket = await super.connect(request, options);
      if (status === 200) return socket;
      // Else what the proxy has answered would be taken for the server's answer to the request.
      socket.destroy();
      throw new Error(`The proxy opens no tunnel: ${String(status)}.`);
    });
  }
}

/** To a server of HTTP: the proxy is given the request with the whole URL (RFC 9112, 3.2.2). */
class ForwardAgent extends HttpProxyAgent<string> {
  override async connect(request: ForwardedRequest, options: ConnectOptions): Promise<Socket> {
    return await connectThrough(this, request, () => super.connect(request, options));
  }
}

/**
 * Connects, and stops where the request ends before. Whatever fails here, the request has not gone out.
 *
 * @param agent begins to connect with its `connectOpts` when `connect` is called
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
  // A request that has no socket yet does not close when it is aborted.
  const events: EventEmitter = request;
  events.once('abort', stop).once('close', stop);
  try {
    agent.connectOpts = { ...connectOpts, signal: end.signal };
    const connecting = connect();
    agent.connectOpts = connectOpts;
    return await connecting;
  } catch (cause) {
    throw Object.assign(new Error('There is no way through the proxy.', { cause }), { code: NO_TUNNEL });
  } finally {
    events.off('abort', stop).off('close', stop);
  }
}

/** The connections of an agent that are idle. */
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
   * Calls `onReuse` where a request takes one of them. That is known when `send` has returned: a request that has to wait
   * gets a connection that has just carried an answer, and cannot have died while it was idle.
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
      // Else the agent may give it to a request before it is closed.
      socket.emit('agentRemove');
    }
  }
}
