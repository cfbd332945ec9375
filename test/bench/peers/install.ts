import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Contestant } from './contestant.js';

/**
 * Installs the packages of contestants if they are missing.
 *
 * @param log receives progress messages
 * @throws Error if npm fails
 */
export function installPackages(contestants: readonly Contestant[], log: (message: string) => void): void {
  const folders = contestants.flatMap(({ packages }) => (packages === undefined ? [] : [packages]));
  for (const folder of new Set(folders)) {
    if (existsSync(join(folder, 'node_modules/.package-lock.json'))) continue;
    log(`Installing the packages of ${folder}.`);
    const { status, stderr } = spawnSync(
      'npm',
      ['ci', '--prefix', folder, '--no-audit', '--no-fund', '--ignore-scripts'],
      { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] },
    );
    if (status !== 0) throw new Error(`npm could not install the packages of ${folder}:\n${stderr}`);
  }
}
