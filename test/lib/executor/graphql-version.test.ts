import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { version } from 'graphql';

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
}

test('package.json pins graphql to the installed version', () => {
  const file = join(import.meta.dirname, '../../../package.json');
  const { dependencies } = JSON.parse(readFileSync(file, 'utf8')) as Manifest;
  expect(dependencies['graphql']).toBe(version);
});
