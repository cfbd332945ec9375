import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the project, from where esbuild puts the bundle: `dist/bench`. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A file beside the sources that is not bundled: a configuration, a script, a result. */
export function sourcePath(name: string): string {
  return join(ROOT, 'test/bench', name);
}
