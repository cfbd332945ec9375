import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { demo } from '../../src/emulator/index.js';
import { callApi, demoPaths, startTestEmulator, until, type TestEmulator } from '../helpers/emulator.js';
import { startTestGateway, type TestGateway } from '../helpers/gateway.js';

const id = `${demo.accountId}/${demo.projectId}/${demo.live.targetGroupId}/${demo.live.fieldingRunId}`;
const RUN_UPDATED = `subscription Run($id: ID!) { fieldingRunUpdated(id: $id) { id status version } }`;

let emulator: TestEmulator;
let gateway: TestGateway;
beforeAll(async () => {
  emulator = await startTestEmulator();
  gateway = await startTestGateway({
    demandApiUrl: emulator.url,
    env: { LOG_LEVEL: 'error', EVENT_POLL_MIN_MS: '50' },
  });
});
afterAll(async () => {
  await gateway.close();
  await emulator.close();
});

test('graphql-ws', async () => {
  const client = createClient({
    url: `${gateway.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { Authorization: 'Bearer demo' },
  });
  const seen: unknown[] = [];
  const errors: unknown[] = [];
  const end = client.subscribe(
    { query: RUN_UPDATED, variables: { id } },
    { next: (v) => seen.push(v), error: (e) => errors.push(e), complete: () => seen.push('complete') },
  );
  await until(() => seen.length + errors.length > 0);
  console.log(JSON.stringify(seen), errors);
  const q = [];
  for await (const r of client.iterate({ query: '{ __typename }' })) q.push(r);
  console.log(JSON.stringify(q));
  const r = await callApi(emulator, 'POST', `${demoPaths.run(demo.live)}/pause`, {
    headers: { 'if-match': `W/"${(seen[0] as any).data.fieldingRunUpdated.version}"` },
  });
  console.log(r.status);
  await until(() => seen.length + errors.length > 1);
  console.log(JSON.stringify(seen), errors);
  end();
  await client.dispose();
  for (const accept of [
    'text/event-stream',
    'multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/json',
    'application/json',
  ]) {
    const abort = new AbortController();
    const r = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      signal: abort.signal,
      headers: { accept, authorization: 'Bearer demo', 'content-type': 'application/json' },
      body: JSON.stringify({ query: RUN_UPDATED, variables: { id } }),
    });
    console.log(r.status, Object.fromEntries(r.headers));
    setTimeout(() => abort.abort(), 300);
    let text = '';
    try {
      for await (const c of r.body!) text += Buffer.from(c);
    } catch {}
    console.log(JSON.stringify(text));
  }
});
