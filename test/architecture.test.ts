/**
 * What may import what in `src`. Type-only imports count: a type from the wrong side is the first step of a dependency.
 *
 * `<name>` is the folder `src/<name>/`, the file `src/<name>.ts`, or both.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readModuleNames, type ModuleNames } from './helpers/exported-names.js';
import { findCycles, readImportGraph, type Import } from './helpers/import-graph.js';

/** A layer imports itself and whatever stands on a line above its own; never what stands beside it or below. */
const LAYERS = [
  ['lib'],
  ['account-id', 'cancellation', 'digest', 'error-codes', 'json-value'],
  ['contract', 'config', 'errors', 'telemetry'],
  ['state'],
  ['auth', 'upstream'],
  ['loaders', 'events'],
  ['context'],
  ['graphql'],
  ['operations'],
  ['server'],
  ['main'],
];

/**
 * The pieces of `src/lib`, each with the one file that the rest of `src` uses it through. They import nothing of the
 * gateway, and nothing of each other.
 */
const PIECES: Readonly<Record<string, string>> = {
  executor: 'executor.ts',
  http1: 'http1-client.ts',
  json: 'read-json.ts',
};

/** The rooms of `src/upstream`, in the same order as {@link LAYERS}: folders, or files beside them. */
const UPSTREAM_ROOMS = [
  ['errors'],
  ['http'],
  ['resources', 'credential'],
  ['resilience', 'state'],
  ['client'],
  ['upstream'],
];

/** A folder with more files than this says too little about what is in it. */
const MAX_FILES_IN_ROOM = 15;

/** Programs beside the gateway. They import themselves and what is listed; only `main` imports them. */
const ISLANDS: Readonly<Record<string, readonly string[]>> = {
  emulator: ['contract', 'telemetry'],
};

/** Files that never import each other: relations between object types are field resolvers. */
const OBJECT_TYPE = /^graphql\/.*\.type\.ts$/;

/** What each name in `layers` may import besides itself. */
function importable(layers: readonly (readonly string[])[]): [string, readonly string[]][] {
  return layers.flatMap((names, line) =>
    names.map((name): [string, string[]] => [name, layers.slice(0, line).flat()]),
  );
}

const MAY_IMPORT: ReadonlyMap<string, readonly string[]> = new Map([
  ...importable(LAYERS),
  ...Object.entries(ISLANDS),
  ['main', [...LAYERS.flat(), ...Object.keys(ISLANDS)]],
]);

/** `upstream` for both `upstream/retry.ts` and `upstream.ts`. */
function nameOf(file: string): string {
  return file.split('/')[0]!.replace(/\.ts$/, '');
}

function unknownNames(files: readonly string[]): string[] {
  const unknown = new Set(files.map(nameOf).filter((name) => !MAY_IMPORT.has(name)));
  return [...unknown].map(
    (name) =>
      `src/${name} has no layer: move it into one of ${[...MAY_IMPORT.keys()].join(', ')}, ` +
      `or add it to LAYERS in test/architecture.test.ts, on the line below all that it imports`,
  );
}

function wrongWays(imports: readonly Import[]): string[] {
  return imports.flatMap(({ from, to }) => {
    const [importer, imported] = [nameOf(from), nameOf(to)];
    const allowed = MAY_IMPORT.get(importer) ?? [];
    if (importer === imported || allowed.includes(imported)) return [];
    return [`src/${from} imports src/${to}: ${importer} may import ${allowed.join(', ') || 'only itself'}`];
  });
}

/** `resilience` for `upstream/resilience/retry.ts`, `errors` for `upstream/errors.ts`; undefined outside `upstream`. */
function roomOf(file: string): string | undefined {
  return /^upstream\/([^/.]+)/.exec(file)?.[1];
}

const MAY_IMPORT_ROOM: ReadonlyMap<string, readonly string[]> = new Map(importable(UPSTREAM_ROOMS));

function unknownRooms(files: readonly string[]): string[] {
  const unknown = new Set(
    files.map(roomOf).filter((room) => room !== undefined && !MAY_IMPORT_ROOM.has(room)),
  );
  return [...unknown].map(
    (room) =>
      `src/upstream/${room} is not in UPSTREAM_ROOMS in test/architecture.test.ts: add it, or move it into a room`,
  );
}

function crowdedRooms(files: readonly string[]): string[] {
  const rooms = files.map(roomOf).filter((room) => room !== undefined);
  return [...MAY_IMPORT_ROOM.keys()].flatMap((room) => {
    const count = rooms.filter((each) => each === room).length;
    return count <= MAX_FILES_IN_ROOM ? [] : [`src/upstream/${room} has ${count} files: split it`];
  });
}

function wrongWaysBetweenRooms(imports: readonly Import[]): string[] {
  return imports.flatMap(({ from, to }) => {
    const [importer, imported] = [roomOf(from), roomOf(to)];
    if (importer === undefined || imported === undefined || importer === imported) return [];
    const allowed = MAY_IMPORT_ROOM.get(importer) ?? [];
    if (allowed.includes(imported)) return [];
    return [
      `src/${from} imports src/${to}: upstream/${importer} may import ${allowed.join(', ') || 'only itself'}`,
    ];
  });
}

/** `json` for `lib/json/scratch.ts`; undefined outside `lib`. */
function pieceOf(file: string): string | undefined {
  return /^lib\/([^/]*)/.exec(file)?.[1];
}

function unknownPieces(files: readonly string[]): string[] {
  const unknown = new Set(files.map(pieceOf).filter((piece) => piece !== undefined && !(piece in PIECES)));
  return [...unknown].map(
    (piece) =>
      `src/lib/${piece} is no piece of src/lib: name it in PIECES in test/architecture.test.ts, with the file ` +
      `through which the rest of src uses it`,
  );
}

function openedPieces(imports: readonly Import[]): string[] {
  return imports.flatMap(({ from, to }) => {
    const [importer, imported] = [pieceOf(from), pieceOf(to)];
    if (importer === imported) return [];
    if (importer !== undefined)
      return [`src/${from} imports src/${to}: lib/${importer} may import only itself`];
    const entry = `lib/${imported}/${PIECES[imported ?? '']}`;
    return to === entry
      ? []
      : [`src/${from} imports src/${to}: use src/${entry}, which exports what others need`];
  });
}

/** @param imports with paths relative to `test` */
function foreignTestImports(imports: readonly Import[]): string[] {
  return imports.flatMap(({ from, to }) => {
    const piece = pieceOf(from);
    const allowed = [`lib/${piece}/`, `../src/lib/${piece}/`, 'helpers/until.ts'];
    if (allowed.some((start) => to.startsWith(start))) return [];
    return [`test/${from} imports test/${to}: tests of lib/${piece} may import only that piece`];
  });
}

function coupledObjectTypes(imports: readonly Import[]): string[] {
  return imports
    .filter(({ from, to }) => OBJECT_TYPE.test(from) && OBJECT_TYPE.test(to))
    .map(({ from, to }) => `src/${from} imports src/${to}: make the relation a field resolver`);
}

/** Generated from the OpenAPI file, which has more schemas than the gateway needs. */
const GENERATED = 'src/contract/';

/** Values only: the options of an exported function are part of its declaration, whoever names their type. */
function unusedExports({ exported, imported }: ModuleNames): string[] {
  const used = new Set(imported.map(({ to, name }) => `${to} ${name}`));
  return exported
    .filter(({ file, name, isValue }) => isValue && !used.has(`${file} ${name}`) && !used.has(`${file} *`))
    .map(({ file, name }) => `${file} exports ${name}, which no other file imports: remove the export`);
}

/** The pieces of `lib`, the emulator and the contract have words of their own. */
const OWN_WORDS = /^src\/(?:lib|emulator|contract)\//;

function ambiguousNames({ exported }: Pick<ModuleNames, 'exported'>): string[] {
  const files = new Map<string, Set<string>>();
  for (const { file, name } of exported) {
    if (!OWN_WORDS.test(file)) files.set(name, (files.get(name) ?? new Set()).add(file));
  }
  return [...files]
    .filter(([, { size }]) => size > 1)
    .map(([name, of]) => `${[...of].join(' and ')} export ${name}: give each thing a word of its own`);
}

const ROOT = join(import.meta.dirname, '..');
const SRC = join(ROOT, 'src');

describe('The architecture of src', () => {
  const graph = readImportGraph(SRC);
  const testGraph = readImportGraph(import.meta.dirname);

  test('gives every file a layer', () => {
    expect(unknownNames(graph.files)).toEqual([]);
  });

  test('imports one way', () => {
    expect(graph.imports).not.toEqual([]);
    expect(wrongWays(graph.imports)).toEqual([]);
  });

  test('imports one way between the rooms of upstream', () => {
    expect(unknownRooms(graph.files)).toEqual([]);
    expect(wrongWaysBetweenRooms(graph.imports)).toEqual([]);
  });

  test('has no overfull room in upstream', () => {
    expect(crowdedRooms(graph.files)).toEqual([]);
  });

  test('has no import cycles', () => {
    expect(findCycles(graph).map((files) => files.join(' -> '))).toEqual([]);
  });

  test('each piece of lib imports only itself, and is used through one file', () => {
    expect(unknownPieces(graph.files)).toEqual([]);
    expect(openedPieces(graph.imports)).toEqual([]);
  });

  test('the tests of each piece of lib import only that piece', () => {
    const imports = testGraph.imports.filter(({ from }) => from.startsWith('lib/'));
    expect(imports).not.toEqual([]);
    expect(foreignTestImports(imports)).toEqual([]);
  });

  test('each piece of lib has a README', () => {
    const readmes = Object.keys(PIECES).map((piece) => `lib/${piece}/README.md`);
    expect(readmes.filter((file) => !existsSync(join(SRC, file)))).toEqual([]);
  });

  test('object types do not import each other', () => {
    expect(coupledObjectTypes(graph.imports)).toEqual([]);
  });

  test('exports what other files use, each under a name of its own', () => {
    const sources = graph.files.map((file) => `src/${file}`);
    const tests = new Set(
      testGraph.imports.filter(({ to }) => to.startsWith('../src/')).map(({ from }) => `test/${from}`),
    );
    const { exported, imported } = readModuleNames(ROOT, [...sources, ...tests]);
    const ofSrc = exported.filter(({ file }) => file.startsWith('src/') && !file.startsWith(GENERATED));
    expect(ofSrc).not.toEqual([]);
    expect(unusedExports({ exported: ofSrc, imported })).toEqual([]);
    expect(ambiguousNames({ exported: ofSrc })).toEqual([]);
  });
});

describe('The rules', () => {
  test.each([
    ['upstream/client/client.ts', 'loaders/loaders.ts'],
    ['config.ts', 'errors.ts'],
    ['auth/tokens.ts', 'upstream/client/client.ts'],
    ['server/health.ts', 'main.ts'],
    ['server/health.ts', 'main/workers/worker.ts'],
    ['emulator/server.ts', 'errors.ts'],
    ['graphql/project/project.resolver.ts', 'emulator/server.ts'],
    ['somewhere/else.ts', 'config.ts'],
  ])('%s may not import %s', (from, to) => {
    expect(wrongWays([{ from, to }])).toEqual([expect.stringContaining(`src/${from} imports src/${to}`)]);
  });

  test.each([
    ['graphql/project/project.resolver.ts', 'loaders/loaders.ts'],
    ['server.ts', 'server/health.ts'],
    ['server/health.ts', 'graphql/schema.ts'],
    ['emulator/routes/jobs.ts', 'contract/demand-api.ts'],
    ['main.ts', 'emulator/server.ts'],
    ['main.ts', 'server.ts'],
  ])('%s may import %s', (from, to) => {
    expect(wrongWays([{ from, to }])).toEqual([]);
  });

  test('require a layer for a new name', () => {
    expect(unknownNames(['config.ts', 'misc/a.ts', 'misc/b.ts'])).toEqual([
      expect.stringMatching(/^src\/misc has no layer: .* add it to LAYERS/),
    ]);
  });

  test.each([
    ['upstream/http/problem.ts', 'upstream/resilience/retry.ts'],
    ['upstream/resilience/transport.ts', 'upstream/state/job-tracker.ts'],
    ['upstream/errors.ts', 'upstream/http/http.ts'],
    ['upstream/client/client.ts', 'upstream/upstream.ts'],
  ])('%s may not import %s, a room further up or beside', (from, to) => {
    expect(wrongWaysBetweenRooms([{ from, to }])).toEqual([
      expect.stringContaining(`src/${from} imports src/${to}`),
    ]);
  });

  test.each([
    ['upstream/client/client.ts', 'upstream/state/job-store.ts'],
    ['upstream/upstream.ts', 'upstream/client/client.ts'],
    ['graphql/node/node-id.ts', 'upstream/resources/resource-ref.ts'],
  ])('%s may import %s, a room further down', (from, to) => {
    expect(wrongWaysBetweenRooms([{ from, to }])).toEqual([]);
  });

  test('require an order for a new room, and a split of a full one', () => {
    expect(
      unknownRooms(['upstream/errors.ts', 'upstream/misc/a.ts', 'upstream/b.ts', 'server/c.ts']),
    ).toEqual([
      expect.stringMatching(/^src\/upstream\/misc is not in UPSTREAM_ROOMS/),
      expect.stringMatching(/^src\/upstream\/b is not in UPSTREAM_ROOMS/),
    ]);
    const files = Array.from({ length: MAX_FILES_IN_ROOM + 1 }, (_, index) => `upstream/http/${index}.ts`);
    expect(crowdedRooms(files)).toEqual([expect.stringMatching(/^src\/upstream\/http has 16 files/)]);
    expect(crowdedRooms(files.slice(1))).toEqual([]);
  });

  test.each([
    ['lib/json/read-json.ts', 'errors.ts'],
    ['lib/json/scratch.ts', 'contract/response-readers.ts'],
    ['lib/executor/plan.ts', 'lib/json/read-json.ts'],
    ['lib/executor/executor.ts', 'lib/executor.ts'],
    ['contract/response-readers.ts', 'lib/json/json-cursor.ts'],
    ['server/apollo.ts', 'lib/executor/plan.ts'],
    ['server/apollo.ts', 'lib/executor/executor/executor.ts'],
    ['server/apollo.ts', 'lib/executor.ts'],
  ])('%s may not reach %s, past what a piece exports', (from, to) => {
    expect(openedPieces([{ from, to }])).toEqual([expect.stringContaining(`src/${from} imports src/${to}`)]);
  });

  test.each([
    ['lib/json/read-json.ts', 'lib/json/scratch.ts'],
    ['contract/response-readers.ts', 'lib/json/read-json.ts'],
    ['server/apollo.ts', 'lib/executor/executor.ts'],
    ['server/apollo.ts', 'errors.ts'],
  ])('%s may reach %s', (from, to) => {
    expect(openedPieces([{ from, to }])).toEqual([]);
  });

  test.each([
    '../src/errors.ts',
    '../src/lib/executor/executor.ts',
    'lib/http1/raw-server.ts',
    'graphql/stack.ts',
  ])('a test of lib/json may not import %s', (to) => {
    expect(foreignTestImports([{ from: 'lib/json/a.test.ts', to }])).toEqual([expect.stringContaining(to)]);
  });

  test('require a name for a new piece', () => {
    expect(
      unknownPieces(['lib/json/scratch.ts', 'lib/misc/a.ts', 'lib/misc/b.ts', 'lib/c.ts', 'a.ts']),
    ).toEqual([
      expect.stringMatching(/^src\/lib\/misc is no piece/),
      expect.stringMatching(/^src\/lib\/c\.ts is no piece/),
    ]);
  });

  test('let a resolver import an object type, but no other object type', () => {
    const to = 'graphql/account/account.type.ts';
    const imports = [
      { from: 'graphql/project/project.type.ts', to },
      { from: 'graphql/project/project.resolver.ts', to },
    ];
    expect(coupledObjectTypes(imports)).toEqual([expect.stringContaining('project.type.ts imports')]);
  });

  test.each([
    `import type { B } from './b.js';`,
    `import { type B } from './b.js';`,
    `export * from './b.js';`,
    `export type B = import('./b.js').B;`,
    `export const b = () => import('./b.js');`,
  ])('%s is an import', (source) => {
    expect(importsIn(source)).toEqual([{ from: 'a.ts', to: 'b.ts' }]);
  });

  test.each([`import ts from 'typescript';`, `// import './b.js'`, `export const b = "import './b.js'";`])(
    '%s is none',
    (source) => {
      expect(importsIn(source)).toEqual([]);
    },
  );

  test('an export is used if a file imports its name, or all names of its file', () => {
    const files = {
      'a.ts': 'export const one = 1; export function two() {} export class Three {} export interface Four {}',
      'b.ts': `import { one as first } from './a.js'; export * from './c.js';`,
      'c.ts': `export type T = import('./d.js').T; export const five = () => import('./e.js');`,
      'd.ts': 'export enum Six {}',
      'e.ts': 'export const seven = 7, eight = 8;',
    };
    expect(unusedExports(namesIn(files))).toEqual([
      expect.stringContaining('a.ts exports two'),
      expect.stringContaining('a.ts exports Three'),
    ]);
  });

  test('two files may not export the same name, unless one has words of its own', () => {
    const exported = ['src/a.ts', 'src/lib/b.ts', 'src/emulator/c.ts', 'src/d/e.ts'].map((file) => ({
      file,
      name: 'Thing',
      isValue: false,
    }));
    expect(ambiguousNames({ exported })).toEqual([expect.stringContaining('src/a.ts and src/d/e.ts')]);
    expect(ambiguousNames({ exported: exported.slice(0, 3) })).toEqual([]);
  });

  test('find a cycle behind the files that lead to it', () => {
    const imports = ['ab', 'bc', 'cb', 'ad', 'dc'].map(([from, to]) => ({ from: from!, to: to! }));
    expect(findCycles({ files: ['a', 'b', 'c', 'd'], imports })).toEqual([['b', 'c']]);
  });
});

/** What the reader finds in a tree of one file, `a.ts`. */
function importsIn(source: string): readonly Import[] {
  return withFiles({ 'a.ts': source }, (root) => readImportGraph(root).imports);
}

function namesIn(files: Readonly<Record<string, string>>): ModuleNames {
  return withFiles(files, (root) => readModuleNames(root, Object.keys(files)));
}

function withFiles<T>(files: Readonly<Record<string, string>>, read: (root: string) => T): T {
  const root = mkdtempSync(join(tmpdir(), 'architecture-'));
  try {
    for (const [file, source] of Object.entries(files)) writeFileSync(join(root, file), source);
    return read(root);
  } finally {
    rmSync(root, { recursive: true });
  }
}
