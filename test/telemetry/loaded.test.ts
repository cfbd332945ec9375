/** What the built program loads of the packages for metrics and traces, with and without somebody who reads them. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { expect, jest, test } from '@jest/globals';
import { executor } from '../helpers/executor.js';
import { until } from '../helpers/until.js';

/** To start processes takes its time on a busy machine. */
jest.setTimeout(60_000);

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const dataUrl = (source: string) => `data:text/javascript,${encodeURIComponent(source)}`;
/** Has the program write the URL of each module that it loads. */
const TELL = dataUrl(`
  import { register } from 'node:module';
  register(${JSON.stringify(
    dataUrl(`
      import { writeSync } from 'node:fs';
      export function load(url, context, next) {
        writeSync(2, 'loaded ' + url + '\\n');
        return next(url, context);
      }`),
  )});`);
/** With it, esbuild says where in a bundle a package's module begins. */
const PACKAGE = /^\/\/ (?:\.\.\/)*node_modules\/((?:@[^/]+\/)?[^/]+)\//gm;

/** The packages in the files of the bundle that a process without requests loads. */
async function loadedPackages(env: Readonly<Record<string, string>>): Promise<ReadonlySet<string>> {
  const child = spawn(process.execPath, ['--import', TELL, MAIN], {
    cwd: tmpdir(),
    env: { ...executor, PORT: '0', NODE_ENV: 'production', DEMAND_API_URL: 'http://127.0.0.1:9/v1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [output, errors] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const closed = once(child, 'close');
  try {
    await until(() => output.includes('Fieldgate is ready.'));
  } finally {
    child.kill('SIGTERM');
    await closed;
  }
  const files = [...errors.matchAll(/^loaded (file:.*\/dist\/.*)$/gm)].map(([, url = '']) =>
    fileURLToPath(url),
  );
  return new Set(
    files.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(PACKAGE)].map(([, name = '']) => name)),
  );
}

const ofTelemetry = (packages: ReadonlySet<string>) =>
  [...packages].filter((name) => name.startsWith('@opentelemetry/') || name === 'prom-client');

test('no package of telemetry is loaded without metrics and traces', async () => {
  const packages = await loadedPackages({});
  expect([...packages]).toEqual(expect.arrayContaining(['@apollo/server', 'pino']));
  expect(ofTelemetry(packages)).toEqual([]);
});

test('each where it is read', async () => {
  expect(ofTelemetry(await loadedPackages({ METRICS_PORT: '0' }))).toEqual(
    expect.arrayContaining(['prom-client']),
  );
  expect(ofTelemetry(await loadedPackages({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' }))).toEqual(
    expect.arrayContaining(['@opentelemetry/sdk-trace-base']),
  );
});
