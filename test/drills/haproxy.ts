import { spawnSync, type ChildProcess } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Processes } from './processes.js';

export function hasHaproxy(): boolean {
  return spawnSync('haproxy', ['-v']).status === 0;
}

export interface ProxyOptions {
  /** Where to write the configuration. */
  readonly folder: string;
  readonly port: number;
  /** The ports of the gateways behind the proxy. */
  readonly gateways: readonly number[];
}

/** The time in which the proxy detects an unready gateway: two checks, plus a margin for a busy machine. */
export const DETECTION_MS = 2000;

/** Starts HAProxy as in production: it checks `/readyz` and retries on another gateway if one is unreachable. */
export async function startHaproxy(processes: Processes, options: ProxyOptions): Promise<ChildProcess> {
  const file = join(options.folder, 'haproxy.cfg');
  await writeFile(file, configurationOf(options));
  return await processes.start(['haproxy', '-db', '-f', file], {}, () => allUp(options));
}

/** Whether the proxy considers all of its gateways up. */
export async function allUp({ port, gateways }: ProxyOptions): Promise<boolean> {
  const response = await fetch(`http://127.0.0.1:${port}${STATISTICS};csv`);
  const lines = (await response.text()).split('\n').filter((line) => line.startsWith('gateways,gateway-'));
  return lines.filter((line) => line.split(',').includes('UP')).length === gateways.length;
}

const STATISTICS = '/statistics';

function configurationOf({ port, gateways }: ProxyOptions): string {
  return `
defaults
  mode http
  timeout connect 1s
  timeout client 30s
  timeout server 30s
  timeout check 5s
  retries 3
  option redispatch
  option httpchk GET /readyz
  http-check expect status 200

frontend clients
  bind 127.0.0.1:${port}
  stats uri ${STATISTICS}
  default_backend gateways

backend gateways
  balance roundrobin
  default-server check inter 100ms fall 2 rise 1
${gateways.map((gateway) => `  server gateway-${gateway} 127.0.0.1:${gateway}`).join('\n')}
`;
}
