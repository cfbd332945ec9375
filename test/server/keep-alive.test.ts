import { readConfig } from '../../src/config.js';
import { retireWithinMs } from '../../src/main/workers/timing.js';
import { startTestGateway } from '../helpers/gateway.js';
import { openRaw } from '../helpers/raw-client.js';

async function withGateway(env: Readonly<Record<string, string>>, use: (url: string) => Promise<void>) {
  const gateway = await startTestGateway({ demandApiUrl: 'http://127.0.0.1:1/v1', env });
  try {
    await use(gateway.url);
  } finally {
    await gateway.close();
  }
}

test('an unused connection is closed after KEEP_ALIVE_TIMEOUT_MS', async () => {
  await withGateway({ KEEP_ALIVE_TIMEOUT_MS: '100' }, async (url) => {
    const client = await openRaw(url);
    client.send('GET /healthz HTTP/1.1\r\nHost: gateway\r\n\r\n');
    expect(await client.untilClosed()).toMatch(/^HTTP\/1\.1 200 /);
  });
});

test.each([
  [{}, 'timeout=72'],
  [{ KEEP_ALIVE_TIMEOUT_MS: '620000' }, 'timeout=620'],
])('the Keep-Alive header states the timeout: %j', async (env, told) => {
  await withGateway(env, async (url) => {
    const response = await fetch(`${url}/healthz`);
    await response.text();
    expect(response.headers.get('keep-alive')).toBe(told);
  });
});

test('a worker that is replaced waits for unused connections to end', () => {
  const environment = { KEEP_ALIVE_TIMEOUT_MS: '620000', REQUEST_TIMEOUT_MS: '15000' };
  expect(retireWithinMs(readConfig(environment))).toBe(636_000);
  expect(retireWithinMs(readConfig({}))).toBe(88_000);
});
