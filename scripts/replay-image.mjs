/**
 * Does what the Dockerfile says where there is no container engine, and runs the gateway that comes out of it.
 *
 *     npm run check:image     (as root, on Linux; elsewhere it says that it does nothing)
 *
 * Each stage becomes a folder. `RUN` runs on this machine's Node.js and not on the base image, which is not downloaded. The result runs as
 * the image's user without capabilities, in a root that is read-only and has nothing but the image's files and this machine's Node.js.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DockerfileParser } from 'dockerfile-ast';
import { imageOf } from './compose/image.mjs';
import { freePorts } from './free-ports.mjs';

const ROOT = join(import.meta.dirname, '..');
const MAX_WAIT_MS = 30_000;

if (spawnSync('unshare', ['--mount', '--pid', '--fork', 'true']).status !== 0) {
  console.log('Skipped: `unshare --mount --pid` needs Linux and root.');
  process.exit();
}

const scratch = mkdtempSync(join(tmpdir(), 'replay-image-'));
const programs = [];
process.once('exit', () => {
  for (const { child } of programs) child.kill('SIGKILL');
  rmSync(scratch, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

const stages = replay(contextOf());
const [port, emulatorPort] = await freePorts(2);

const emulator = run(stages.get('emulator'), {}, ['--port', String(emulatorPort)]);
await answers(emulator, `http://127.0.0.1:${emulatorPort}/__emulator`);
const environment = { PORT: String(port), DEMAND_API_URL: `http://127.0.0.1:${emulatorPort}/v1` };
const gateway = run(stages.get('gateway'), environment);
await answers(gateway, `http://127.0.0.1:${port}/readyz`);
await answersQuery();
await isHealthy();
cannotWrite();
await stops(gateway);
await stops(emulator);
console.log('The image was replayed: it started, answered, could write nothing, and ended with 0.');

/** A copy of what the build may read: the files that .dockerignore does not leave out. */
function contextOf() {
  const context = join(scratch, 'context');
  const lines = readFileSync(join(ROOT, '.dockerignore'), 'utf8').split('\n');
  const patterns = lines.filter((line) => line !== '' && !line.startsWith('#'));
  assert.equal(patterns[0], '*', '.dockerignore must begin with *, and then name what is needed');
  for (const pattern of patterns.slice(1)) {
    assert.match(pattern, /^![\w.-]+$/, `.dockerignore: ${pattern} is not understood here`);
    const name = pattern.slice(1);
    cpSync(join(ROOT, name), join(context, name), { recursive: true });
  }
  return context;
}

/** @returns the stages by name: `{ folder, workdir, env, user, entrypoint, health }` */
function replay(context) {
  const dockerfile = readFileSync(join(ROOT, 'Dockerfile'), 'utf8');
  const stages = new Map();
  let stage;
  for (const instruction of DockerfileParser.parse(dockerfile).getInstructions()) {
    const keyword = instruction.getKeyword();
    const text = instruction.getArgumentsContent() ?? '';
    switch (keyword) {
      case 'FROM': {
        const [, image, name] = /^(\S+) AS (\S+)$/.exec(text) ?? [];
        stage = {
          workdir: '/',
          ...stages.get(image),
          ...imageOf(dockerfile, name),
          folder: join(scratch, name),
        };
        if (stages.has(image))
          cpSync(stages.get(image).folder, stage.folder, { recursive: true, verbatimSymlinks: true });
        else mkdirSync(stage.folder);
        stages.set(name, stage);
        break;
      }
      case 'WORKDIR':
        stage.workdir = text;
        mkdirSync(join(stage.folder, text), { recursive: true });
        break;
      case 'COPY':
        copy(instruction, stage, context, stages);
        break;
      case 'RUN':
        console.log(`--- RUN ${text}`);
        execFileSync('sh', ['-c', text.replaceAll('\\\n', ' ')], {
          cwd: join(stage.folder, stage.workdir),
          stdio: ['ignore', 'ignore', 'inherit'],
        });
        break;
      case 'USER':
        stage.user = text.split(':');
        break;
      // `imageOf` reads these.
      case 'ENV':
      case 'ENTRYPOINT':
      case 'HEALTHCHECK':
      case 'ARG':
      case 'EXPOSE':
      case 'LABEL':
      case 'STOPSIGNAL':
        break;
      default:
        throw new Error(`${keyword} is not understood here.`);
    }
  }
  return stages;
}

function copy(instruction, stage, context, stages) {
  const from = instruction
    .getFlags()
    .find((flag) => flag.getName() === 'from')
    ?.getValue();
  const names = instruction.getArguments().map((argument) => argument.getValue());
  const target = names.pop();
  const source = from === undefined ? context : stages.get(from).folder;
  for (const name of names) {
    // As Docker does, the content of a folder is copied; a file goes into a target that ends with a slash.
    const file = target.endsWith('/') ? join(target, name.split('/').at(-1)) : target;
    cpSync(join(source, name), join(stage.folder, resolve(stage.workdir, file)), { recursive: true });
  }
}

/** Runs a command in the root of a stage; by default its entry point, as its first process. */
function run(stage, environment, args = [], command = stage.entrypoint) {
  const root = `${stage.folder}-root`;
  mkdirSync(root, { recursive: true });
  const system = ['/usr', '/lib', '/lib64', '/bin', '/etc', '/dev', dirname(process.execPath)].filter(
    existsSync,
  );
  const bind = (from, to) =>
    `mkdir -p '${root}${to}' && mount --rbind '${from}' '${root}${to}' && mount -o remount,ro,bind '${root}${to}'`;
  const script = [
    'set -e',
    `mount -t tmpfs none '${root}'`,
    ...[...new Set(system)].map((folder) => bind(folder, folder)),
    bind(join(stage.folder, stage.workdir), stage.workdir),
    `mkdir '${root}/proc' && mount -t proc proc '${root}/proc'`,
    `mount -o remount,ro '${root}'`,
    `cd '${root}'`,
    `exec chroot '${root}' env --chdir='${stage.workdir}' setpriv --reuid ${stage.user[0]} --regid ${stage.user[1]} ` +
      `--clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all -- "$@"`,
  ].join('\n');
  const [program, ...flags] = command;
  const path = program === 'node' ? process.execPath : program;
  const child = spawn(
    'unshare',
    ['--mount', '--pid', '--fork', '--kill-child', 'sh', '-c', script, 'sh', path, ...flags, ...args],
    { env: { PATH: process.env.PATH, ...stage.env, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const chunks = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => chunks.push(chunk));
  const started = { child, exited: once(child, 'exit'), output: () => Buffer.concat(chunks).toString() };
  programs.push(started);
  return started;
}

async function answers({ child, output }, url) {
  const deadline = Date.now() + MAX_WAIT_MS;
  while (
    !(await fetch(url, { signal: AbortSignal.timeout(5000) }).then(
      ({ ok }) => ok,
      () => false,
    ))
  ) {
    assert.ok(child.exitCode === null, `it ended: ${output()}`);
    assert.ok(Date.now() < deadline, `${url} did not answer: ${output()}`);
    await sleep(100);
  }
}

async function answersQuery() {
  const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
    method: 'POST',
    headers: { authorization: 'Bearer demo', 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ accounts { id } }' }),
    signal: AbortSignal.timeout(5000),
  });
  assert.deepEqual((await response.json()).data?.accounts?.map(({ id }) => id).includes('101'), true);
}

async function isHealthy() {
  const stage = stages.get('gateway');
  const results = [];
  for (const each of [port, emulatorPort + 1]) {
    const [code] = await run(stage, { PORT: String(each) }, [], stage.health).exited;
    results.push(code);
  }
  assert.deepEqual(results, [0, 1], 'HEALTHCHECK must tell a healthy gateway from none');
}

/** The process of the gateway has another user, no capability, and nothing that it could write. */
function cannotWrite() {
  const [pid] = execFileSync('pgrep', ['--parent', String(gateway.child.pid)], { encoding: 'utf8' }).split(
    '\n',
  );
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const [user] = stages.get('gateway').user;
  assert.match(status, new RegExp(`^Uid:\\t${user}\\t${user}\\t${user}\\t${user}$`, 'm'));
  for (const set of ['Inh', 'Prm', 'Eff', 'Bnd', 'Amb'])
    assert.match(status, new RegExp(`^Cap${set}:\\t0+$`, 'm'));
  assert.match(status, /^NoNewPrivs:\t1$/m);
  const mounts = readFileSync(`/proc/${pid}/mountinfo`, 'utf8').split('\n');
  for (const folder of ['/', '/app']) {
    const mount = mounts.find((line) => line.split(' ')[4] === folder);
    assert.match(mount?.split(' ')[5] ?? '', /^ro\b/, `${folder} must be read-only`);
  }
}

async function stops({ child, exited, output }) {
  const [pid] = execFileSync('pgrep', ['--parent', String(child.pid)], { encoding: 'utf8' }).split('\n');
  process.kill(Number(pid), 'SIGTERM');
  const ended = await Promise.race([exited, sleep(MAX_WAIT_MS, undefined, { ref: false })]);
  assert.deepEqual(ended, [0, null], `after SIGTERM: ${output()}`);
}
