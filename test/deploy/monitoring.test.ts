import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { printLine } from '../exactly-once/settings.js';
import { parseYaml, readText, ROOT } from './files.js';

const hasPromtool = spawnSync('promtool', ['--version']).status === 0;
if (!hasPromtool)
  printLine('Skipping the check of prometheus.yml: `promtool` is not installed (prometheus).');

(hasPromtool || process.env['CI'] === 'true' ? test : test.skip)(
  'Prometheus accepts its configuration',
  () => {
    const file = join(ROOT, 'deploy/prometheus/prometheus.yml');
    const { status, stdout } = spawnSync('promtool', ['check', 'config', file], { encoding: 'utf8' });
    expect([status, stdout]).toEqual([0, expect.stringContaining('SUCCESS')]);
  },
);

test('Grafana finds Prometheus under the name that dashboards use', () => {
  const [{ datasources }] = parseYaml(readText('deploy/grafana/provisioning/datasources/prometheus.yml')) as [
    { datasources: unknown[] },
  ];
  expect(datasources).toEqual([
    expect.objectContaining({ uid: 'prometheus', url: 'http://prometheus:9090' }),
  ]);
});
