import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { printLine } from '../exactly-once/settings.js';
import { parseYaml, readText, ROOT } from './files.js';

const hasPromtool = spawnSync('promtool', ['--version']).status === 0;
if (!hasPromtool)
  printLine(
    'Skipping the checks of prometheus.yml and its alerts: `promtool` is not installed (prometheus).',
  );

const ALERT_TESTS = 'test/deploy/alerts.yml';
const [{ tests: alertTests }] = parseYaml(readText(ALERT_TESTS)) as [
  { tests: { alert_rule_test: { alertname: string; exp_alerts: unknown[] }[] }[] },
];
const [{ groups }] = parseYaml(readText('deploy/prometheus/rules/fieldgate.yml')) as [
  { groups: { rules: { alert: string; expr: string }[] }[] },
];
const rules = groups.flatMap((group) => group.rules);

(hasPromtool || process.env['CI'] === 'true' ? test : test.skip)(
  'Prometheus accepts its configuration',
  () => {
    const file = join(ROOT, 'deploy/prometheus/prometheus.yml');
    const { status, stdout } = spawnSync('promtool', ['check', 'config', file], { encoding: 'utf8' });
    expect([status, stdout]).toEqual([0, expect.stringContaining('SUCCESS')]);
  },
);

(hasPromtool || process.env['CI'] === 'true' ? test : test.skip)('alerts fire when they should', () => {
  const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', join(ROOT, ALERT_TESTS)], {
    encoding: 'utf8',
  });
  expect([status, stdout + stderr]).toEqual([0, expect.stringContaining('SUCCESS')]);
});

test('each alert is tested when it fires, just before it fires, and when nothing is wrong', () => {
  const names = rules.map(({ alert }) => alert);
  const [healthy, ...others] = alertTests;
  expect(healthy!.alert_rule_test.map(({ alertname, exp_alerts }) => [alertname, exp_alerts])).toEqual(
    names.map((name) => [name, []]),
  );
  for (const name of names) {
    const cases = others.flatMap(({ alert_rule_test }) => alert_rule_test);
    const counts = cases
      .filter(({ alertname }) => alertname === name)
      .map(({ exp_alerts }) => exp_alerts.length);
    expect([name, counts.slice(0, 2)]).toEqual([name, [0, 1]]);
  }
});

test('alerts and the dashboard select the job name under which gateways are scraped', () => {
  const texts = [
    ...rules.map(({ expr }) => expr),
    readText('deploy/grafana/dashboards/fieldgate.json').replaceAll('\\"', '"'),
  ];
  const selected = texts.flatMap((text) => [...text.matchAll(/\bjob=~?"([^"]*)"/g)].map(([, job]) => job));
  expect(selected.length).toBeGreaterThan(3);
  const [{ scrape_configs: scraped }] = parseYaml(readText('deploy/prometheus/prometheus.yml')) as [
    { scrape_configs: { job_name: string; static_configs: { targets: string[] }[] }[] },
  ];
  const inCompose = scraped.find(({ static_configs: [first] }) => first!.targets[0]!.startsWith('gateway'));
  // The Prometheus Operator takes it from this label of the Service, which has it from the base.
  const [monitor] = parseYaml(readText('deploy/kubernetes/components/monitoring/service-monitor.yaml')) as [
    { spec: { jobLabel: string; selector: { matchLabels: Record<string, string> } } },
  ];
  const [base] = parseYaml(readText('deploy/kubernetes/base/kustomization.yaml')) as [
    { labels: [{ pairs: Record<string, string> }] },
  ];
  const inKubernetes = base.labels[0].pairs[monitor.spec.jobLabel];
  expect(monitor.spec.selector.matchLabels).toEqual(base.labels[0].pairs);
  expect(new Set(selected)).toEqual(new Set([inCompose!.job_name]));
  expect(inKubernetes).toBe(inCompose!.job_name);
});

test('Grafana finds Prometheus under the name that dashboards use', () => {
  const [{ datasources }] = parseYaml(readText('deploy/grafana/provisioning/datasources/prometheus.yml')) as [
    { datasources: unknown[] },
  ];
  expect(datasources).toEqual([
    expect.objectContaining({ uid: 'prometheus', url: 'http://prometheus:9090' }),
  ]);
});
