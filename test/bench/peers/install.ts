import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Contestant } from './contestant.js';

/**
 * Installs what contestants need, where it is not there yet.
 *
 * @param told what is done, for whoever waits
 * @throws Error where npm fails
 */
export function installPackages(contestants: readonly Contestant[], told: (what: string) => void): void {
  const folders = contestants.flatMap(({ packages }) => (packages === undefined ? [] : [packages]));
  for (const folder of new Set(folders)) {
    if (existsSync(join(folder, 'node_modules/.package-lock.json'))) continue;
    told(`Installing what ${folder} lists.`);
    const { status, stderr } = spawnSync(
      'npm',
      ['ci', '--prefix', folder, '--no-audit', '--no-fund', '--ignore-scripts'],
      { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] },
    );
    if (status !== 0) throw new Error(`npm could not install what ${folder} lists:\n${stderr}`);
  }
}
