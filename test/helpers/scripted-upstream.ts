import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { listenOnFreePort } from './ports.js';

export interface ReceivedRequest {
  readonly method: string;
  /** Path and query, including the base's `/v1`. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A scripted response. */
export interface ScriptedResponse {
  /** Default: 200. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** Sent as JSON; a string or bytes as they are. */
  readonly body?: unknown;
  /** Delay before the headers, in milliseconds. */
  readonly delayMs?: number;
  /** Delay after the headers and half of the body, in milliseconds. */
  readonly bodyDelayMs?: number;
  /** Instead of a response: closes the connection, never responds, or closes it half-way through the body. */
  readonly fault?: 'reset' | 'hang' | 'truncate';
}

export type Script = (request: ReceivedRequest, nth: number) => ScriptedResponse;

export interface ScriptedUpstream {
  /** The REST base URL, with `/v1`. */
  readonly url: string;
  /** All received requests in order. */
  readonly requests: ReceivedRequest[];
  /** Scripts the responses for a method and path (below `/v1`; a string is compared without the query). */
  on(
    method: string,
    path: string | RegExp,
    script: ScriptedResponse | readonly ScriptedResponse[] | Script,
  ): void;
  /** Clears all rules and requests. */
  reset(): void;
  /** Requests whose client closed the connection before the whole response was sent. */
  readonly abandoned: ReceivedRequest[];
  /** The number of open connections. */
  connections(): number;
  /** The largest number of concurrent requests. */
  maxInFlight(): number;
  close(): Promise<void>;
}

interface Rule {
  readonly method: string;
  readonly path: string | RegExp;
  readonly script: Script;
  calls: number;
}

export interface ScriptedUpstreamOptions {
  /** Default: a free one, which nobody else gets after the server has been closed. */
  readonly port?: number;
}

/** Starts a REST server that a test scripts. Requests without a rule get a 404. Close it. */
export async function startScriptedUpstream({
  port,
}: ScriptedUpstreamOptions = {}): Promise<ScriptedUpstream> {
  const rules: Rule[] = [];
  const requests: ReceivedRequest[] = [];
  const abandoned: ReceivedRequest[] = [];
  const sockets = new Set<Socket>();
  const timers = new Set<NodeJS.Timeout>();
  let inFlight = 0;
  let maxInFlight = 0;

  const schedule = (ms: number | undefined, action: () => void) => {
    if (ms === undefined) {
      action();
      return;
    }
    const timer = setTimeout(() => {
      timers.delete(timer);
      action();
    }, ms);
    timers.add(timer);
  };

  const server = createServer((incoming, response) => {
    maxInFlight = Math.max(maxInFlight, ++inFlight);
    response.on('close', () => inFlight--);
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const { method = '', url = '', headers } = incoming;
      const request = { method, path: url, headers, body: Buffer.concat(chunks).toString() };
      requests.push(request);
      const rule = rules.findLast((candidate) => matches(candidate, method, url));
      const scripted = rule?.script(request, rule.calls++) ?? {
        status: 404,
        body: { object: 'not_found_error' },
      };
      response.on('close', () => {
        const brokenHere = scripted.fault === 'reset' || scripted.fault === 'truncate';
        if (!response.writableEnded && !brokenHere) abandoned.push(request);
      });
      schedule(scripted.delayMs, () => {
        send(response, scripted, schedule);
      });
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  if (port === undefined) await listenOnFreePort(server);
  else await once(server.listen(port, '127.0.0.1'), 'listening');

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    abandoned,
    on(method, path, script) {
      rules.push({ method, path, script: toScript(script), calls: 0 });
    },
    reset() {
      rules.length = 0;
      requests.length = 0;
    },
    connections: () => sockets.size,
    maxInFlight: () => maxInFlight,
    async close() {
      for (const timer of timers) clearTimeout(timer);
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Returns multiple responses one by one, then repeats the last one. */
function toScript(script: ScriptedResponse | readonly ScriptedResponse[] | Script): Script {
  if (typeof script === 'function') return script;
  const responses = Array.isArray(script)
    ? (script as readonly ScriptedResponse[])
    : [script as ScriptedResponse];
  return (_request, nth) => responses[Math.min(nth, responses.length - 1)] ?? {};
}

function matches(rule: Rule, method: string, url: string): boolean {
  const path = url.replace(/^\/v1/, '');
  if (rule.method !== method) return false;
  return typeof rule.path === 'string' ? path.split('?')[0] === rule.path : rule.path.test(path);
}

function send(
  response: ServerResponse,
  { status = 200, headers = {}, body, bodyDelayMs, fault }: ScriptedResponse,
  schedule: (ms: number | undefined, action: () => void) => void,
): void {
  if (fault === 'hang') return;
  if (fault === 'reset') {
    response.destroy();
    return;
  }
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(asText(body));
  response.writeHead(status, {
    ...(bytes.length > 0 ? { 'content-type': 'application/json' } : {}),
    'content-length': String(bytes.length),
    ...(headers as OutgoingHttpHeaders),
  });
  if (fault === 'truncate') {
    response.write(bytes.subarray(0, bytes.length >> 1), () => response.destroy());
  } else if (bodyDelayMs !== undefined) {
    response.write(bytes.subarray(0, bytes.length >> 1));
    schedule(bodyDelayMs, () => response.end(bytes.subarray(bytes.length >> 1)));
  } else if (status === 204 || status === 304) {
    response.end();
  } else {
    response.end(bytes);
  }
}

function asText(body: unknown): string {
  if (body === undefined) return '';
  return typeof body === 'string' ? body : JSON.stringify(body);
}
