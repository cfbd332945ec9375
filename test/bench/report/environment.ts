import { spawnSync } from 'node:child_process';
import { cpus, release, totalmem } from 'node:os';
import type { Cores } from '../measure/cores.js';
import { ROOT } from '../paths.js';

/** The environment that measurements depend on. */
export interface Environment {
  /** Undefined if nothing is pinned. */
  readonly cores: Cores | undefined;
  readonly details: Readonly<Record<string, string>>;
}

export function readEnvironment(cores: Cores | undefined): Environment {
  const [cpu] = cpus();
  return {
    cores,
    details: {
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
  return `${git('rev-parse', '--short', 'HEAD')}${changed ? ', with uncommitted changes' : ''}`;
}

/** Programs print their version on either stream, and some exit with an error. */
function firstMatch(program: string, args: readonly string[], pattern: RegExp): string {
  const { stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  return pattern.exec(stdout + stderr)?.[1] ?? 'unknown';
}
