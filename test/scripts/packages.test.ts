/** The bill of materials and the list of licences have all production packages, and only these. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const ROOT = join(import.meta.dirname, '../..');

const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, { dev?: boolean; version: string }>;
};
const production = Object.entries(packages)
  .filter(([path, { dev }]) => path !== '' && dev !== true)
  .map(([path, { version }]) => `${path.split('node_modules/').at(-1)} ${version}`);

function run(script: string): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'scripts', script)], {
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

test('`npm run sbom` prints CycloneDX', () => {
  const { bomFormat, metadata, components } = JSON.parse(run('sbom.mjs')) as {
    bomFormat: string;
    metadata: { component: { name: string } };
    components: { name: string; version: string; licenses: unknown[] }[];
  };
  expect([bomFormat, metadata.component.name]).toEqual(['CycloneDX', 'fieldgate']);
  expect(new Set(components.map(({ name, version }) => `${name} ${version}`))).toEqual(new Set(production));
  expect(components.filter(({ licenses }) => licenses.length === 0)).toEqual([]);
});

test('`npm run licenses` lists the licences, which are all allowed', () => {
  const lines = run('licenses.mjs').trim().split('\n');
  expect(new Set(lines.map((line) => line.split(':')[0]))).toEqual(new Set(production));
});
