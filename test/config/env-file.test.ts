import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { malformedLine } from '../../src/config/env-file.js';

/** The program as it was built. */
const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'env-file-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Runs the program in {@link folder} until it ends, which it does when its configuration is invalid. */
async function run(env: Readonly<Record<string, string>> = {}): Promise<[code: unknown, stderr: string]> {
  const child = spawn(process.execPath, [MAIN], {
    cwd: folder,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: 10_000,
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const [code] = (await once(child, 'close')) as unknown[];
  return [code, stderr];
}

describe('The program', () => {
  test('reads `.env` in the current directory', async () => {
    await writeFile(join(folder, '.env'), '# A comment.\nexport PORT=eighty\nWORKERS="none" # a comment\n');
    expect(await run()).toEqual([
      1,
      'PORT must be a whole number from 0 to 65535\nWORKERS must be a whole number from 1 to 64\n',
    ]);
  });

  test('prefers the environment to `.env`', async () => {
    await writeFile(join(folder, '.env'), 'PORT=eighty\nWORKERS=none\n');
    expect(await run({ PORT: '0' })).toEqual([1, 'WORKERS must be a whole number from 1 to 64\n']);
  });

  test('says where `.env` is malformed, and does not repeat it', async () => {
    await writeFile(join(folder, '.env'), 'PORT=0\nIDEMPOTENCY_HMAC_KEY "a secret"\n');
    expect(await run()).toEqual([
      1,
      '.env, line 2: must be NAME=value or a # comment, and quotes must be closed\n',
    ]);
  });

  test('says that `.env` begins with a byte order mark, as some editors write it', async () => {
    await writeFile(join(folder, '.env'), '\uFEFFPORT=eighty\n');
    expect(await run()).toEqual([
      1,
      '.env must not begin with a byte order mark: save it as UTF-8 without one\n',
    ]);
  });

  test('says that `.env` cannot be read', async () => {
    await mkdir(join(folder, '.env'));
    expect(await run()).toEqual([1, expect.stringMatching(/^\.env cannot be read: EISDIR.*\n$/)]);
  });
});

describe('An env file', () => {
  test.each([
    [''],
    ['A=1'],
    ['A=1\n\n# A comment.\n  # Another.\nB=2\n'],
    [' A = 1 # A comment.\nexport B=a b\n_C=\n'],
    ['A="1\n2"\nB=\'#\n"\'\nC=`"\n\'`\n'],
    ["A=it's\nB=a=b\n"],
  ])('may be %j', (text) => {
    expect(malformedLine(text)).toBeUndefined();
  });

  test.each([
    ['A', 1],
    ['A=1\nB\n', 2],
    ['A=1\n=2', 2],
    ['A=1\n9B=2\n', 2],
    ['A-B=1', 1],
    ['A="1\n2"\nB="3\n', 3],
    ["A='1\n", 1],
    ['A="1" 2\n', 1],
    ['A=1\n\n# A comment.\nexport\n', 4],
  ])('may not be %j: line %d', (text, line) => {
    expect(malformedLine(text)).toBe(line);
  });

  test.each(['\t', ' ', '\r', '\v', '\f', '\u00A0', '\u2003', '\u200B', '\u2028', '\uFEFF'])(
    'with %j around names sets what Node.js reads, or is malformed',
    (space) => {
      for (const text of [
        `${space}A=1\nB=2`,
        `A${space}=1\nB=2`,
        `A=1\n${space}B=2`,
        `export${space}A=1\nB=2`,
      ]) {
        const isTaken = malformedLine(text) === undefined;
        expect([text, isTaken ? parseEnv(text) : {}]).toEqual([text, isTaken ? { A: '1', B: '2' } : {}]);
      }
    },
  );

  test('may not have the line ends of old Macs, which Node.js takes for a part of the value', () => {
    expect(malformedLine('A=1\rB=2\r')).toBe(1);
  });
});
