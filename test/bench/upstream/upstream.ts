import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { respondsOk } from '../../drills/processes.js';
import { freePort } from '../../helpers/ports.js';
import type { Machine } from '../measure/machine.js';
import { sourcePath } from '../paths.js';
import {
  cursorAfter,
  fieldingRun,
  fieldingRuns,
  MAX_PAGE_SIZE,
  NEXT_VERSION,
  PAGE_COUNT,
  PAGED_SIZES,
  pageOfList,
  VERSION,
  wholeList,
} from './bodies.js';

/** A Demand API that responds to every request immediately with a prepared body. */
export interface Upstream {
  /** Its REST base URL, e.g. `http://127.0.0.1:4711/v1`. */
  readonly url: string;
  /** The number of requests since its start, without those for this number. */
  requests(): Promise<number>;
  close(): Promise<void>;
}

export interface UpstreamOptions {
  /** Where to write one line per request. Default: nowhere. */
  readonly accessLog?: string;
}

/**
 * Starts nginx on the load's core as the current user.
 *
 * @throws Error if nginx exits before it responds
 */
export async function startUpstream(machine: Machine, options: UpstreamOptions = {}): Promise<Upstream> {
  const port = await freePort();
  const folder = join(machine.folder, `upstream-${port}`);
  const config = join(folder, 'nginx.conf');
  await mkdir(folder);
  await Promise.all([
    writeBodies(join(folder, 'bodies')),
    writeFile(config, await configuration(folder, port, options)),
  ]);
  const statistics = `http://127.0.0.1:${port}/statistics`;
  const nginx = await machine.startLoadSide(['nginx', '-e', 'stderr', '-p', folder, '-c', config], () =>
    respondsOk(statistics),
  );
  let own = await requestsIn(statistics);
  return {
    url: `http://127.0.0.1:${port}/v1`,
    async requests() {
      own += 1;
      return (await requestsIn(statistics)) - own;
    },
    close: () => machine.end(nginx, 'SIGTERM'),
  };
}

async function configuration(folder: string, port: number, { accessLog }: UpstreamOptions): Promise<string> {
  const values: Readonly<Record<string, string>> = {
    folder,
    port: String(port),
    accessLog: accessLog ?? 'off',
    fieldingRun: JSON.stringify(fieldingRun),
    fieldingRuns: JSON.stringify(fieldingRuns),
    version: String(VERSION),
    nextVersion: String(NEXT_VERSION),
  };
  const template = await readFile(sourcePath('upstream/nginx.conf'), 'utf8');
  return template.replace(/@(\w+)@/g, (whole, name: string) => values[name] ?? whole);
}

async function writeBodies(folder: string): Promise<void> {
  const files = new Map<string, unknown>();
  for (let size = 1; size <= MAX_PAGE_SIZE; size += 1) files.set(`lists/${size}.json`, wholeList(size));
  for (const size of PAGED_SIZES) {
    for (let page = 0; page < PAGE_COUNT; page += 1) {
      const name = page === 0 ? 'first' : cursorAfter(size, page - 1);
      files.set(`pages/${size}/${name}.json`, pageOfList(size, page));
    }
  }
  await Promise.all(
    ['lists', ...PAGED_SIZES.map((size) => `pages/${size}`)].map((name) =>
      mkdir(join(folder, name), { recursive: true }),
    ),
  );
  await Promise.all([...files].map(([name, body]) => writeFile(join(folder, name), JSON.stringify(body))));
}

/** nginx counts a request when it arrives, including this one. */
async function requestsIn(statistics: string): Promise<number> {
  const text = await (await fetch(statistics)).text();
  const [, , requests] = /^\s*(\d+) (\d+) (\d+)\s*$/m.exec(text)?.slice(1) ?? [];
  if (requests === undefined) throw new Error(`nginx did not report its number of requests: ${text}`);
  return Number(requests);
}
