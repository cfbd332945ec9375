import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { startTestGateway, type Answer, type TestGateway } from '../helpers/gateway.js';

const QUERY = 'query Run($id: ID!) { fieldingRun(id: $id) { version } }';
const MUTATION = `mutation Pause($input: PauseFieldingRunInput!) {
  pauseFieldingRun(input: $input) { userErrors { code } }
}`;

/** An upstream that holds every response until `release` is called, and none from then on. */
class HeldUpstream {
  readonly requests: string[] = [];
  readonly #server: Server;
  #held: (() => void)[] | undefined = [];

  private constructor() {
    this.#server = createServer((request, response) => {
      this.requests.push(`${request.method} ${request.url}`);
      const answer = () => response.setHeader('content-type', 'application/json').end(JSON.stringify(RUN));
      if (this.#held === undefined) answer();
      else this.#held.push(answer);
    });
  }

  static async start(): Promise<HeldUpstream> {
    const upstream = new HeldUpstream();
    await new Promise<void>((resolve) => upstream.#server.listen(0, '127.0.0.1', resolve));
    return upstream;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const answer of held) answer();
  }

  async received(count: number): Promise<void> {
    while (this.requests.length < count) await sleep(5);
  }

  async close(): Promise<void> {
    this.release();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

const RUN = {
  id: '01BTGNYV6HRNK8K8VKZASZCFP2',
  account_id: '101',
  project_id: '01BTGNYV6HRNK8K8VKZASZCFP0',
  target_group_id: '01BTGNYV6HRNK8K8VKZASZCFP1',
  status: 'Live',
  version: 5,
  start_fielding_at: '2026-11-06T02:00:00.000Z',
  end_fielding_at: '2026-12-30T21:00:00.000Z',
  last_changed_at: '2026-11-21T05:00:00.000Z',
  last_changed_by: '3b0f6f1e-5a0c-4f0e-9a53-0d5e6d1c7a01',
};

let upstream: HeldUpstream;
let quiet: AbortController;
let gateway: TestGateway | undefined;

beforeEach(async () => {
  quiet = new AbortController();
  upstream = await HeldUpstream.start();
});
afterEach(async () => {
  quiet.abort();
  upstream.release();
  await gateway?.close();
  await upstream.close();
});

async function start(env: Readonly<Record<string, string>>, logger = pino({ level: 'silent' })) {
  return (gateway = await startTestGateway({ demandApiUrl: upstream.url, env, logger }));
}

/** Reads a fielding run that no other read asks for. */
function read(nth: number, signal?: AbortSignal): Promise<Answer<unknown>> {
  const variables = { id: `${nth}/${RUN.project_id}/${RUN.target_group_id}/${RUN.id}` };
  return gateway!.execute(QUERY, variables, signal === undefined ? {} : { signal });
}

function post(body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return fetch(`${gateway!.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer demo', ...headers },
    body: JSON.stringify(body),
  });
}

/** Starts reads that the upstream holds. */
async function hold(count: number): Promise<{ readonly answers: Promise<readonly Answer<unknown>[]> }> {
  const answers = Promise.all(Array.from({ length: count }, (_, nth) => read(nth)));
  await upstream.received(count);
  return { answers };
}

const useful = { status: 200, data: { fieldingRun: { version: '5' } }, errors: [] };
const rejection = {
  errors: [
    {
      message: 'The gateway is overloaded; nothing was done.',
      extensions: {
        code: 'RATE_LIMITED',
        retryable: true,
        retryAfterSeconds: 1,
        traceId: expect.stringMatching(/^[\da-f]{32}$/),
      },
    },
  ],
};

describe('At the limit of requests in flight', () => {
  test('rejects the next one at once without a call upstream, and finishes those in flight', async () => {
    await start({ MAX_REQUESTS_IN_FLIGHT: '2' });
    const { answers } = await hold(2);

    const response = await post({ query: QUERY, variables: { id: '3' } }, { origin: 'https://any.example' });
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('1');
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('connection')).not.toBe('close');
    expect(await response.json()).toEqual(rejection);

    upstream.release();
    expect(await answers).toMatchObject([useful, useful]);
    expect(upstream.requests).toHaveLength(2);
    expect(await read(3)).toMatchObject(useful);
  });

  test('rejects a mutation without making the change', async () => {
    await start({ MAX_REQUESTS_IN_FLIGHT: '1' });
    await hold(1);
    const id = `101/${RUN.project_id}/${RUN.target_group_id}/${RUN.id}`;
    const response = await post({ query: MUTATION, variables: { input: { id, version: '5' } } });
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual(rejection);
    upstream.release();
    await read(2);
    expect(upstream.requests.filter((request) => request.startsWith('POST'))).toEqual([]);
  });

  test.each([
    ['*/*', 'application/json; charset=utf-8'],
    ['application/json', 'application/json; charset=utf-8'],
    ['application/graphql-response+json', 'application/graphql-response+json; charset=utf-8'],
    [
      'application/graphql-response+json, application/json;q=0.9',
      'application/graphql-response+json; charset=utf-8',
    ],
  ])('answers a client that accepts %s with %s', async (accept, contentType) => {
    await start({ MAX_REQUESTS_IN_FLIGHT: '1' });
    await hold(1);
    const response = await post({ query: QUERY }, { accept });
    expect([response.status, response.headers.get('content-type')]).toEqual([503, contentType]);
    expect(await response.json()).toEqual(rejection);
  });

  test('rejects within the trace of the caller', async () => {
    await start({ MAX_REQUESTS_IN_FLIGHT: '1' });
    await hold(1);
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const response = await post({ query: QUERY }, { traceparent: `00-${traceId}-00f067aa0ba902b7-01` });
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { traceId } }] });
  });

  test('rejects a request before its body is read, even a large one', async () => {
    await start({ MAX_REQUESTS_IN_FLIGHT: '1' });
    await hold(1);
    const response = await post({ query: 'x'.repeat(3 * 1024 * 1024) });
    expect([response.status, await response.json()]).toEqual([503, rejection]);
  });

  test('rejects a query by GET', async () => {
    await start({ MAX_REQUESTS_IN_FLIGHT: '1' });
    await hold(1);
    const response = await fetch(`${gateway!.url}/graphql?query=${encodeURIComponent('{ __typename }')}`, {
      headers: { authorization: 'Bearer demo' },
    });
    expect([response.status, await response.json()]).toEqual([503, rejection]);
  });

  test('still answers everything else', async () => {
    await start({ MAX_REQUESTS_IN_FLIGHT: '1' });
    await hold(1);
    const status = async (path: string, init: RequestInit = {}) => {
      const response = await fetch(gateway!.url + path, init);
      await response.arrayBuffer();
      return response.status;
    };
    expect(await status('/healthz')).toBe(200);
    expect(await status('/readyz')).toBe(200);
    expect(await status('/graphiql')).toBe(200);
    expect(await status('/graphql', { headers: { accept: 'text/html' } })).toBe(200);
    const headers = { origin: 'https://any.example', 'access-control-request-method': 'POST' };
    expect(await status('/graphql', { method: 'OPTIONS', headers })).toBe(204);
  });

  test('frees the slot of a client that goes away', async () => {
    await start({ MAX_REQUESTS_IN_FLIGHT: '1' });
    const caller = new AbortController();
    const left = expect(read(1, caller.signal)).rejects.toThrow();
    await upstream.received(1);
    caller.abort();
    await left;
    upstream.release();
    while ((await read(2)).status === 503) await sleep(5);
    expect(await read(3)).toMatchObject(useful);
  });

  test('closes the connection after a rejection while it is closing', async () => {
    const own = await start({ MAX_REQUESTS_IN_FLIGHT: '1' });
    const { answers } = await hold(1);
    const closed = own.close();
    const response = await post({ query: QUERY });
    expect([response.status, response.headers.get('connection')]).toEqual([503, 'close']);
    upstream.release();
    expect(await answers).toMatchObject([useful]);
    await closed;
  });
});

describe('While the event loop is saturated', () => {
  /** Keeps the event loop, which is the gateway's too, from idling until `quiet` is aborted. */
  async function keepBusy(): Promise<void> {
    while (!quiet.signal.aborted) {
      const until = performance.now() + 5;
      while (performance.now() < until);
      await nextTurn();
    }
  }

  test('rejects requests that would wait too long, and recovers', async () => {
    const lines: object[] = [];
    const logger = pino({ level: 'warn' }, { write: (line) => void lines.push(JSON.parse(line) as object) });
    await start({ OVERLOAD_WAIT_MS: '1', DEMAND_API_CONCURRENCY: '70' }, logger);
    // Reads that wait for the REST API do not count as overload.
    const { answers } = await hold(70);
    expect(lines).toEqual([]);

    void keepBusy();
    const more: Promise<Answer<unknown>>[] = [];
    let answer: Answer<unknown> | undefined;
    while (answer?.status !== 503) {
      const next = read(1000 + more.length);
      more.push(next);
      answer = await Promise.race([next, sleep(20, undefined)]);
    }
    expect({ errors: answer.errors }).toEqual(rejection);
    quiet.abort();

    upstream.release();
    for (const one of await answers) expect(one).toMatchObject(useful);
    await Promise.all(more);
    while ((await read(5000)).status === 503) await sleep(20);
    expect(await read(5001)).toMatchObject(useful);
    // Rejections are reported with the next sample.
    while (lines.length === 0) await sleep(20);
    expect(lines).toEqual([
      expect.objectContaining({ level: 40, msg: 'The gateway is overloaded and rejects requests.' }),
    ]);
  });

  test('never rejects a few requests', async () => {
    await start({ OVERLOAD_WAIT_MS: '1' });
    const { answers } = await hold(60);
    void keepBusy();
    await sleep(1000);
    upstream.release();
    for (const one of await answers) expect(one).toMatchObject(useful);
    expect(await read(100)).toMatchObject(useful);
    quiet.abort();
  });
});
