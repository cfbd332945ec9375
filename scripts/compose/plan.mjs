/**
 * What `compose.yaml` and the Dockerfile say, as commands for processes on one host: each container becomes a process with a loopback
 * address of its own, so that all ports stay as they are.
 *
 *     node scripts/compose/plan.mjs --folder /tmp/fieldgate [--network 127.28.7] [--publish 127.0.0.1]
 *
 * It writes nginx's configuration to `--folder`, starts nothing, and prints `{ url, services, skipped }` as JSON. `services` has a
 * `{ name, command, env, health }` for each process, in the order in which they start; `health` is the command of its health check.
 */
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, parseEnv } from 'node:util';
import { parse } from 'yaml';
import { imageOf } from './image.mjs';

const ROOT = join(import.meta.dirname, '../..');
const ENV_EXAMPLE = 'deploy/compose.env.example';

/** Programs of images that are not built here, as those images start them. */
const PROGRAMS = {
  nginx: ['nginx', '-g', 'daemon off;'],
  redis: ['redis-server'],
};

/** @param {{ folder: string, network?: string, publish?: string }} options `network`: the first three bytes of all addresses */
export function plan({ folder, network = '127.28.7', publish = '127.0.0.1' }) {
  const compose = parse(read('compose.yaml'), { merge: true });
  const names = Object.keys(compose.services);
  const subnet = compose.networks.gateways.ipam.config[0].subnet.replace(/\.0\/24$/, '');
  const addresses = new Map(
    names.map((name, index) => {
      const fixed = compose.services[name].networks?.gateways?.ipv4_address?.split('.').at(-1);
      return [name, `${network}.${fixed ?? 100 + index}`];
    }),
  );
  const context = { compose, folder, subnet, network, publish, addresses };
  const started = [];
  for (const name of inOrder(compose.services)) {
    const process = processOf(name, context);
    if (process !== undefined) started.push(process);
  }
  return {
    url: urlOf(compose.services.nginx, context),
    services: started,
    skipped: names.filter((name) => !started.some((each) => each.name === name)),
  };
}

function processOf(name, context) {
  const { compose, addresses } = context;
  const service = compose.services[name];
  const address = addresses.get(name);
  const kind = service.image.split(':')[0];
  if (service.build !== undefined) return builtProcess(name, service, context);
  if (kind === 'nginx') {
    return {
      name,
      command: [...PROGRAMS.nginx, '-c', nginxConfiguration(service, context)],
      env: {},
      health: ['node', '-e', exitsWithHealthOf(`${urlOf(service, context)}/healthz`)],
    };
  }
  if (kind === 'redis') {
    const data = join(context.folder, name);
    mkdirSync(data, { recursive: true });
    const [program, ...flags] = service.command;
    assert.equal(program, PROGRAMS.redis[0]);
    // The image's entry point turns the protected mode off, which refuses other hosts; its working directory is the volume.
    const command = [program, ...flags, '--bind', address, '--protected-mode', 'no', '--dir', data];
    const [, ...health] = service.healthcheck.test;
    return { name, command, env: {}, health: [health[0], '-h', address, ...health.slice(1)] };
  }
  return undefined;
}

/** A process of an image that the Dockerfile builds. */
function builtProcess(name, service, { addresses }) {
  const address = addresses.get(name);
  const { env, entrypoint, health } = imageOf(read('Dockerfile'), service.build.target);
  const settings = {
    ...env,
    ...(service.env_file !== undefined && parseEnv(read(ENV_EXAMPLE))),
    ...service.environment,
  };
  const local = (text) => text.replaceAll(/\b(?:0\.0\.0\.0|127\.0\.0\.1)\b/g, address);
  return {
    name,
    command: entrypoint.map(local),
    env: Object.fromEntries(
      Object.entries(settings).map(([key, value]) => [key, withAddresses(local(value), addresses)]),
    ),
    health: health.map(local),
  };
}

/** Replaces the names of services where they are hosts of URLs. */
function withAddresses(value, addresses) {
  return value.replace(/(?<=:\/\/(?:[^/@]*@)?)[\w-]+(?=[:/]|$)/, (host) => addresses.get(host) ?? host);
}

/** Copies the mounted files, with other addresses and folders. @returns the file for `nginx -c` */
function nginxConfiguration({ volumes, ports }, { folder, subnet, network, publish }) {
  const target = join(folder, 'nginx');
  const temporary = join(folder, 'nginx-tmp');
  for (const each of [folder, target, temporary]) {
    mkdirSync(each, { recursive: true });
    // nginx's workers are another user if it is started as root.
    chmodSync(each, 0o755);
  }
  const port = ports[0].split(':').at(-1);
  for (const volume of volumes) {
    const [from, to] = volume.split(':');
    const text = read(from)
      .replaceAll(`${subnet}.`, `${network}.`)
      .replace(`listen ${port};`, `listen ${publish}:${port};`)
      .replaceAll(' /tmp/', ` ${temporary}/`)
      // Node.js gives a socket to its children, which cannot be opened by its name.
      .replace('/dev/stdout', join(temporary, 'access.log'));
    writeFileSync(join(target, basename(to)), text);
  }
  return join(target, 'nginx.conf');
}

function urlOf({ ports }, { publish }) {
  return `http://${publish}:${ports[0].split(':').at(-1)}`;
}

/** The services, each after those that it depends on. */
function inOrder(services) {
  const ordered = new Set();
  const add = (name) => {
    if (ordered.has(name)) return;
    for (const each of Object.keys(services[name].depends_on ?? {})) add(each);
    ordered.add(name);
  };
  for (const name of Object.keys(services)) add(name);
  return [...ordered];
}

function exitsWithHealthOf(url) {
  return `fetch('${url}').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))`;
}

function read(path) {
  return readFileSync(join(ROOT, path), 'utf8');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: { folder: { type: 'string' }, network: { type: 'string' }, publish: { type: 'string' } },
  });
  if (values.folder === undefined)
    throw new Error('--folder is missing: it gets the configuration of nginx.');
  console.log(JSON.stringify(plan(values), undefined, 2));
}
