import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { parseAllDocuments } from 'yaml';

export const ROOT = join(import.meta.dirname, '../..');

/** @param path relative to the project */
export function readText(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** The documents of a YAML file. */
export function parseYaml(text: string): readonly unknown[] {
  return parseAllDocuments(text, { merge: true }).map((document) => {
    const [error] = [...document.errors, ...document.warnings];
    if (error !== undefined) throw error;
    return document.toJS() as unknown;
  });
}

/** The files in a folder and below whose name ends so, relative to the project. */
export function filesIn(folder: string, end: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(end))
    .map((name) => join(folder, name));
}

/** The variables of an env file. */
export function readEnv(path: string): ReadonlyMap<string, string> {
  return new Map(Object.entries(parseEnv(readText(path)) as Record<string, string>));
}

/** The variables of an env file, with those in comments such as `#PORT=4000`. */
export function readExampleEnv(path: string): ReadonlyMap<string, string> {
  const uncommented = readText(path).replace(/^#(?=\w+=)/gm, '');
  return new Map(Object.entries(parseEnv(uncommented) as Record<string, string>));
}
