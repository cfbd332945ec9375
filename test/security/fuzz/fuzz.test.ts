/**
 * Random requests to the program: none gets a 5xx of its own making, none ends the process, and whatever a response rejects has
 * sent nothing upstream. `FUZZ_REQUESTS` is how many: by default 2000 in CI, and 600 elsewhere; the long form has 100,000.
 */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { randomRuns } from '../../helpers/random-runs.js';
import { FuzzClient, type FuzzResponse } from './client.js';
import { fuzzRequest, type FuzzRequest } from './requests.js';
import { startTarget, type Target } from './target.js';

const REQUESTS = Number(process.env['FUZZ_REQUESTS'] ?? randomRuns(2000, 600));
const AT_A_TIME = 8;
const MS_PER_REQUEST = 20;
/** What caches may take after the first quarter of the requests, in MiB. */
const MAX_GROWTH_MIB = 100;

jest.setTimeout(60_000 + REQUESTS * MS_PER_REQUEST);

let target: Target;
beforeAll(async () => {
  target = await startTarget();
});
afterAll(() => target.close());

/** Whether a response says that nothing was done: by its status, or by errors without data. */
function isRejection({ status, body }: FuzzResponse): boolean {
  return status >= 400 || (body.includes('"errors":') && !body.includes('"data":'));
}

test('no request causes a failure, and no rejected request has an effect', async () => {
  const clients = Array.from({ length: AT_A_TIME }, () => new FuzzClient(target.port));
  /** The traces of what was rejected. Every call to the Demand API has the trace of its request. */
  const rejected = new Set<string>();
  const counts = new Map<string, number>();
  const count = (what: string) => counts.set(what, (counts.get(what) ?? 0) + 1);
  let sent = 0;
  let calls = 0;
  let early: number | undefined;

  const send = async (client: FuzzClient, request: FuzzRequest) => {
    const traceId = randomBytes(16).toString('hex');
    const response = await client.send(request, `00-${traceId}-00f067aa0ba902b7-01`);
    count(`${request.method} ${response.status}`);
    if (isRejection(response)) rejected.add(traceId);
    expect(response.body).not.toMatch(/INTERNAL_SERVER_ERROR|\bat (?:file|node):|node_modules/);
    // 501 is for a method that the gateway does not know, such as `get`.
    if (response.status !== 501) expect(response.status).toBeLessThan(500);
  };

  await fc.assert(
    fc.asyncProperty(
      fc.array(fuzzRequest, { minLength: AT_A_TIME, maxLength: AT_A_TIME }),
      async (requests) => {
        await Promise.all(requests.map((request, nth) => send(clients[nth]!, request)));
        const made = target.upstream.requests.splice(0);
        calls += made.length;
        const wrong = made.filter(({ headers }) =>
          rejected.has(String(headers['traceparent']).split('-')[1] ?? ''),
        );
        expect(wrong.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
        expect(target.hasExited()).toBe(false);
        sent += requests.length;
        if (sent >= REQUESTS / 4) early ??= target.memory();
      },
    ),
    { numRuns: Math.ceil(REQUESTS / AT_A_TIME), endOnFailure: true },
  );
  for (const client of clients) client.close();

  // The requests get as far as the API, and are rejected, both often.
  expect(calls).toBeGreaterThan(REQUESTS / 20);
  expect(rejected.size).toBeGreaterThan(REQUESTS / 20);
  expect(await target.isReady()).toBe(true);
  const late = target.memory();
  if (early !== undefined && late !== undefined) expect(late - early).toBeLessThan(MAX_GROWTH_MIB);
  if (process.env['FUZZ_REQUESTS'] !== undefined) {
    const table = Object.fromEntries([...counts].sort(([, a], [, b]) => b - a));
    process.stdout.write(`${JSON.stringify({ sent, calls, rejected: rejected.size, early, late, table })}\n`);
  }
});
