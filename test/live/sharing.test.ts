/** Subscribers of the same thing share what can be shared. */
import { until } from '../helpers/until.js';
import {
  runUpdated,
  startLiveFixture,
  ReceivedResults,
  webSocketClient,
  type LiveFixture,
} from './live-fixture.js';

let fixture: LiveFixture;
beforeAll(async () => {
  fixture = await startLiveFixture();
});
afterAll(() => fixture.close());

/** The target group is not in what is read of a run. Its read fails, and errors have the trace id of their execution. */
const WITH_TARGET_GROUP = `subscription Run($id: ID!) { fieldingRunUpdated(id: $id) { version targetGroup { name } } }`;
const SUBSCRIBERS = 20;

test.each<[string, (n: number) => string, number]>([
  ['equal operations of one principal are executed once for each event', () => WITH_TARGET_GROUP, 1],
  ['other documents are executed by themselves', (n) => `#${n}\n${WITH_TARGET_GROUP}`, SUBSCRIBERS],
])('%s', async (_, queryOf, executions) => {
  await fixture.emulator.control.faults.add({ method: 'GET', path: '/overview$', status: 403 });
  const client = webSocketClient(fixture.gateway);
  const all = Array.from({ length: SUBSCRIBERS }, () => new ReceivedResults());
  all.forEach((received, n) => {
    client.subscribe({ ...runUpdated, query: queryOf(n) }, received.sink);
  });
  await until(() => all.every(({ results }) => results.length === 1));
  await fixture.change();
  await until(() => all.every(({ results }) => results.length === 2));
  for (const event of [0, 1]) {
    const traceIds = all.map(({ results }) => {
      const { errors } = results[event] as {
        errors: readonly { extensions: { code: string; traceId: string } }[];
      };
      expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
      return errors[0]?.extensions.traceId;
    });
    expect(new Set(traceIds).size).toBe(executions);
  }
  await fixture.emulator.control.faults.clear();
  await client.dispose();
});

test('A token that the Demand API rejects ends the subscription with the error of every operation', async () => {
  const client = webSocketClient(fixture.gateway);
  const received = new ReceivedResults();
  client.subscribe(runUpdated, received.sink);
  await until(() => received.runs.length === 1);
  await fixture.emulator.control.faults.add({ method: 'GET', path: 'fielding-runs', status: 401 });
  await until(() => received.end !== undefined);
  expect(received.end).toMatchObject([
    { extensions: { code: 'UNAUTHENTICATED', retryable: false, traceId: expect.any(String) } },
  ]);
  await client.dispose();
});
