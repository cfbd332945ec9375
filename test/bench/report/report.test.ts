import { OPERATIONS } from '../operations/operations.js';
import type { Sample } from '../measure/sample.js';
import { chart } from './chart.js';
import { document, table, type Report } from './markdown.js';
import { metricsOf } from './report.js';

const { run, pause } = OPERATIONS;

function sample(cpuMs: number): Sample {
  return { cpuMs, requestsPerSecond: 1000 / cpuMs, p50Ms: 1, p99Ms: 2, coreShare: 0.5, peakBytes: 2 ** 26 };
}

const metrics = metricsOf(
  new Map([
    ['proxy', [0.1, 0.2, 0.3].map(sample)],
    ['fieldgate', [1, 0.4, 0.6].map(sample)],
  ]),
  'proxy',
);

const REPORT: Report = {
  baseline: 'proxy',
  contestants: ['proxy', 'fieldgate', 'absent'].map((name) => ({
    name,
    title: `the ${name}`,
    versions: { undici: '7.0.0' },
    notRun: () => (name === 'absent' ? 'it is not installed' : undefined),
  })),
  operations: [{ operation: run, metrics }],
  plan: { warmUpSeconds: 8, rounds: 3, seconds: 4, connections: 50 },
  environment: { cores: { contestants: '1', load: '0' }, details: { node: 'v20' } },
};

test('formats medians with their range', () => {
  expect(table(REPORT, run).split('\n')).toEqual([
    expect.stringMatching(/^\| contestant \| CPU ms\/response \| x proxy \|/),
    expect.stringMatching(/^\| --- \| ---: \|/),
    expect.stringMatching(
      /^\| proxy \| 0\.200 \(0\.100 to 0\.300\) \| 1\.00 \(0\.500 to 1\.50\) \|.* 64\.0 \| 50% \|$/,
    ),
    expect.stringMatching(/^\| fieldgate \| 0\.600 \(0\.400 to 1\.00\) \| 3\.00 \(2\.00 to 5\.00\) \|/),
    expect.stringMatching(/^\| absent \| not run: it is not installed \|/),
  ]);
  expect(table(REPORT, pause)).toBe('');
});

test('requires the baseline', () => {
  expect(() => metricsOf(new Map(), 'proxy')).toThrow('proxy');
});

test('documents contestants, method and environment', () => {
  const text = document(REPORT, 'full.svg');
  for (const part of [
    '(full.svg)',
    '- `absent`: the absent',
    'undici 7.0.0',
    '3 rounds of 4 s',
    'core 1',
    'v20',
  ]) {
    expect(text).toContain(part);
  }
});

test('draws a bar for each measured contestant', () => {
  const picture = chart(REPORT);
  expect(picture.match(/<rect /g)).toHaveLength(2);
  expect(picture).toContain('>3.00</text>');
  expect(picture).toContain('prefers-color-scheme: dark');
});
