import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import { atMostEvery } from '../../src/telemetry/at-most-every.js';
import { serveMetricsAlone } from '../../src/telemetry/metrics/metrics-server.js';

test('metrics that cannot be read are logged, not with every scrape', async () => {
  const lines: string[] = [];
  const logger = pino({}, { write: (line: string) => lines.push(line) });
  const broken = () => Promise.reject(new Error('A broken collector.'));
  const server = await serveMetricsAlone(0, '127.0.0.1', broken, logger);
  try {
    for (let scrape = 0; scrape < 3; scrape += 1) {
      expect((await fetch(`${server.url}/metrics`)).status).toBe(500);
    }
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      expect.objectContaining({
        level: 50,
        msg: 'The metrics cannot be read.',
        err: expect.objectContaining({ message: 'A broken collector.' }),
      }),
    ]);
    const post = await fetch(`${server.url}/metrics`, { method: 'POST' });
    expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    expect((await fetch(server.url)).status).toBe(404);
    expect(lines).toHaveLength(1);
  } finally {
    await server.close();
  }
});

test('a function that is limited to once a minute runs again after a minute', () => {
  let now = 5;
  const done: string[] = [];
  const act = atMostEvery(
    60_000,
    (name: string) => void done.push(name),
    () => now,
  );
  act('first');
  now += 59_999;
  act('too early');
  now += 1;
  act('second');
  act('too early');
  expect(done).toEqual(['first', 'second']);
});
