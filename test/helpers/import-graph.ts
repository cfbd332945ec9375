import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, sep } from 'node:path';
import ts from 'typescript';

/** "`from` imports `to`": paths below the root, with slashes. Type-only imports, re-exports and `import()` count too. */
export interface Import {
  readonly from: string;
  readonly to: string;
}

export interface ImportGraph {
  readonly files: readonly string[];
  readonly imports: readonly Import[];
}

/** What the TypeScript files below `root` import from one another. Packages are left out. */
export function readImportGraph(root: string): ImportGraph {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.split(sep).join('/'))
    .sort();
  return { files, imports: files.flatMap((file) => importsOf(root, file)) };
}

/** Import cycles, each as the files it leads through: at least one of every knot of files that import each other. */
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

/** Sources are imported by the name of what they compile to: `./errors.js` is `errors.ts`. */
function resolveImport(file: string, specifier: string): string {
  return posix.join(posix.dirname(file), specifier).replace(/\.js$/, '.ts');
}
