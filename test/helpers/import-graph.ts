import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, sep } from 'node:path';
import ts from 'typescript';

/** "`from` imports `to`": paths below the root. Includes type-only imports, re-exports and `import()`. */
export interface Import {
  readonly from: string;
  readonly to: string;
}

export interface ImportGraph {
  readonly files: readonly string[];
  readonly imports: readonly Import[];
}

/** Reads the imports among the TypeScript files below `root`. Packages are omitted. */
export function readImportGraph(root: string): ImportGraph {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.includes('node_modules'))
    .map((file) => file.split(sep).join('/'))
    .sort();
  return { files, imports: files.flatMap((file) => importsOf(root, file)) };
}

/** Finds import cycles, at least one for each strongly connected set of files, each as a list of files. */
export function findCycles({ files, imports }: ImportGraph): string[][] {
  const done = new Set<string>();
  const cycles: string[][] = [];

  function visit(file: string, path: readonly string[]): void {
    if (done.has(file)) return;
    const start = path.indexOf(file);
    if (start !== -1) {
      cycles.push(path.slice(start));
      return;
    }
    for (const { from, to } of imports) if (from === file) visit(to, [...path, file]);
    done.add(file);
  }

  for (const file of files) visit(file, []);
  return cycles;
}

function importsOf(root: string, file: string): Import[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(join(root, file), 'utf8'));
  return importedFiles
    .filter(({ fileName }) => fileName.startsWith('.'))
    .map(({ fileName }) => ({ from: file, to: resolveImport(file, fileName) }));
}

/** Imports name the compiled file: `./errors.js` is `errors.ts`. */
export function resolveImport(file: string, specifier: string): string {
  return posix.join(posix.dirname(file), specifier).replace(/\.js$/, '.ts');
}
