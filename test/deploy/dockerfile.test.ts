import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { DockerfileParser, type Instruction, type JSONInstruction } from 'dockerfile-ast';
import { validate, ValidationSeverity } from 'dockerfile-utils';
import { build } from 'esbuild';
import { readText, ROOT } from './files.js';

/** Packages that others use if they are installed, which they are not. */
const OPTIONAL: readonly string[] = ['@node-rs/xxhash', 'class-validator', 'kerberos'];

const text = readText('Dockerfile');
const instructions = DockerfileParser.parse(text).getInstructions();

/** The instructions of the stage that is built by default: the last one. */
const gateway = instructions.slice(instructions.findLastIndex((each) => each.getKeyword() === 'FROM'));

/** The words of an instruction in exec form. */
function words(instruction: Instruction): readonly string[] {
  return (instruction as JSONInstruction)
    .getJSONStrings()
    .map((each) => JSON.parse(each.getValue()) as string);
}

function find(keyword: string, among = gateway): Instruction {
  const found = among.filter((each) => each.getKeyword() === keyword);
  expect([keyword, found.length]).toEqual([keyword, 1]);
  return found[0]!;
}

test('the linter finds nothing', () => {
  const strict = {
    deprecatedMaintainer: ValidationSeverity.ERROR,
    directiveCasing: ValidationSeverity.ERROR,
    emptyContinuationLine: ValidationSeverity.ERROR,
    instructionCasing: ValidationSeverity.ERROR,
    instructionCmdMultiple: ValidationSeverity.ERROR,
    instructionEntrypointMultiple: ValidationSeverity.ERROR,
    instructionHealthcheckMultiple: ValidationSeverity.ERROR,
    instructionJSONInSingleQuotes: ValidationSeverity.ERROR,
    instructionWorkdirRelative: ValidationSeverity.ERROR,
  };
  expect(validate(text, strict)).toEqual([]);
  expect(validate(text.replace('EXPOSE 4000', 'EXPOSE http'), strict)).not.toEqual([]);
});

test('the gateway is started with the flags of `npm start`', () => {
  const { scripts } = JSON.parse(readText('package.json')) as { scripts: Record<string, string> };
  const command = scripts['start']!.split('&&').at(-1)!.trim();
  expect(words(find('ENTRYPOINT')).join(' ')).toBe(command);
});

test('programs run as a numeric user that is not root', () => {
  const users = instructions.filter((each) => each.getKeyword() === 'USER');
  expect(users.map((each) => each.getArgumentsContent())).toEqual(['1000:1000']);
  expect(find('STOPSIGNAL', instructions).getArgumentsContent()).toBe('SIGTERM');
});

test('the bundle imports only packages of the emulator, and the image of the emulator contains them', async () => {
  const entries = { gateway: 'dist/main.js', emulator: 'dist/emulator/main.js' };
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: Object.values(entries),
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    outdir: 'unused',
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  const { builtinModules } = await import('node:module');
  const external = Object.values(metafile.inputs)
    .flatMap(({ imports }) => imports)
    .filter((each) => each.external)
    .map(({ path }) => path.replace(/^node:/, ''))
    .filter((path) => !builtinModules.includes(path));
  expect([...new Set(external)].sort()).toEqual(OPTIONAL.concat('libsql').sort());
  // What Node.js finds when it loads `libsql`, so far as it is not inside of its folder.
  const { dependencies, optionalDependencies } = JSON.parse(
    readFileSync(join(ROOT, 'node_modules/libsql/package.json'), 'utf8'),
  ) as Record<'dependencies' | 'optionalDependencies', Record<string, string>>;
  const scopes = Object.keys({ ...dependencies, ...optionalDependencies })
    .filter((name) => name !== 'detect-libc')
    .map((name) => name.split('/')[0]!);
  const moved = / mv (.*) emulator\/node_modules/.exec(text)![1]!.split(' ');
  expect(new Set(moved)).toEqual(new Set(['libsql', ...scopes].map((name) => `node_modules/${name}`)));
});

test('without the package that only the emulator needs, the program says what to set', () => {
  const folder = mkdtempSync(join(tmpdir(), 'image-'));
  try {
    cpSync(join(ROOT, 'package.json'), join(folder, 'package.json'));
    cpSync(join(ROOT, 'dist'), join(folder, 'dist'), {
      recursive: true,
      filter: (file) => !/\.map$|\/bench/.test(file),
    });
    const { status, stderr } = spawnSync(process.execPath, ['dist/main.js'], {
      cwd: folder,
      env: {},
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: 'DEMAND_API_URL is not set, and the emulator is not part of this installation\n',
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
