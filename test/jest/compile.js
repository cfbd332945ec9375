/**
 * Jest's `globalSetup`: compiles what the tests load into `dist/test`, once for all workers and with the compiler of the
 * build. `src` goes file by file, so that a worker loads each of its modules once. Each file of tests goes together with
 * the helpers it imports, so that what these keep in their modules ends with it.
 */
import { readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { compiledPath, JEST_GLOBALS, OUT, ROOT } from './paths.js';

const SRC = join(ROOT, 'src') + sep;

export default async function compile() {
  await rm(OUT, { recursive: true, force: true });
  await Promise.all([
    build({ ...common, entryPoints: ['src/**/*.ts'] }),
    build({
      ...common,
      entryPoints: await filesOfTests(),
      bundle: true,
      packages: 'external',
      plugins: [jestGlobals, sharedSources, ownPaths],
    }),
  ]);
}

/** Not those of the packages that the benchmark installs for itself. */
async function filesOfTests() {
  const files = await readdir(join(ROOT, 'test'), { recursive: true });
  return files
    .filter((file) => file.endsWith('.test.ts') && !file.includes('node_modules'))
    .map((file) => join('test', file));
}

/** @type {import('esbuild').BuildOptions} */
const common = {
  absWorkingDir: ROOT,
  platform: 'node',
  target: 'node20.19',
  format: 'esm',
  sourcemap: true,
  sourcesContent: false,
  outdir: OUT,
  outbase: ROOT,
  logLevel: 'warning',
};

/**
 * The package of this name only throws: Jest has a module of its own in its place, which Node cannot import.
 *
 * @type {import('esbuild').Plugin}
 */
const jestGlobals = {
  name: 'jest-globals',
  setup({ onResolve, onLoad }) {
    const names = 'afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest, test';
    const contents = `export const { ${names} } = globalThis[Symbol.for('${Symbol.keyFor(JEST_GLOBALS)}')];`;
    onResolve({ filter: /^@jest\/globals$/ }, ({ path }) => ({ path, namespace: 'jest-globals' }));
    onLoad({ filter: /.*/, namespace: 'jest-globals' }, () => ({ contents }));
  },
};

/** @type {import('esbuild').Plugin} */
const sharedSources = {
  name: 'shared-sources',
  setup({ onResolve }) {
    onResolve({ filter: /^\./ }, ({ path, resolveDir }) => {
      const file = join(resolveDir, path);
      if (!file.startsWith(SRC)) return undefined;
      return { path: pathToFileURL(compiledPath(file)).href, external: true };
    });
  },
};

/**
 * What a file says of its own place stays true.
 *
 * @type {import('esbuild').Plugin}
 */
const ownPaths = {
  name: 'own-paths',
  setup({ onLoad }) {
    onLoad({ filter: /[/\\]test[/\\].*\.ts$/ }, async ({ path }) => {
      const contents = (await readFile(path, 'utf8'))
        .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href))
        .replaceAll('import.meta.dirname', JSON.stringify(dirname(path)));
      return { contents, loader: 'ts' };
    });
  },
};
