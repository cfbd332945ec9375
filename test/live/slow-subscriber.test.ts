/** A subscriber for whom more changes wait than are kept gets an error that says so, and that is not the gateway's. */
import { pino } from 'pino';
import { startTestGateway, type TestGateway } from '../helpers/gateway.js';
import { startScriptedUpstream, type ScriptedUpstream } from '../helpers/scripted-upstream.js';
import { until } from '../helpers/until.js';
import { project } from '../upstream/faults/demand.js';
import { FAST_POLLING, ReceivedResults, sseClient, webSocketClient } from './live-fixture.js';

/** One waits for no one, and one more than are kept. */
const CHANGED = 10_002;

let upstream: ScriptedUpstream;
let gateway: TestGateway;
let lines: string[];

beforeEach(async () => {
  lines = [];
  upstream = await startScriptedUpstream();
  gateway = await startTestGateway({
    demandApiUrl: upstream.url,
    // Outside production, results say what they cost.
    env: { NODE_ENV: 'production', ...FAST_POLLING },
    logger: pino({ level: 'warn' }, { write: (line: string) => lines.push(line) }),
  });
});
afterEach(async () => {
  await gateway.close();
  await upstream.close();
});

test.each([
  ['WebSocket', webSocketClient],
  ['Server-Sent Events', sseClient],
])('over %s', async (_transport, connect) => {
  let name = 'before';
  upstream.on('GET', `${project.path}/target-groups`, () => ({
    body: {
      has_more: false,
      target_groups: Array.from({ length: CHANGED }, (_, item) => ({ id: `T${item}`, name })),
    },
  }));
  const client = connect(gateway);
  const received = new ReceivedResults();
  const query = `
    query Other { __typename }
    subscription Changes { ...Root }
    fragment Root on Subscription { ... { changed: targetGroupUpdated(projectId: "${project.id}") { name } } }
  `;
  client.subscribe({ query, operationName: 'Changes' }, received.sink);
  await until(() => upstream.requests.length >= 2);
  name = 'after';
  await until(() => received.end !== undefined);
  const errors = [
    {
      message: expect.stringMatching(/^More target groups have changed than the client has received in time/),
      path: ['changed'],
      extensions: { code: 'RATE_LIMITED', retryable: true, traceId: expect.any(String) },
    },
  ];
  const changed = { data: { changed: { name: 'after' } } };
  expect([...received.results, received.end]).toEqual(
    connect === webSocketClient ? [changed, errors] : [changed, { errors }, 'complete'],
  );
  expect(lines).toEqual([]);
  await client.dispose();
});
