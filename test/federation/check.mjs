/**
 * Composes the gateway with a second subgraph, and runs operations across both through Hive Gateway
 * (https://the-guild.dev/graphql/hive/docs/gateway). All run as in production.
 *
 *     npm run check:federation
 */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { composeServices } from '@theguild/federation-composition';
import { parse } from 'graphql';
import { freePorts } from '../../scripts/free-ports.mjs';
import { sdl as notesSdl, startNotes } from './notes.mjs';

const READY_WITHIN_MS = 60_000;
const ANSWERED_WITHIN_MS = 15_000;
const PROJECT = '101/01BTGNYV6HRNK8K8VKZASZCFP0';
const TARGET_GROUP = `${PROJECT}/01BTGNYV6HRNK8K8VKZASZCFP1`;
const SECOND = `${PROJECT}/01BTGNYV6HRNK8K8VKZASZCFP5`;
const RUN = `${TARGET_GROUP}/01BTGNYV6HRNK8K8VKZASZCFP2`;
const MISSING = `${PROJECT}/01BTGNYV6HRNK8K8VKZASZCFZZ`;

const folder = import.meta.dirname;
const root = join(folder, '../..');
const scratch = mkdtempSync(join(tmpdir(), 'fieldgate-federation-'));
const children = [];
process.once('exit', (code) => {
  for (const { name, kill, output } of children) {
    kill('SIGKILL');
    if (code !== 0) console.error(`--- ${name}\n${output().slice(-3000)}`);
  }
  rmSync(scratch, { recursive: true, force: true });
});

install();
const [emulatorPort, gatewayPort, routerPort] = await freePorts(3);
const base = (port, path = '') => `http://127.0.0.1:${port}${path}`;
start('emulator', ['dist/emulator/main.js', '--port', emulatorPort, '--control']);
await answers(base(emulatorPort, '/__emulator'));
start('gateway', ['dist/main.js'], {
  NODE_ENV: 'production',
  FEDERATION: 'true',
  PORT: String(gatewayPort),
  DEMAND_API_URL: base(emulatorPort, '/v1'),
});
const notes = await startNotes([
  { id: 'note-1', text: 'Ask for more screens.', targetGroupId: TARGET_GROUP },
  { id: 'note-2', text: 'Delayed by the client.', targetGroupId: SECOND },
  { id: 'note-3', text: 'Also ask the supplier.', targetGroupId: TARGET_GROUP },
]);
await answers(base(gatewayPort, '/readyz'));

const { data: service } = await execute(gatewayPort, '{ _service { sdl } }');
writeFileSync(join(scratch, 'supergraph.graphql'), supergraph(service._service.sdl));
start(
  'router',
  [
    join(folder, 'node_modules/.bin/hive-gateway'),
    ...['supergraph', join(scratch, 'supergraph.graphql')],
    ...['--config-path', join(folder, 'gateway.config.mjs'), '--host', '127.0.0.1'],
    ...['--port', routerPort, '--fork', '1'],
  ],
  { NODE_ENV: 'production' },
);
await answers(base(routerPort, '/readiness'));

await check('a query from the notes into the graph, in one read of each target group', async () => {
  await forgetCalls();
  const { data, errors } = await execute(
    routerPort,
    '{ notes { nodes { text targetGroup { id name } } pageInfo { hasNextPage } } }',
  );
  assert.equal(errors, undefined);
  assert.deepEqual(
    data.notes.nodes.map(({ targetGroup: { id, name } }) => [id, typeof name]),
    [TARGET_GROUP, SECOND, TARGET_GROUP].map((id) => [id, 'string']),
  );
  const paths = await calls();
  assert.equal(paths.length, 2);
  for (const id of [TARGET_GROUP, SECOND]) {
    assert.ok(
      paths.some((path) => path.includes(id.split('/')[2])),
      `${id} was not read: ${paths}`,
    );
  }
});

await check('a query from the graph into the notes', async () => {
  const { data, errors } = await execute(
    routerPort,
    'query ($id: ID!) { targetGroups(projectId: $id, first: 100) { nodes { id name notes { text } } } }',
    { id: PROJECT },
  );
  assert.equal(errors, undefined);
  const { notes: found } = data.targetGroups.nodes.find(({ id }) => id === TARGET_GROUP);
  assert.deepEqual(
    found.map(({ text }) => text),
    ['Ask for more screens.', 'Also ask the supplier.'],
  );
});

await check('`node` finds what either subgraph has, by a fragment with fields of that subgraph', async () => {
  const node = async (id, selection) => {
    const query = `{ node(id: ${JSON.stringify(id)}) { ${selection} } }`;
    const { data, errors } = await execute(routerPort, query);
    assert.equal(errors, undefined);
    return data.node;
  };
  const targetGroup = await node(TARGET_GROUP, 'id ... on TargetGroup { name }');
  assert.deepEqual([targetGroup.id, typeof targetGroup.name], [TARGET_GROUP, 'string']);
  assert.equal(await node(MISSING, 'id ... on TargetGroup { name }'), null);
  assert.deepEqual(await node('note-2', 'id ... on Note { text }'), {
    id: 'note-2',
    text: 'Delayed by the client.',
  });
});

await check('`_entities` rejects an account without access, and only that entity', async () => {
  const representations = ['202/01BTGNYV6HRNK8K8VKZASZCFP0', PROJECT, `101/01BTGNYV6HRNK8K8VKZASZCFZZ`].map(
    (id) => ({ __typename: 'Project', id }),
  );
  const { data, errors } = await execute(
    gatewayPort,
    'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Project { id name } } }',
    { of: representations },
  );
  assert.deepEqual(
    data._entities.map((entity) => entity?.id),
    [undefined, PROJECT, undefined],
  );
  assert.deepEqual(
    errors.map(({ path, extensions }) => [path, extensions.code]),
    [[['_entities', 0], 'FORBIDDEN']],
  );
});

await check('a subscription across both', async () => {
  const events = await subscribe(
    `subscription { fieldingRunUpdated(id: "${RUN}") { status targetGroup { name notes { text } } } }`,
  );
  const first = await events.next();
  assert.equal(first.data?.fieldingRunUpdated?.status, 'LIVE', JSON.stringify(first));
  const { data, errors } = await execute(
    routerPort,
    'query ($id: ID!) { fieldingRun(id: $id) { version } }',
    { id: RUN },
  );
  assert.equal(errors, undefined);
  const input = { id: RUN, version: data.fieldingRun.version };
  const paused = await execute(
    routerPort,
    'mutation ($input: PauseFieldingRunInput!) { pauseFieldingRun(input: $input) { userErrors { message } } }',
    { input },
  );
  assert.deepEqual(paused.data?.pauseFieldingRun?.userErrors, [], JSON.stringify(paused));
  const second = await events.next();
  assert.equal(second.data?.fieldingRunUpdated?.status, 'PAUSED', JSON.stringify(second));
  assert.equal(second.data.fieldingRunUpdated.targetGroup.notes.length, 2);
  events.close();
});
process.exit(0);

function supergraph(ownSdl) {
  const { supergraphSdl, errors } = composeServices([
    { name: 'fieldgate', typeDefs: parse(ownSdl), url: base(gatewayPort, '/graphql') },
    { name: 'notes', typeDefs: parse(notesSdl), url: notes.url },
  ]);
  assert.deepEqual(errors ?? [], []);
  return supergraphSdl;
}

async function check(name, run) {
  await run().catch((cause) => {
    throw new Error(`Failed: ${name}`, { cause });
  });
  console.log(`ok: ${name}`);
}

async function execute(port, query, variables) {
  const response = await fetch(base(port, '/graphql'), {
    method: 'POST',
    headers: { authorization: 'Bearer demo', 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
    signal: AbortSignal.timeout(ANSWERED_WITHIN_MS),
  });
  return await response.json();
}

/** Subscribes over Server-Sent Events (the distinct connections mode of graphql-sse). */
async function subscribe(query) {
  const controller = new AbortController();
  const response = await fetch(base(routerPort, '/graphql'), {
    method: 'POST',
    headers: {
      authorization: 'Bearer demo',
      accept: 'text/event-stream',
      'content-type': 'application/json',
    },
    body: JSON.stringify({ query }),
    signal: controller.signal,
  });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  return {
    async next() {
      for (;;) {
        const event = /(?:^|\n)event: next\ndata: (.*)\n\n/.exec(text);
        if (event !== null) {
          text = text.slice(event.index + event[0].length);
          return JSON.parse(event[1]);
        }
        const read = await Promise.race([
          reader.read(),
          sleep(ANSWERED_WITHIN_MS, undefined, { ref: false }),
        ]);
        assert.ok(read?.value !== undefined, `no event came after ${JSON.stringify(text)}`);
        text += read.value;
      }
    },
    close: () => controller.abort(),
  };
}

async function forgetCalls() {
  await fetch(base(emulatorPort, '/__emulator/requests'), { method: 'DELETE' });
}

async function calls() {
  const response = await fetch(base(emulatorPort, '/__emulator/requests'));
  const { requests } = await response.json();
  return requests.map(({ path }) => path);
}

function install() {
  if (existsSync(join(folder, 'node_modules/.package-lock.json'))) return;
  console.log('Installing Hive Gateway.');
  const options = ['ci', '--prefix', folder, '--no-audit', '--no-fund', '--ignore-scripts'];
  const { status } = spawnSync('npm', options, { stdio: ['ignore', 'ignore', 'inherit'] });
  assert.equal(status, 0, 'npm could not install Hive Gateway');
}

/** Only what is named here reaches a program: the caller's environment must not decide. */
function start(name, options, environment = {}) {
  const child = spawn(process.execPath, options.map(String), {
    cwd: root,
    env: { PATH: process.env.PATH, HOST: '127.0.0.1', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const chunks = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => chunks.push(chunk));
  children.push({
    name,
    kill: (signal) => child.kill(signal),
    output: () => Buffer.concat(chunks).toString(),
  });
}

async function answers(url) {
  const deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) }).catch(() => undefined);
    if (response?.ok) return;
    assert.ok(Date.now() < deadline, `${url} did not answer within ${READY_WITHIN_MS} ms`);
    await sleep(100);
  }
}
