/**
 * Holds the gateway and the emulator to the OpenAPI file, by Prism (https://github.com/stoplightio/prism), which neither of
 * them knows: first as a proxy between them that answers every violation with an error, then in the emulator's place. The
 * gateway does all operations of `test/documents` each time; operations of the API that it does not use are called directly.
 *
 *     npm run check:contract [-- another-document.yaml]
 */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '../../scripts/free-ports.mjs';

const READY_WITHIN_MS = 30_000;
const ANSWERED_WITHIN_MS = 15_000;
const ACCOUNT = '101';
const PROJECT = '01BTGNYV6HRNK8K8VKZASZCFP0';
const project = `${ACCOUNT}/${PROJECT}`;
const run = (targetGroup, fieldingRun) =>
  `${project}/${PROJECT.slice(0, -2)}${targetGroup}/${PROJECT.slice(0, -2)}${fieldingRun}`;
const targetGroup = (suffix) => `${project}/${PROJECT.slice(0, -2)}${suffix}`;
const inDays = (days) => new Date(Date.now() + days * 86_400_000).toISOString();

const folder = import.meta.dirname;
const root = join(folder, '../..');
const document = process.argv[2] ?? join(root, 'schema/demand-api.openapi.yaml');
const children = [];
process.once('exit', () => children.forEach((child) => child.kill('SIGKILL')));

install();
const [emulatorPort, proxyPort, gatewayPort, mockPort, mockedGatewayPort] = await freePorts(5);
const base = (port, path = '') => `http://127.0.0.1:${port}${path}`;

start('emulator', ['dist/emulator/main.js', '--port', emulatorPort, '--control']);
await answers(base(emulatorPort, '/__emulator'));
const proxy = startPrism('proxy', document, base(emulatorPort, '/v1'), '--errors', '--port', proxyPort);
const mock = startPrism('mock', document, '--errors', '--port', mockPort);
await Promise.all([proxyPort, mockPort].map((port) => answers(base(port, '/accounts'))));
startGateway(gatewayPort, proxyPort);
startGateway(mockedGatewayPort, mockPort);
await Promise.all([gatewayPort, mockedGatewayPort].map((port) => answers(base(port, '/readyz'))));

const violations = [];
const programs = [proxy, mock].map(({ name, output }) => ({ name, output, started: output().length }));
await operate(gatewayPort, 'through the proxy');
await callDirectly();
await operate(mockedGatewayPort, 'in place of the API');
for (const { name, output, started } of programs) {
  for (const line of output().slice(started).split('\n'))
    if (/violation|› .*(✖|error)/i.test(line)) violations.push(`${name}: ${line.trim()}`);
}

if (violations.length === 0) console.log('No violation of the contract from either side.');
else console.error([...new Set(violations)].join('\n'));
process.exit(violations.length === 0 ? 0 : 1);

/** Does every operation that the tests have, each run from the state that the one before has left. */
async function operate(port, where) {
  const fragments = texts(/\.fragment\.graphql$/).join('\n');
  const execute = async (file, variables) => {
    const query = `${readFileSync(join(root, 'test/documents', `${file}.graphql`), 'utf8')}\n${fragments}`;
    const response = await fetch(base(port, '/graphql'), {
      method: 'POST',
      headers: { authorization: 'Bearer demo', 'content-type': 'application/json' },
      body: JSON.stringify({ query: withUsedFragments(query), variables }),
      signal: AbortSignal.timeout(ANSWERED_WITHIN_MS),
    });
    const { data, errors = [] } = await response.json();
    const payload = Object.values(data ?? {})[0];
    const wrong = [...errors, ...(payload?.userErrors ?? [])];
    if (wrong.length > 0) violations.push(`${file} ${where}: ${JSON.stringify(wrong)}`);
    return payload;
  };
  // The examples of the contract do not move with a change: every version but theirs is one that they have moved past.
  const versionOf = async (id) =>
    port === mockedGatewayPort ? '1' : (await execute('fielding-run', { id }))?.version;
  const change = async (file, id, input = {}) =>
    execute(file, { input: { id, version: await versionOf(id), ...input } });

  await execute('accounts', {});
  await execute('account', { id: ACCOUNT });
  await execute('projects', { accountId: ACCOUNT, filter: { search: 'Breakfast', status: 'ACTIVE' } });
  await execute('project', { id: project });
  await execute('target-groups', { projectId: project, first: 100 });
  const filter = { status: ['LIVE', 'DRAFT'], country: ['US', 'gb'], language: ['ENG'], search: 'o' };
  await execute('target-groups', { projectId: project, filter });
  await execute('target-group', { id: targetGroup('P1') });
  await execute('target-group', { id: targetGroup('PH') });
  await execute('node', { id: run('P1', 'P2') });
  await execute('people', {
    projectId: project,
    targetGroupId: targetGroup('P1'),
    fieldingRunId: run('P1', 'P2'),
  });
  await execute('target-group-by-raw-id', { targetGroupId: `${PROJECT.slice(0, -2)}P1` });
  await execute('target-group-performance', { id: targetGroup('P1') });
  await execute('completes-over-time', { id: targetGroup('P1'), interval: 'P1DT5H' });
  await execute('changelog', { id: targetGroup('P1'), first: 2 });
  await execute('target-group-transitions', { projectId: project });
  const selection = {
    search: 'o',
    status: ['LIVE'],
    country: ['US'],
    language: ['ENG'],
    includedTargetGroupIds: ['P1', 'PH'].map(targetGroup),
    excludedTargetGroupIds: [targetGroup('P5')],
  };
  await execute('target-group-transitions', { projectId: project, selection });
  await change('pause-fielding-run', run('P1', 'P2'));
  await change('resume-fielding-run', run('P1', 'P2'));
  await change('complete-fielding-run', run('P1', 'P2'));
  await change('relaunch-fielding-run', run('P1', 'P2'));
  await change('update-fielding-period', run('PB', 'PC'), { startAt: inDays(2), endAt: inDays(20) });
  await change('launch-now', run('PB', 'PC'));
  for (const kind of ['pause', 'resume', 'launch', 'complete', 'relaunch']) {
    const targetGroupIds = ['P1', 'P5', 'PB', 'PH'].map(targetGroup);
    const payload = await execute(`${kind}-target-groups`, { input: { targetGroupIds } });
    const id = payload?.batchJob?.id;
    if (id !== undefined) await execute('batch-job', { id });
  }
  // The second finds no draft any more, and its job fails.
  for (const [file, input] of [
    ['schedule-draft-target-group', { startAt: inDays(2), endAt: inDays(20) }],
    ['launch-draft-target-group', { endAt: inDays(20) }],
  ]) {
    const payload = await execute(file, { input: { id: targetGroup('PH'), ...input } });
    const id = payload?.draftLaunchJob?.id;
    if (id === undefined) continue;
    await execute('draft-launch-job', { id });
    await sleep(500);
    await execute('draft-launch-job', { id });
  }
}

/** What the gateway has no use for yet. */
async function callDirectly() {
  const call = async (method, path, body, headers = {}, expected = undefined) => {
    const response = await fetch(base(proxyPort, path), {
      method,
      headers: {
        authorization: 'Bearer demo',
        'cint-api-version': '2025-12-18',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      redirect: 'manual',
      signal: AbortSignal.timeout(ANSWERED_WITHIN_MS),
    });
    const text = await response.text();
    const isAsExpected = expected === undefined ? response.status < 400 : response.status === expected;
    // Prism's own errors are of another type than the API's.
    if (!isAsExpected || /problem\+json/.test(response.headers.get('content-type') ?? ''))
      violations.push(`${method} ${path}: ${response.status} ${text.slice(0, 1000)}`);
    return { location: response.headers.get('location'), body: text === '' ? undefined : JSON.parse(text) };
  };
  const inProject = `/demand/accounts/${ACCOUNT}/projects/${PROJECT}`;
  const large = `/demand/accounts/${ACCOUNT}/projects/01BTGNYV6HRNK8K8VKZASZCFN0`;
  const groups = `${inProject}/target-groups`;
  const live = `${groups}/01BTGNYV6HRNK8K8VKZASZCFP1`;
  const draft = `${groups}/01BTGNYV6HRNK8K8VKZASZCFPH`;

  await call('GET', `/accounts/${ACCOUNT}/users?user_type=project_manager`);
  await call(
    'GET',
    `/demand/accounts/${ACCOUNT}/projects?project_manager_id=3b0f6f1e-5a0c-4f0e-9a53-0d5e6d1c7a01`,
  );
  const { body: list } = await call('GET', `${large}/target-groups?page_size=100`);
  await call('GET', `${large}/target-groups?page_size=100&start_after=${list.next_cursor}`);
  await call('GET', `${groups}?exclusion_status=true&human_readable_ids=TG-8023&status=archived`);
  for (const { id, status } of list.target_groups) {
    const path = `${large}/target-groups/${id}`;
    if (status === 'draft') await call('GET', path);
    else
      for (const read of ['overview', 'details', 'performance', 'changelog'])
        await call('GET', `${path}/${read}`);
  }
  await call('GET', `/demand/target-groups/01BTGNYV6HRNK8K8VKZASZCFP1/overview`);
  await call('GET', `${live}/completes-aggregated-by-interval?aggregation_interval=P1DT5H`);
  await call('GET', `${live}/changelog?page_size=2&change_types=status_change`);
  const transitions = `${inProject}/compute-target-group-transitions`;
  await call('POST', transitions, { filters: { status: ['live'], country: ['us'] } });
  await call('POST', transitions, { search_string: 'no such target group' });

  const failing = { start_fielding_at: inDays(-2), end_fielding_at: inDays(2) };
  for (const [kind, body] of [
    ['schedule', failing],
    ['launch', { end_fielding_at: inDays(9) }],
  ]) {
    const key = { 'idempotency-key': `${kind}-${Date.now()}` };
    const { location } = await call('POST', `${draft}/fielding-run-jobs/${kind}-from-draft`, body, key);
    await call('GET', location);
    await sleep(500);
    await call('GET', location);
  }

  const unknown = PROJECT.replace(/.$/, 'Z');
  const relaunch = `${groups}/${unknown.slice(0, -2)}PJ/fielding-runs/${unknown.slice(0, -2)}PK/relaunch`;
  await call('GET', '/accounts', undefined, { authorization: 'Bearer unknown' }, 401);
  await call('GET', inProject, undefined, { authorization: 'Bearer demo-202' }, 403);
  await call('GET', `${groups}/${unknown}/details`, undefined, {}, 404);
  await call('GET', `${groups}?page_size=0`, undefined, {}, 400);
  await call('POST', relaunch, undefined, { 'if-match': '"9999"' }, 412);
  await call('POST', relaunch, undefined, { 'if-match': '*' }, 422);

  const webhooks = `/accounts/${ACCOUNT}/webhooks`;
  const creation = { url: 'https://hooks.example.org/demand', events: ['target-group-updated'] };
  const { body: webhook } = await call('POST', webhooks, creation);
  const path = `${webhooks}/${webhook.id}`;
  await call('GET', webhooks);
  await call('GET', path);
  await call('PUT', path, { events: ['session-updated'] }, { 'if-match': 'W/"1"' });
  await call('POST', `${path}/regenerate-secret`);
  await call('GET', `${path}/events-history?start_time=2026-01-01T00:00:00.000Z`);
  await call('GET', `/accounts/${ACCOUNT}/webhooks-events`);
  await call('DELETE', path);
}

function texts(pattern) {
  const operations = join(root, 'test/documents');
  return readdirSync(operations)
    .filter((name) => pattern.test(name))
    .map((name) => readFileSync(join(operations, name), 'utf8'));
}

/** Fragments that nobody spreads are an error (GraphQL, 5.5.1.4). */
function withUsedFragments(query) {
  const parts = query.split(/(?=^fragment )/m);
  for (let before; before !== parts.length;) {
    before = parts.length;
    for (const part of parts) {
      const name = /^fragment (\w+)/.exec(part)?.[1];
      const isUsed =
        name === undefined || parts.some((other) => new RegExp(`\\.\\.\\.\\s*${name}\\b`).test(other));
      if (!isUsed) parts.splice(parts.indexOf(part), 1);
    }
  }
  return parts.join('');
}

function install() {
  if (existsSync(join(folder, 'node_modules/.package-lock.json'))) return;
  console.log('Installing Prism.');
  const options = ['ci', '--prefix', folder, '--no-audit', '--no-fund', '--ignore-scripts'];
  const { status } = spawnSync('npm', options, { stdio: ['ignore', 'ignore', 'inherit'] });
  assert.equal(status, 0, 'npm could not install Prism');
}

function startPrism(...options) {
  return start(`prism ${options[0]}`, [
    join(folder, 'node_modules/@stoplight/prism-cli/dist/index.js'),
    ...options,
  ]);
}

function startGateway(port, apiPort) {
  return start('gateway', ['dist/main.js'], { PORT: String(port), DEMAND_API_URL: base(apiPort) });
}

/** Only what is named here reaches a program: the caller's environment must not decide. */
function start(name, options, environment = {}) {
  const child = spawn(process.execPath, options.map(String), {
    cwd: root,
    env: { PATH: process.env.PATH, HOST: '127.0.0.1', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  const chunks = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => chunks.push(chunk));
  return { name, output: () => Buffer.concat(chunks).toString() };
}

async function answers(url) {
  const deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) }).catch(() => undefined);
    if (response !== undefined) return;
    assert.ok(Date.now() < deadline, `${url} did not answer within ${READY_WITHIN_MS} ms`);
    await sleep(100);
  }
}
