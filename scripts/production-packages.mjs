import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The packages that `npm ci --omit=dev` installs, by path, from the lockfile. Optional packages for other systems are among them.
 *
 * @param {string} root the folder of package-lock.json
 * @returns {{ path: string, name: string, version: string, license: string | undefined }[]}
 */
export function productionPackages(root) {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  return Object.entries(packages)
    .filter(([path, { dev }]) => path !== '' && dev !== true)
    .map(([path, { name, version, license }]) => ({
      path,
      name: name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
      version,
      license,
    }));
}
