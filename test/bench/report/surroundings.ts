import { spawnSync } from 'node:child_process';
import { cpus, release, totalmem } from 'node:os';
import type { Cores } from '../measure/cores.js';
import { ROOT } from '../paths.js';

/** What a measurement depends on beside the contestants. */
export interface Surroundings {
  /** Undefined where nothing is pinned. */
  readonly cores: Cores | undefined;
  readonly facts: Readonly<Record<string, string>>;
}

export function surroundings(cores: Cores | undefined): Surroundings {
  const [cpu] = cpus();
  return {
    cores,
    facts: {
      date: new Date().toISOString().slice(0, 10),
      commit: commit(),
      node: process.version,
      CPU: `${cpus().length} x ${cpu?.model.trim() ?? 'unknown'}`,
      memory: `${Math.round(totalmem() / 1024 ** 3)} GiB`,
      Linux: release(),
      nginx: firstMatch('nginx', ['-v'], /nginx\/(\S+)/),
      wrk: firstMatch('wrk', ['-v'], /^wrk (\S+)/),
    },
  };
}

function commit(): string {
  const git = (...args: string[]) =>
    spawnSync('git', ['-C', ROOT, ...args], { encoding: 'utf8' }).stdout.trim();
  const changed = git('status', '--porcelain', '--', 'src', 'package.json', 'package-lock.json') !== '';
  return `${git('rev-parse', '--short', 'HEAD')}${changed ? ', with changes that are not committed' : ''}`;
}

/** Some programs tell their version on one stream, some on the other, and not all with success. */
function firstMatch(program: string, args: readonly string[], pattern: RegExp): string {
  const { stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  return pattern.exec(stdout + stderr)?.[1] ?? 'unknown';
}
