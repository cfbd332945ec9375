/** The dashboard, the alert rules and the documentation name the metrics that the program has, and no others. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestGateway, type TestGateway } from '../helpers/gateway.js';
import { scrape, type Scrape } from '../telemetry/scrape.js';
import { hasRedis, TestRedis } from '../helpers/redis.js';
import { parseYaml, readText } from './files.js';

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly { readonly alert: string; readonly expr: string }[];
  }[];
}
interface Dashboard {
  readonly panels: readonly {
    readonly title: string;
    readonly targets?: readonly { readonly expr: string }[];
  }[];
}

const NAME = /\b(?:fieldgate|process|nodejs)_[a-z0-9_]+/g;
const PARTS = /_(?:bucket|sum|count)$/;

let gateway: TestGateway;
let redis: TestRedis | undefined;
let metrics: Scrape;

beforeAll(async () => {
  redis = hasRedis ? await TestRedis.start() : undefined;
  gateway = await startTestGateway({
    demandApiUrl: 'http://127.0.0.1:9/v1',
    env: redis === undefined ? {} : { REDIS_URL: redis.url },
  });
  metrics = await scrape(gateway.url);
});
afterAll(async () => {
  await gateway.close();
  await redis?.close();
});

const alerts = (parseYaml(readText('deploy/prometheus/rules/fieldgate.yml')) as [Rules])[0].groups.flatMap(
  ({ rules }) => rules,
);
const { panels } = JSON.parse(readText('deploy/grafana/dashboards/fieldgate.json')) as Dashboard;
const documentation = readText('docs/operations.md');

function metricsOf(expressions: Iterable<string>): readonly string[] {
  return [...new Set([...expressions].flatMap((text) => text.match(NAME) ?? []))];
}

/** Names that the program does not have. A histogram also has those of its parts. */
function unknown(names: readonly string[]): readonly string[] {
  const types = new Map(metrics.types);
  // It is there only with a Redis, which not every machine has.
  if (!hasRedis) types.set('fieldgate_redis_connected', 'gauge');
  return names.filter((name) => !types.has(name) && types.get(name.replace(PARTS, '')) !== 'histogram');
}

test('alerts name metrics that exist', () => {
  const names = metricsOf(alerts.map(({ expr }) => expr));
  expect(names.length).toBeGreaterThan(10);
  expect(unknown(names)).toEqual([]);
  expect(unknown(['fieldgate_operations_count', 'fieldgate_nothing'])).toHaveLength(2);
});

test('the dashboard names metrics that exist, and shows all of ours', () => {
  const names = metricsOf(panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)));
  expect(unknown(names)).toEqual([]);
  const shown = names.map((name) => (metrics.types.has(name) ? name : name.replace(PARTS, '')));
  const ours = [...metrics.types.keys()].filter((name) => name.startsWith('fieldgate_'));
  expect(ours.filter((name) => !shown.includes(name))).toEqual([]);
});

test('the documentation has all of ours, with their labels, and no others', () => {
  const rows = [...documentation.matchAll(/^\| `(fieldgate_\w+)` +\| (.*?) *\|/gm)];
  const documented = rows.map(([, name = '']) => name);
  expect(unknown(documented)).toEqual([]);
  const ours = [...metrics.types.keys()].filter((name) => name.startsWith('fieldgate_'));
  expect(ours.filter((name) => !documented.includes(name))).toEqual([]);
});

test('the documentation says what to do about each alert, and about no other', () => {
  const documented = [...documentation.matchAll(/^\| `(Fieldgate\w+)`/gm)].map(([, name]) => name);
  expect(documented).toEqual(alerts.map(({ alert }) => alert));
});
