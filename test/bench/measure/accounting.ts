import { readdir, readFile } from 'node:fs/promises';

/** The resources that a process and its descendants have used so far. */
export interface Usage {
  /** User and system time in milliseconds, with the resolution of {@link TICK_MS}. */
  readonly cpuMs: number;
  /** Peak resident memory in bytes, as the sum of each process's own peak. */
  readonly peakBytes: number;
  /** Whether any of them is running or waiting for a core. */
  readonly runnable: boolean;
}

/** Linux's unit of CPU time: `USER_HZ` on every architecture that Node runs on (proc(5)), in milliseconds. */
export const TICK_MS = 10;

/**
 * Reads `/proc`. An exited child counts towards its parent, which has waited for it.
 *
 * @throws Error if the process is gone
 */
export async function usageOf(pid: number): Promise<Usage> {
  const stats = await allStats();
  const tree = descendants(pid, stats);
  const peaks = await Promise.all(tree.map((stat) => peakBytesOf(stat.pid)));
  const total = tree.reduce((ticks, stat) => ticks + stat.ticks, 0);
  return {
    cpuMs: total * TICK_MS,
    peakBytes: peaks.reduce((sum, peak) => sum + peak, 0),
    runnable: tree.some(({ runnable }) => runnable),
  };
}

export interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  /** Of the process and the children it has waited for, in user and system mode. */
  readonly ticks: number;
  readonly runnable: boolean;
}

/** Parses `/proc/<pid>/stat` (proc(5)). The name in parentheses can contain anything, including parentheses. */
export function parseStat(line: string): ProcessStat {
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  // The first field here is the third of the line; utime, stime, cutime and cstime are the 14th to the 17th.
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return { pid: parseInt(line, 10), parent: Number(fields[1]), ticks, runnable: fields[0] === 'R' };
}

/** Finds a process and its descendants. @throws Error if there is no such process */
export function descendants(pid: number, stats: readonly ProcessStat[]): readonly ProcessStat[] {
  const root = stats.find((stat) => stat.pid === pid);
  if (root === undefined) throw new Error(`Process ${pid} is gone.`);
  const children = stats.filter((stat) => stat.parent === pid);
  return [root, ...children.flatMap((child) => descendants(child.pid, stats))];
}

async function allStats(): Promise<readonly ProcessStat[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(pids.map((pid) => textOf(`/proc/${pid}/stat`)));
  return lines.filter((line) => line !== '').map(parseStat);
}

async function peakBytesOf(pid: number): Promise<number> {
  const [, kibibytes = '0'] = /^VmHWM:\s*(\d+) kB$/m.exec(await textOf(`/proc/${pid}/status`)) ?? [];
  return Number(kibibytes) * 1024;
}

/** Returns an empty string if the process has exited. */
async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return '';
  }
}
