import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's root, relative to the bundle in `dist/bench`. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The path of a file that is not bundled: a configuration, a script or a result. */
export function sourcePath(name: string): string {
  return join(ROOT, 'test/bench', name);
}
