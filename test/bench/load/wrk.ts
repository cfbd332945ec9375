import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Machine } from '../measure/machine.js';
import { sourcePath } from '../paths.js';
import { parseWrk, type LoadResult } from './wrk-output.js';

export interface LoadOptions {
  /** Where requests go, with its path. */
  readonly url: string;
  /** The JSON that is posted, with `{{account}}` for nine random digits, others in each request. Empty for a `GET`. */
  readonly body: string;
  /** A whole number: wrk takes no other. */
  readonly seconds: number;
  /** Connections that are kept, each with one request at a time. */
  readonly connections: number;
  /** Whether to look at the status and for `errors` in every answer, which costs the load side time. Default: false. */
  readonly check?: boolean;
}

/** @throws Error where wrk fails, e.g. because nobody listens */
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
