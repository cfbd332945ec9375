import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Machine } from '../measure/machine.js';
import { sourcePath } from '../paths.js';
import { parseWrk, type LoadResult } from './wrk-output.js';

export interface LoadOptions {
  /** The URL of the requests, with its path. */
  readonly url: string;
  /** The JSON body, in which `{{account}}` becomes nine random digits in each request. Empty for a `GET`. */
  readonly body: string;
  /** An integer, as wrk requires. */
  readonly seconds: number;
  /** Persistent connections, each with one request at a time. */
  readonly connections: number;
  /** Whether to check every response for errors, which costs the load generator time. Default: false. */
  readonly check?: boolean;
}

/** @throws Error if wrk fails, e.g. because nothing listens */
export async function runLoad(machine: Machine, options: LoadOptions): Promise<LoadResult> {
  const { url, body, seconds, connections, check = false } = options;
  const seed = randomInt(2 ** 31);
  const file = join(machine.folder, `body-${seed}.json`);
  await writeFile(file, body);
  const { stdout } = await promisify(execFile)('wrk', [
    ...['-t', '1', '-c', String(connections), '-d', `${seconds}s`, '--timeout', '30s'],
    ...['-s', sourcePath('load/request.lua'), url, '--', file, String(seed), ...(check ? ['check'] : [])],
  ]);
  return parseWrk(stdout);
}
