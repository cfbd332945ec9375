import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Machine } from '../measure/machine.js';
import { ROOT } from '../paths.js';
import type { Contestant, ProgramOptions } from '../peers/contestant.js';
import { gateway } from '../peers/fieldgate/contestant.js';
import type { Running } from '../peers/running.js';
import { CURRENT, COLLECTED, type Reading } from './reading.js';

const PRELOAD = join(ROOT, 'dist/bench/probe/preload.js');

/** The gateway with a probe: see {@link readProbe}. */
export function gatewayWithProbe(env: Readonly<Record<string, string>> = {}): Contestant {
  return withProbe(gateway('fieldgate', 'this gateway', env));
}

/** Adds a probe to a contestant that is a single Node.js process: see {@link readProbe}. */
export function withProbe(plain: Contestant): Contestant {
  return {
    ...plain,
    program: async (options) => {
      const { command, env: own } = await plain.program(options);
      const [node, ...args] = command;
      return {
        command: [node, '--import', PRELOAD, ...args],
        env: { ...own, BENCH_PROBE: socketOf(options) },
      };
    },
  };
}

export interface ProbeOptions {
  /** Whether to collect garbage first. Default: false. */
  readonly collected?: boolean;
}

/** Reads the probe of a contestant that was started {@link withProbe}. @throws Error if there is none */
export async function readProbe(
  { folder }: Machine,
  { url }: Running,
  { collected = false }: ProbeOptions = {},
): Promise<Reading> {
  const socketPath = socketOf({ folder, port: Number(new URL(url).port) });
  const sent = request({ socketPath, path: collected ? COLLECTED : CURRENT }).end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return JSON.parse(await text(response)) as Reading;
}

function socketOf({ folder, port }: Pick<ProgramOptions, 'folder' | 'port'>): string {
  return join(folder, `probe-${port}.sock`);
}
