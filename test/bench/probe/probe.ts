import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Machine } from '../measure/machine.js';
import { ROOT } from '../paths.js';
import type { Contestant, Setting } from '../peers/contestant.js';
import { gateway } from '../peers/fieldgate/contestant.js';
import type { Running } from '../peers/running.js';
import { AS_IT_IS, COLLECTED, type Reading } from './reading.js';

const PRELOAD = join(ROOT, 'dist/bench/probe/preload.js');

/** The gateway as it is, but that its process tells of itself: see {@link readProbe}. */
export function probedGateway(env: Readonly<Record<string, string>> = {}): Contestant {
  return probed(gateway('fieldgate', 'this gateway', env));
}

/** A contestant that is one process of Node.js, and tells of itself: see {@link readProbe}. */
export function probed(plain: Contestant): Contestant {
  return {
    ...plain,
    program: async (setting) => {
      const { command, env: own } = await plain.program(setting);
      const [node, ...args] = command;
      return {
        command: [node, '--import', PRELOAD, ...args],
        env: { ...own, BENCH_PROBE: socketOf(setting) },
      };
    },
  };
}

export interface ProbeOptions {
  /** Whether garbage is collected first. Default: false. */
  readonly collected?: boolean;
}

/** Reads the probe in a contestant that is {@link probed}. @throws Error where there is none */
export async function readProbe(
  { folder }: Machine,
  { url }: Running,
  { collected = false }: ProbeOptions = {},
): Promise<Reading> {
  const socketPath = socketOf({ folder, port: Number(new URL(url).port) });
  const sent = request({ socketPath, path: collected ? COLLECTED : AS_IT_IS }).end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return JSON.parse(await text(response)) as Reading;
}

function socketOf({ folder, port }: Pick<Setting, 'folder' | 'port'>): string {
  return join(folder, `probe-${port}.sock`);
}
